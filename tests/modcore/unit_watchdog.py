"""The watchdog: who lets nobody else run, and what follows."""

import sys

from fake_machine import Board
from modcore import log, retained


class running:
    who = None
    since = 0


class Wdt:
    made = None

    def __init__(self, timeout=5000):
        if timeout == 1234:
            raise ValueError
        Wdt.made = self
        self.timeout = timeout
        self.fed = 0

    def feed(self):
        self.fed += 1


class Timer:
    PERIODIC = 1
    made = None

    def __init__(self, id):
        Timer.made = self

    def init(self, period, mode, callback):
        self.period = period
        self.callback = callback


class Named:
    state = "running"

    def __init__(self, name):
        self.name = name


def board(**values):
    desk = Board("watchdog", "Watchdog")
    desk.machine.WDT = Wdt
    desk.machine.Timer = Timer
    sys.modules["modcore.watchdog"].running = running
    log.console.held = True
    desk.start(**values)
    log.console.held = False
    desk.spawn(desk.module.run)
    desk.run(0)
    running.who = None
    return desk


def hang(desk, name, ms):
    """Let a fiber called `name` run for `ms` milliseconds; the timer's interrupts come in the midst of it."""
    running.who = Named(name) if name else None
    running.since = desk.us
    end = desk.us + ms * 1000
    log.console.held = True
    while desk.us < end:
        desk.us += Timer.made.period * 1000
        Timer.made.callback(Timer.made)
    log.console.held = False


def lines(count):
    return [line[3] for line in log.tail(count)]


def blamed():
    return str(retained.get(retained.BLAME), "utf-8")


def test_it_is_fed_as_long_as_the_loop_runs():
    desk = board(timeout_ms=8000)
    assert Wdt.made.timeout == 8000
    before = Wdt.made.fed
    desk.run(7900)
    assert Wdt.made.fed - before >= 7
    desk = board(timeout_ms=1000)
    before = Wdt.made.fed
    desk.run(1000)
    assert Wdt.made.fed - before == 4


def test_a_chip_with_a_timeout_of_its_own_is_fed_too():
    desk = board(timeout_ms=1234)
    assert "takes no timeout of 1234 ms" in lines(1)[0]
    assert Wdt.made.timeout == 5000
    desk.run(1000)
    assert Wdt.made.fed > 2


def test_who_lets_nobody_else_run_is_named_once_and_remembered():
    desk = board(warn_ms=1000)
    hang(desk, "slow", 500)
    assert blamed() == ""
    before = lines(1)
    hang(desk, "slower", 3000)
    assert lines(2) == before + ["slower has let nobody else run for 1000 ms"]
    assert blamed() == "slower"


def test_who_gives_way_after_all_is_acquitted():
    desk = board(warn_ms=1000)
    hang(desk, "slow", 2000)
    assert blamed() == "slow"
    running.who = None
    desk.run(1000)
    assert blamed() == ""


def test_what_is_no_fiber_is_the_loops():
    desk = board(warn_ms=1000)
    hang(desk, None, 1500)
    assert blamed() == ""
    hang(desk, None, 1000)
    assert blamed() == "the loop"
    desk.run(1000)


def test_the_culprit_is_told_at_the_next_start():
    assert board().module.culprit is None

    class boot:
        culprit = "slow"

    real = sys.modules.get("modcore.boot")
    sys.modules["modcore.boot"] = boot
    assert board().module.culprit == "slow"
    if real:
        sys.modules["modcore.boot"] = real
    else:
        del sys.modules["modcore.boot"]


def test_a_module_that_misses_its_deadline_ends_the_feeding():
    desk = board(deadlines={"pump": 3000})
    desk.modules = {"pump": Named("pump")}
    desk.run(10000)  # counted from its first sign of life
    desk.module.alive("pump")
    desk.run(3000)
    fed = Wdt.made.fed
    log.console.held = True
    desk.run(4000)
    log.console.held = False
    assert Wdt.made.fed == fed
    assert blamed() == "pump"
    assert lines(1) == ["no sign of life from pump: the device will be reset"]
    desk.module.alive("pump")
    desk.run(1000)
    assert Wdt.made.fed > fed
    assert blamed() == ""


def test_a_module_that_does_not_run_has_no_deadline():
    desk = board()
    desk.module.expect("pump", 3000)
    desk.modules = {"pump": Named("pump")}
    desk.module.alive("pump")
    desk.modules["pump"].state = "failed"
    fed = Wdt.made.fed
    desk.run(10000)
    assert Wdt.made.fed >= fed + 10
    del desk.modules["pump"]
    desk.run(10000)
    assert Wdt.made.fed >= fed + 20


def test_signs_of_life_of_others_are_not_kept():
    desk = board()
    desk.module.alive("somebody")
    assert desk.module._signs == {}
