"""How the clock is set, and held to what is right.

A correction is either one step or it is spread: `follow` then moves the clock a little each time, and never so that a whole
second comes twice. The clock is held to `ticks_ms` after that, which counts by the quartz; an ESP8266's RTC may lose a
second in a minute.

What it goes by is `modcore.clock.course`, so that this module need not be there in between: what the clock is to show,
second and millisecond, and at which `ticks_ms`.
"""

import time

from . import clock
from .port import const, ticks_diff, ticks_ms

_SLOW_MS = const(16000)
# In step with the seconds it could find each time that there is no room in this one
_FAST_MS = const(700)
_ALIEN_MS = const(2000)


def offset_ms(seconds, ms):
    """How far the clock is behind the time `seconds` and `ms`; negative: it is ahead."""
    have, have_ms = clock.now()
    return (seconds - have) * 1000 + ms - have_ms


def step(seconds, ms=0):
    """Set the clock. What `correct` has begun ends."""
    clock.course = None
    _set(seconds, ms)


def correct(seconds, ms, step_ms):
    """Have the clock show `seconds` and `ms`: at once when it is off by more than `step_ms`, else through `follow`.

    Returns:
        By how many milliseconds the clock was behind, and whether it was set at once.
    """
    off = offset_ms(seconds, ms)
    at_once = abs(off) > step_ms
    if at_once:
        _set(seconds, ms)
    clock.course = seconds, ms, ticks_ms()
    return off, at_once


def follow():
    """Move the clock towards the time that `correct` was given. Returns in how many milliseconds to call it again.

    It moves by a twentieth of the time that went by. Nothing happens, and `None` is returned, when there is nothing to
    follow, or when somebody else has set the clock meanwhile.
    """
    if clock.course is None:
        return None
    ticks = ticks_ms()
    seconds, ms, then = clock.course
    passed = ticks_diff(ticks, then)
    ms += passed
    seconds += ms // 1000
    ms %= 1000
    off = offset_ms(seconds, ms)
    if abs(off) > _ALIEN_MS:
        clock.course = None
        return None
    clock.course = seconds, ms, ticks
    most = passed // 20
    have, have_ms = clock.now()
    move = max(-most, -have_ms, min(most, off))
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
