"""Identity of the device, and why it started."""

from fake_machine import Machine, load


class Chip(Machine):
    PWRON_RESET, WDT_RESET, DEEPSLEEP_RESET = 1, 3, 4
    cause = 1

    def unique_id(self):
        return b"\x02\x00\xc0\xff\xee\x0a"

    def reset_cause(self):
        return self.cause


class WithWakeReason(Chip):
    PIN_WAKE = EXT0_WAKE = 2
    EXT1_WAKE = 3
    TIMER_WAKE = 4
    reason = 0

    def wake_reason(self):
        return self.reason


def test_the_chips_id():
    assert load("sysinfo", Chip()).chip_id() == "0200c0ffee0a"


def test_reset_causes():
    chip = Chip()
    sysinfo = load("sysinfo", chip)
    for cause, words in ((1, "power-on"), (3, "watchdog"), (4, "deep sleep"), (9, "unknown")):
        chip.cause = cause
        assert sysinfo.reset_cause() == words


def test_wake_reasons():
    chip = WithWakeReason()
    sysinfo = load("sysinfo", chip)
    for reason, word in ((0, None), (2, "pin"), (3, "pin"), (4, "timer")):
        chip.reason = reason
        assert sysinfo.wake_reason() == word


def test_a_chip_that_cannot_tell_what_woke_it():
    assert load("sysinfo", Chip()).wake_reason() is None
