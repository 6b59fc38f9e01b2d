"""The device's clock: the time of `time.time()`, to the millisecond and in local time.

`modcore.discipline` sets it.
"""

import time

zone = None  # a POSIX TZ string; None: UTC
course = None  # what the clock is held to; see modcore.discipline
_span = None, 0, 0, 0  # a zone, and since when and until when it is how far ahead of UTC


def now():
    """Seconds since the epoch, and milliseconds of the second."""
    ms = time.time_ns() // 1000000
    return ms // 1000, ms % 1000


def known():
    """Whether the clock was ever set: a board that was not told the time thinks that it is the year 2000."""
    return time.gmtime(time.time())[0] >= 2025


def localtime(utc=None):
    """What `time.localtime` should tell, in the zone of the device; `utc` in seconds, default: now."""
    global _span
    if utc is None:
        utc = time.time()
    if zone is None:
        return time.gmtime(utc)
    if _span[0] != zone or not _span[1] <= utc < _span[2]:
        from .borrow import borrow

        _span = borrow("tz", "span", zone, utc)
    return time.gmtime(utc + _span[3])
