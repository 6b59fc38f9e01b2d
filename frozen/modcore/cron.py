"""Times that come again, as crontab(5) writes them, in local time.

Across a change to or from summer time the rule is that of Vixie's cron. A pattern whose minute or hour begins with `*` goes
by the time that is shown: nothing happens in the hour that is left out, and twice in the one that comes twice. Any other
pattern names times of the day, and each happens once on its day: those of the hour that is left out all together as soon
as that is over, those of the hour that comes twice in the first one.
"""

from time import gmtime

from .borrow import borrow
from .port import const

_DAY = const(86400)
_YEARS_MAX = const(9)  # from one 29 February to the next around 2100
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec", "sun mon tue wed thu fri sat"


class Cron:
    """A pattern: minute, hour, day of the month, month, day of the week.

    A field is `*`, or a list with commas of numbers and ranges, `1-5`, each with a step if you like, `*/15`, `8-18/2`.
    Months and days of the week have names too, `mar`, `mon-fri`; Sunday is 0 or 7. Where both days are given, one that fits
    is enough. A range may go over the end: `22-2`, `fri-mon`.

    Args:
        text: five fields.
        second: of the minute.

    Raises:
        ValueError: it is none, or it never comes; the message names the field.
    """

    def __init__(self, text, second=0):
        fields = text.lower().split()
        if len(fields) != 5:
            raise ValueError(
                "expected minute, hour, day, month and weekday, found %d fields in %r"
                % (len(fields), text)
            )
        minute, hour, day, month, weekday = fields
        self._second = second
        self._minutes = _field(minute, "minute", 0, 59)
        self._hours = _field(hour, "hour", 0, 23)
        self._days = _field(day, "day", 1, 31)
        self._months = _field(month, "month", 1, 12, _NAMES[0])
        weekdays = _field(weekday, "weekday", 0, 7, _NAMES[1])
        self._weekdays = weekdays & 127 | weekdays >> 7
        self._either = day[0] != "*" and weekday[0] != "*"
        self._shown = minute[0] == "*" or hour[0] == "*"
        self._after(0)

    def next(self, after, zone):
        """The first time after `after`, both in seconds since the epoch, in `zone`, a `modcore.tz.TZ`."""
        if self._shown:
            while True:
                offset = zone.offset(after + 1)
                utc = self._after(after + offset) - offset
                change = zone.next_transition(after + 1)
                if change is None or utc < change:
                    return utc
                after = change - 1
        local = after + zone.offset(after)
        while True:
            local = self._after(local)
            utc = zone.utc(local)
            if utc + zone.offset(utc) != local:  # left out
                utc = zone.next_transition(zone.utc(local, 1))
            if utc > after:
                return utc

    def _after(self, local):
        # The first match behind `local`, both in seconds of local time
        minute = (local - self._second) // 60 + 1
        day, minute = divmod(minute, 1440)
        last = gmtime(local)[0] + _YEARS_MAX
        while True:
            year, month, mday, _, _, _, weekday, _ = gmtime(day * _DAY)[:8]
            if year > last:
                raise ValueError("there is no such day in that month")
            if self._months >> month & 1 == 0:
                day += 32 - mday
                day -= gmtime(day * _DAY)[2] - 1
                minute = 0
                continue
            if self._fits(mday, (weekday + 1) % 7):
                while minute < 1440:
                    if self._hours >> minute // 60 & 1 == 0:
                        minute += 60 - minute % 60
                    elif self._minutes >> minute % 60 & 1:
                        return day * _DAY + minute * 60 + self._second
                    else:
                        minute += 1
            day += 1
            minute = 0

    def _fits(self, mday, weekday):
        mday = self._days >> mday & 1
        weekday = self._weekdays >> weekday & 1
        return mday or weekday if self._either else mday and weekday


def at(time, days="*"):
    """The pattern of a time of the day.

    Args:
        time: `HH:MM` or `HH:MM:SS`.
        days: days of the week, as in `Cron`.

    Raises:
        ValueError: it is none.
    """
    parts = time.split(":")
    if not 2 <= len(parts) <= 3:
        raise ValueError("expected HH:MM or HH:MM:SS, found %r" % time)
    second = _number(parts[2], "second", 0, 59, "") if len(parts) == 3 else 0
    hour = _number(parts[0], "hour", 0, 23, "")
    minute = _number(parts[1], "minute", 0, 59, "")
    return Cron("%d %d * * %s" % (minute, hour, days), second)


def pattern(cron, time, days):
    """The pattern `cron` if that is not empty, else that of `at(time, days)`.

    Raises:
        ValueError: it is none, or both are given.
    """
    if not cron:
        return at(time, days)
    if time:
        raise ValueError("give either at or cron")
    return Cron(cron)


def next_time(when, after, zone):
    """The first time after `after`, in seconds since the epoch.

    Args:
        when: the arguments of `pattern`, a tuple.
        zone: a POSIX TZ string; `None`: UTC.
    """
    return pattern(*when).next(after, borrow("tz", "TZ", zone or "UTC0"))


def _field(text, what, lowest, highest, names=""):
    # One bit for each number
    mask = 0
    cycle = highest + 1 - lowest if highest != 7 else 7
    for part in text.split(","):
        numbers, *step = part.split("/", 1)
        step = _number(step[0], what + ": step", 1, highest, "") if step else 0
        first, *last = numbers.split("-", 1)
        if first == "*":
            first, last = lowest, highest
        else:
            first = _number(first, what, lowest, highest, names)
            if last:
                last = _number(last[0], what, lowest, highest, names)
            else:
                last = highest if step else first
        if last < first:
            last += cycle
        for number in range(first, last + 1, step or 1):
            mask |= 1 << (number if number <= highest else number - cycle)
    return mask


def _number(text, what, lowest, highest, names):
    if len(text) == 3 and text in names.split():
        return names.split().index(text) + lowest
    if not (text.isdigit() and len(text) < 3 and lowest <= int(text) <= highest):
        raise ValueError("%s: expected %d to %d, found %r" % (what, lowest, highest, text))
    return int(text)
