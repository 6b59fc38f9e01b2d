"""Local time by POSIX TZ rules, such as `CET-1CEST,M3.5.0,M10.5.0/3`.

The grammar is POSIX.1-2017 section 8.3 with the extension of RFC 9636 section 3.3.2: transition times from -167 to 167 hours.
All times are whole seconds since the epoch of `time.time()`, and all arithmetic is that of integers.
"""

from time import gmtime

from .port import MICROPYTHON, const

if MICROPYTHON:
    from time import mktime as _timegm  # knows no time zone there
else:
    from calendar import timegm as _timegm

_DAY = const(86400)


class TZ:
    """The rules of one time zone.

    Args:
        text: a POSIX TZ string. The name of a summer time without rules means those of the USA, `M3.2.0,M11.1.0`.

    Raises:
        ValueError: `text` is none; the message names the part that is wrong.

    Attributes:
        text: as given.
    """

    def __init__(self, text="UTC0"):
        self.text = text
        _, self._std, _, self._dst, self._rules = _parse(text)
        self._span = (0, 0, 0)  # since when, until when, and the offset in between

    def offset(self, utc):
        """Seconds that local time is ahead of UTC at `utc`."""
        return self._at(utc)[2]

    def next_transition(self, utc):
        """The first second after `utc` in which the offset is another one; `None`: it stays as it is."""
        _, end, offset = self._at(utc)
        return end if self._at(end)[2] != offset else None

    def name(self, utc):
        """The abbreviation of the local time at `utc`, `CET` or `CEST`."""
        names = _parse(self.text)
        return names[2] if self._rules and self._is_dst(utc) else names[0]

    def localtime(self, utc):
        """What `time.localtime` should tell: year, month, day, hour, minute, second, weekday, day of the year."""
        return gmtime(utc + self.offset(utc))

    def mktime(self, local, fold=0):
        """The inverse of `localtime`: UTC of `local`, of which the first six items count.

        Args:
            local: a tuple as `localtime` returns it.
            fold: as in PEP 495. A time that comes twice is the first one with 0, the second one with 1. A time that is
                left out is counted from before the gap with 0, so that it lies behind it, and the other way round with 1.
        """
        return self.utc(_timegm(local), fold)

    def utc(self, local, fold=0):
        """The same for `local` seconds, those which `utc + offset(utc)` gives."""
        early = local - max(self._std, self._dst)
        late = local - min(self._std, self._dst)
        early_is = early + self._at(early)[2] == local
        late_is = late + self._at(late)[2] == local
        if early_is != late_is:
            return early if early_is else late
        # Twice, or never: a gap is counted from its other side
        return late if bool(fold) == early_is else early

    def _is_dst(self, utc):
        return self._changes(utc)[1]

    def _at(self, utc):
        start, end, _ = self._span
        if not start <= utc < end:
            if self._rules:
                start, dst, end = self._changes(utc)
            else:
                start, dst, end = utc, False, utc + _DAY
            self._span = start, end, self._dst if dst else self._std
        return self._span

    def _changes(self, utc):
        # The last change until `utc`, whether it was the one to summer time, and the next one
        this = gmtime(utc + self._std)[0]
        begin, end = self._rules
        changes = []
        for year in range(this - 1, this + 3):
            changes.append((_midnight(begin, year) + begin[-1] - self._std, True))
            changes.append((_midnight(end, year) + end[-1] - self._dst, False))
        changes.sort()
        since, state = changes[0]
        for when, dst in changes:
            if when > utc:
                if dst != state:
                    break
            elif dst or when != since:  # where both fall on one second, summer time goes on
                since, state = when, dst
        return since, state, when


def span(text, utc):
    """The zone `text` at `utc`: the zone itself, since when and until when its offset is what it is, and that offset."""
    return (text,) + TZ(text)._at(utc)


