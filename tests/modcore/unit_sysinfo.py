"""Identity of the device, and why it started."""

from fake_machine import Machine, load
from modcore import sysinfo
from modcore.port import ticks_add


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
    assert load("chip", Chip()).chip_id() == "0200c0ffee0a"


def test_reset_causes():
    chip = Chip()
    names = load("chip", chip)
    for cause, words in ((1, "power-on"), (3, "watchdog"), (4, "deep sleep"), (9, "unknown")):
        chip.cause = cause
        assert names.reset_cause() == words


def test_wake_reasons():
    chip = WithWakeReason()
    names = load("chip", chip)
    for reason, word in ((0, None), (2, "pin"), (3, "pin"), (4, "timer")):
        chip.reason = reason
        assert names.wake_reason() == word


def test_a_chip_that_cannot_tell_what_woke_it():
    assert load("chip", Chip()).wake_reason() is None


def test_uptime_goes_on_where_the_ticks_start_anew():
    ticks = sysinfo.ticks_ms
    now = ticks_add(0, -1500)
    sysinfo.ticks_ms = lambda: now
    try:
        module = sysinfo.SysInfo()
        module.init()
        found = []
        for ms in (999, 1, 999, 86400000, 86400001, 5 * 86400000):
            now = ticks_add(now, ms)
            found.append(module.uptime())
        assert found == [0, 1, 1, 86401, 172802, 604802]
    finally:
        sysinfo.ticks_ms = ticks
