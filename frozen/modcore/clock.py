"""The device's clock: the time of `time.time()`, made exact, set, and shown in local time.

A correction is either one step or it is spread: `follow` then moves the clock a little each time, and never so that a whole
second comes twice. The clock is held to `ticks_ms` after that, which counts by the quartz; an ESP8266's RTC may lose a
second in a minute.
"""

import time

from .port import const, ticks_diff, ticks_ms

_SLOW_MS = const(16000)
_FAST_MS = const(
    700
)  # in step with the seconds it could find each time that there is no room in this one
_ALIEN_MS = const(2000)

zone = None  # a modcore.tz.TZ; None: UTC
_right = None  # what the clock is to show: second and millisecond, at ticks_ms
_followed = 0


def now():
    """Seconds since the epoch, and milliseconds of the second."""
    ms = time.time_ns() // 1000000
    return ms // 1000, ms % 1000


def known():
    """Whether the clock was ever set: a board that was not told the time thinks that it is the year 2000."""
    return time.gmtime(time.time())[0] >= 2025


def localtime(utc=None):
    """What `time.localtime` should tell, in the zone of the device; `utc` in seconds, default: now."""
    if utc is None:
        utc = time.time()
    return time.gmtime(utc) if zone is None else zone.localtime(utc)


def offset_ms(seconds, ms):
    """How far the clock is behind the time `seconds` and `ms`; negative: it is ahead."""
    have, have_ms = now()
    return (seconds - have) * 1000 + ms - have_ms


def step(seconds, ms=0):
    """Set the clock. What `correct` has begun ends."""
    global _right
    _right = None
    _set(seconds, ms)


def correct(seconds, ms, step_ms):
    """Have the clock show `seconds` and `ms`: at once when it is off by more than `step_ms`, else through `follow`.

    Returns:
        By how many milliseconds the clock was behind, and whether it was set at once.
    """
    global _right, _followed
    off = offset_ms(seconds, ms)
    at_once = abs(off) > step_ms
    if at_once:
        _set(seconds, ms)
    _followed = ticks_ms()
    _right = seconds, ms, _followed
    return off, at_once


def follow():
    """Move the clock towards the time that `correct` was given. Returns in how many milliseconds to call it again.

    It moves by a twentieth of the time that went by. Nothing happens, and `None` is returned, when there is nothing to
    follow, or when somebody else has set the clock meanwhile.
    """
    global _right, _followed
    if _right is None:
        return None
    ticks = ticks_ms()
    seconds, ms, then = _right
    ms += ticks_diff(ticks, then)
    seconds += ms // 1000
    ms %= 1000
    _right = seconds, ms, ticks
    off = offset_ms(seconds, ms)
    if abs(off) > _ALIEN_MS:
        _right = None
        return None
    most = ticks_diff(ticks, _followed) // 20
    have, have_ms = now()
    move = max(-most, -have_ms, min(most, off))
    _followed = ticks
    if move:
        _set(have + (have_ms + move) // 1000, (have_ms + move) % 1000)
    return _SLOW_MS if move == off else _FAST_MS


def _set(seconds, ms):
    from machine import RTC

    date = time.gmtime(seconds)
    date = date[:3] + (0,) + date[3:6]  # the RTC finds the weekday out
    RTC().datetime(date + (ms * 1000,))
    if abs(offset_ms(seconds, ms)) > 500:
        RTC().datetime(date + (ms,))  # the ESP8266's counts milliseconds in the last place