def _midnight(rule, year):
    # When the day of `rule` begins in `year`, in seconds without any offset
    kind, month, week, day, _ = rule
    if kind == "M":
        first = _timegm((year, month, 1, 0, 0, 0, 0, 0))
        day = (day - 1 - gmtime(first)[6]) % 7 + 7 * week - 7
        if week == 5 and gmtime(first + day * _DAY)[1] != month:
            day -= 7
        return first + day * _DAY
    if kind == "J" and day > 59:  # counted as if there was no 29 February
        return _timegm((year, 3, 1, 0, 0, 0, 0, 0)) + (day - 60) * _DAY
    return _timegm((year, 1, 1, 0, 0, 0, 0, 0)) + (day - (kind == "J")) * _DAY


def _parse(text):
    # Name and offset twice, and the rules, `None` without summer time
    try:
        zone, *rules = text.split(",")
        std, rest = _name(zone, "standard time")
        offset, dst = _digits(rest)
        std_offset = -_time(offset, "offset of standard time", 24)
        if not dst:
            if rules:
                raise ValueError("rules %r without the name of a summer time" % ",".join(rules))
            return std, std_offset, None, std_offset, None
        dst, offset = _name(dst, "summer time")
        dst_offset = -_time(offset, "offset of summer time", 24) if offset else std_offset + 3600
        if not rules:
            rules = "M3.2.0", "M11.1.0"
        if len(rules) != 2:
            raise ValueError("expected two rules, found %d" % len(rules))
        rules = _rule(rules[0], "start of summer time"), _rule(rules[1], "end of summer time")
        return std, std_offset, dst, dst_offset, rules
    except ValueError as exc:
        raise ValueError("time zone %r: %s" % (text, exc))


def _name(text, what):
    # The name that `text` begins with, and what follows it
    quoted = text[:1] == "<"
    end = start = int(quoted)
    while end < len(text) and (
        text[end].isalpha() or (quoted and (text[end].isdigit() or text[end] in "+-"))
    ):
        end += 1
    if end - start < 3:
        raise ValueError("name of %s: expected three letters or more at %r" % (what, text))
    if quoted and text[end : end + 1] != ">":
        raise ValueError("name of %s: expected a '>' in %r" % (what, text))
    return text[start:end], text[end + quoted :]


def _digits(text):
    end = 0
    while end < len(text) and (text[end].isdigit() or text[end] in "+-:"):
        end += 1
    return text[:end], text[end:]


def _time(text, what, hours_max):
    sign = -1 if text[:1] == "-" else 1
    parts = (text[1:] if text[:1] in ("+", "-") else text).split(":")
    if len(parts) > 3:
        raise ValueError("%s: expected hh:mm:ss, found %r" % (what, text))
    seconds = _number(parts[0], what + ": hours", 0, hours_max) * 3600
    if len(parts) > 1:
        seconds += _number(parts[1], what + ": minutes", 0, 59) * 60
    if len(parts) > 2:
        seconds += _number(parts[2], what + ": seconds", 0, 59)
    return sign * seconds


def _number(text, what, lowest, highest):
    # isdigit() lets signs of other scripts through on CPython
    if not (text and text.isdigit() and len(text) <= 3 and lowest <= int(text) <= highest):
        raise ValueError("%s: expected %d to %d, found %r" % (what, lowest, highest, text))
    return int(text)


def _rule(text, what):
    day, *time = text.split("/", 1)  # the ESP8266's str has no partition()
    seconds = _time(time[0], what + ": time", 167) if time else 7200
    if day[:1] == "M":
        parts = day[1:].split(".")
        if len(parts) != 3:
            raise ValueError("%s: expected Mmonth.week.weekday, found %r" % (what, text))
        month = _number(parts[0], what + ": month", 1, 12)
        week = _number(parts[1], what + ": week", 1, 5)
        return "M", month, week, _number(parts[2], what + ": weekday", 0, 6), seconds
    if day[:1] == "J":
        return "J", 0, 0, _number(day[1:], what + ": day", 1, 365), seconds
    return "n", 0, 0, _number(day, what + ": day", 0, 365), seconds
