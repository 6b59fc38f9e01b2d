"""Sleep: modules that stop and start again, wake sources, long sleeps in parts."""

from check import raises
from fake_machine import GPIOS, Board, Machine, Pin, load
from modcore import Controller, Module, log, retained
from modcore.config import Config

TIMER_WAKE, PIN_WAKE = 4, 2


class Asleep(Exception):
    """A deep sleep ends the program."""


class Chip(Machine):
    """Notes how it was sent to sleep, and says that it woke for `reason`."""

    DEEPSLEEP_RESET = 4
    PWRON_RESET = 1
    TIMER_WAKE = TIMER_WAKE
    PIN_WAKE = PIN_WAKE

    def __init__(self, calls):
        self.calls = calls
        self.off = None
        self.reason = TIMER_WAKE
        self.cause = self.PWRON_RESET

    def lightsleep(self, *ms):
        self.calls.append(("light",) + ms)

    def deepsleep(self, *ms):
        self.calls.append(("deep",) + ms)
        self.off()
        raise Asleep

    def wake_reason(self):
        return self.reason

    def reset_cause(self):
        return self.cause


class Timers(Module):
    """Has something to do in `ms` milliseconds."""

    subscribe = ("timer.next",)

    def __init__(self, number, ms):
        self.name = "timers%d" % number
        self.ms = ms

    def on_event(self, event):
        return self.ms


class Desk:
    """A controller with `power` and two modules that note what happens to them."""

    def __init__(self, values=(), timers=()):
        retained.put("asleep", b"")
        GPIOS.clear()
        self.calls = calls = []
        self.chip = Chip(calls)
        load("chip", self.chip)
        self.modc = Controller(Config("unit_none", "unit_none"))
        self.power = self.modc.add(load("power", self.chip).Power())
        self.chip.off = self.modc.shutdown
        defaults = {row[0]: row[2] for row in self.power.schema}
        defaults.update(values)
        self.modc.load = lambda module: defaults if module is self.power else {}

        class Noted(Module):
            def start(self):
                calls.append("start " + self.name)

            def stop(self):
                calls.append("stop " + self.name)

            def eject(self):
                calls.append("eject " + self.name)

        for name in ("a", "b"):
            noted = Noted()
            noted.name = name
            self.modc.add(noted)
        for number, ms in enumerate(timers):
            self.modc.add(Timers(number, ms))

    def run(self, *arguments, **keywords):
        """What happened, from the moment when the modules ran until they did again, or the program ended."""
        desk = self

        class User(Module):
            error = None
            woken = None
            slept = False
            subscribe = ("power.wake",)

            def on_event(self, event):
                self.woken = event.data
                self.modc.shutdown()

            async def run(self):
                if self.slept:
                    return
                self.slept = True
                del desk.calls[:]
                try:
                    await desk.power.sleep(*arguments, **keywords)
                except ValueError as exc:
                    self.error = exc
                    self.modc.shutdown()

        user = User()
        user.restart = "never"

        class Once(Module):
            def run(self):
                yield 3000
                self.modc.shutdown()

        self.modc.add(user)
        self.modc.add(Once())
        log.console.held = True
        try:
            self.modc.run()
        finally:
            log.console.held = False
        self.user = user
        return self.calls


def slept(desk, *arguments, **keywords):
    return [call for call in desk.run(*arguments, **keywords) if type(call) is tuple]


def test_a_light_sleep_stops_the_modules_in_reverse_and_starts_them_again():
    desk = Desk()
    calls = desk.run(2.5)
    assert calls[:5] == ["stop b", "stop a", ("light", 2500), "start a", "start b"]
    assert desk.user.woken == "timer"


def test_a_deep_sleep_ejects_them():
    calls = Desk().run(60, deep=True)
    assert calls[:5] == ["stop b", "stop a", "eject b", "eject a", ("deep", 60000)]


