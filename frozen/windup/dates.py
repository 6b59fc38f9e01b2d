"""Dates as HTTP has them (RFC 9110 section 5.6.7)."""

from time import gmtime, time

from modcore.port import const

_DAYS = "MonTueWedThuFriSatSun"
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_RIGHT_YEAR = const(2025)  # the clock is set from then on


def tell(app, now):
    """Have the responses of `app` say that it is `now`, seconds of `time.time()`; nothing unless the clock is set.

    RFC 9110 section 6.6.1. Whoever serves calls it about once a second; a response costs nothing more than its bytes.
    """
    date = b""
    if gmtime(now)[0] >= _RIGHT_YEAR:
        date = b"Date: %s\r\n" % format_date(now).encode()
    app.set_date(date)


def format_date(seconds):
    """`seconds` since the epoch of `time.time()` as `str`, such as `Sun, 06 Nov 1994 08:49:37 GMT`."""
    year, month, day, hour, minute, second, weekday = gmtime(seconds)[:7]
    return "%s, %02d %s %04d %02d:%02d:%02d GMT" % (
        _DAYS[3 * weekday : 3 * weekday + 3],
        day,
        _MONTHS[3 * month - 3 : 3 * month],
        year,
        hour,
        minute,
        second,
    )


def parse_date(field):
    """What `field`, `bytes`, says in any of the three forms that a server has to understand.

    Returns `(year, month, day, hour, minute, second)`, to be compared with the start of what `gmtime` returns: that is the
    same whatever the interpreter's epoch. `None`: it is no date.
    """
    if len(field) > 40:
        return None
    words = field.replace(b",", b" ").replace(b"-", b" ").split()
    if len(words) == 6 and words[5] == b"GMT":  # IMF-fixdate, or RFC 850
        day, month, year, clock = words[1:5]
    elif len(words) == 5:  # asctime
        month, day, clock, year = words[1:]
    else:
        return None
    try:
        month = _MONTHS.index(str(month, "utf-8")) + 3
        clock = clock.split(b":")
        if month % 3 or len(clock) != 3:
            return None
        year = int(year)
        if year < 100:  # of two digits is meant what lies at most 50 years ahead
            now = gmtime(time())[0]
            year += now // 100 * 100
            if year > now + 50:
                year -= 100
        return (year, month // 3, int(day), int(clock[0]), int(clock[1]), int(clock[2]))
    except ValueError:
        return None
