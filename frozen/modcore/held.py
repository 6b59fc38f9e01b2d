"""A button that is held while the device starts."""

from .port import const

try:
    from time import sleep_ms
except ImportError:  # CPython
    import time

    def sleep_ms(ms):
        time.sleep(ms / 1000)


_LOOK_MS = const(10)


def held(pin, ms, active=0):
    """Whether `pin` stays at the level `active` for `ms` milliseconds from now.

    It blocks, so it is for the time before the loop runs; with nobody at the button it returns at once.

    Args:
        pin: a `machine.Pin`, an input.
        ms: 0 to 60000.
        active: the level while the button is pressed.
    """
    while pin.value() == active:
        if ms <= 0:
            return True
        sleep_ms(_LOOK_MS)
        ms -= _LOOK_MS
    return False
