"""What the chip tells of itself, in words."""

import machine

_CAUSES = (
    ("PWRON_RESET", "power-on"),
    ("HARD_RESET", "hard"),
    ("WDT_RESET", "watchdog"),
    ("DEEPSLEEP_RESET", "deep sleep"),
    ("SOFT_RESET", "soft"),
)
_WAKES = (
    ("TIMER_WAKE", "timer"),
    ("PIN_WAKE", "pin"),
    ("EXT0_WAKE", "pin"),
    ("EXT1_WAKE", "pin"),
    ("TOUCHPAD_WAKE", "touch"),
    ("ULP_WAKE", "ulp"),
)


def facts():
    """What `chip_id`, `reset_cause` and `wake_reason` return, a tuple."""
    return chip_id(), reset_cause(), wake_reason()


def chip_id():
    """What no other device has, in hexadecimal: of an ESP32 its MAC address, of an ESP8266 the chip's number."""
    return "".join(["%02x" % byte for byte in machine.unique_id()])


def reset_cause():
    """Why the device started last, in words."""
    return _word(_CAUSES, machine.reset_cause()) or "unknown"


def wake_reason():
    """What ended the last sleep, in words: `timer`, `pin`, `touch`, `ulp`; `None`: it did not sleep, or cannot tell."""
    if hasattr(machine, "wake_reason"):
        return _word(_WAKES, machine.wake_reason())
    return None


def _word(table, value):
    for constant, word in table:
        if getattr(machine, constant, None) == value:
            return word
    return None