def test_a_timer_that_is_due_earlier_wakes():
    assert slept(Desk(timers=(1500,)), 60, deep=True) == [("deep", 1500)]
    assert slept(Desk(timers=(1500,)), None, deep=True) == [("deep", 1500)]
    assert slept(Desk(timers=(1500,)), 1, deep=True) == [("deep", 1000)]
    assert slept(Desk(timers=(0,)), 1, deep=True) == [("deep", 1)]
    assert slept(Desk(timers=(-1,)), 1, deep=True) == [("deep", 1000)]
    assert slept(Desk(timers=(-1, 700, 300, None)), 1, deep=True) == [("deep", 300)]


def test_what_would_never_wake_is_refused():
    for seconds in (None, 0, -1, 1 << 41):
        desk = Desk()
        assert slept(desk, seconds) == []
        assert desk.user.error is not None, seconds


def test_a_pin_wakes():
    assert slept(Desk({"wake_pin": 4, "wake_level": "high"}), deep=True) == [("deep",)]
    assert GPIOS[4].trigger == Pin.WAKE_HIGH
    assert GPIOS[4].wake == Chip.SLEEP | Chip.DEEPSLEEP
    desk = Desk({"wake_pin": 4})
    desk.chip.reason = PIN_WAKE
    assert slept(desk) == [("light",)]
    assert GPIOS[4].trigger == Pin.WAKE_LOW
    assert desk.user.woken == "pin"


def test_a_chip_without_wake_pins_says_so():
    class Esp8266Pin:
        IN = 0

    desk = Desk({"wake_pin": 4})
    desk.chip.Pin = Esp8266Pin
    assert slept(desk, 10) == []
    assert "woken by time alone" in str(desk.user.error)


def test_a_long_light_sleep_is_had_in_parts_that_a_pin_ends():
    desk = Desk({"longest_light_s": 4})
    assert slept(desk, 10) == [("light", 4000), ("light", 4000), ("light", 2000)]
    desk = Desk({"longest_light_s": 4})
    desk.chip.reason = PIN_WAKE
    assert slept(desk, 10) == [("light", 4000)]


def test_a_sleep_is_as_long_as_the_chip_can():
    power = load("power", Machine())
    before = power._LONGEST
    power._LONGEST = (4200, 2)  # an ESP8266
    try:
        assert slept(Desk(), 5) == [("light", 2000), ("light", 2000), ("light", 1000)]
        assert slept(Desk(), 5000, deep=True) == [("deep", 4200000)]
    finally:
        power._LONGEST = before
        retained.put("asleep", b"")


def test_a_long_deep_sleep_goes_on_at_the_next_start():
    assert slept(Desk({"longest_s": 4200}), 10000, deep=True) == [("deep", 4200000)]
    left = retained.get("asleep")
    assert left == b"5800000"
    for part, rest in ((4200000, b"1600000"), (1600000, b"")):
        desk = Desk({"longest_s": 4200})
        retained.put("asleep", left)
        desk.chip.cause = Chip.DEEPSLEEP_RESET
        raises(Asleep, desk.power.init)
        assert desk.calls == [("deep", part)]
        left = retained.get("asleep")
        assert left == rest


def test_a_long_sleep_does_not_go_on_after_a_pin_or_another_reset():
    for reason, cause in ((PIN_WAKE, Chip.DEEPSLEEP_RESET), (TIMER_WAKE, Chip.PWRON_RESET)):
        desk = Desk()
        retained.put("asleep", b"5000")
        desk.chip.reason = reason
        desk.chip.cause = cause
        desk.power.init()
        assert desk.calls == []
        assert retained.get("asleep") == b""


def test_events():
    board = Board("power", "Power")
    board.module.config({row[0]: row[2] for row in board.module.schema})
    log.console.held = True
    assert board.event("sleep", ("x",)) is None
    assert log.tail(1)[0][3] == "event sleep ('x',): expected seconds"
    log.console.held = False
    asked = []

    async def sleep(seconds, deep):
        asked.append((seconds, deep))

    board.module.sleep = sleep
    for name, data in (("sleep", ("2",)), ("deepsleep", (3,)), ("deepsleep", None)):
        board.spawn(board.event(name, data))
    board.run(0)
    assert asked == [(2.0, False), (3.0, True), (None, True)]
