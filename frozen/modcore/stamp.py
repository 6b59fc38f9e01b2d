"""The time of a log line, in UTC, as RFC 3339 and RFC 5424 (6.2.3) write it."""

import time

from .port import const, ticks_diff, ticks_ms

_SET = const(2024)  # an RTC that nobody has set is in a year before this one


def stamp(ticks):
    """When `ticks_ms()` was `ticks`: `2026-05-04T03:02:01.123Z`, or `None` while the clock is not set."""
    now = time.time_ns() // 1000000 - ticks_diff(ticks_ms(), ticks)
    when = time.gmtime(now // 1000)
    if when[0] < _SET:
        return None
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (tuple(when[:6]) + (now % 1000,))
