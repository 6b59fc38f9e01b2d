"""Timers, interval, timeout, alarm and the clock, in simulated time: months pass in seconds."""

import gc
import os
import time as real_time

from check import raises
from modcore import clock, log, retained, timer
from modcore.alarm import Alarm
from modcore.config import Config
from modcore.interval import Interval
from modcore.port import MICROPYTHON
from modcore.timeout import Timeout
from modcore.timer import Timer
from modcore.tz import TZ

if MICROPYTHON:
    from time import mktime as timegm
else:
    from calendar import timegm

PERIOD = 1 << 30  # of ticks_ms() on MicroPython
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"


class World:
    """The device's time, and a controller that keeps what was fired."""

    def __init__(self, *date, zone=None):
        self.ms = PERIOD - 5000  # ticks_ms() begins anew in a moment
        self.utc_ms = (
            timegm((date + (0,) * 8)[:8]) if date else timegm((2026, 1, 1, 0, 0, 0, 0, 0))
        ) * 1000
        self.rate = 1000  # milliseconds of the clock in 1000 of the timer
        self._part = 0
        self.fired = []
        self.modules = {}
        self.events = self
        self.config = Config("unit_timers", "unit_none")
        self.parts = []
        clock.zone = zone
        clock.course = None

    def __enter__(self):
        self._saved = timer.ticks_add, timer._wake, clock.time
        world = self

        class Time:
            gmtime = real_time.gmtime

            def time():
                return world.utc_ms // 1000

            def time_ns():
                return world.utc_ms * 1000000

        clock.time = Time
        timer._queue.clear()
        self._patch(lambda: self.ms % PERIOD)
        timer._wake = lambda: None
        log.console.held = True
        return self

    def _patch(self, ticks_ms):
        from modcore import alarm, interval

        modules = timer, interval, alarm
        self._before = [(module, module.ticks_ms, module.ticks_diff) for module in modules]
        for module in modules:
            module.ticks_ms = ticks_ms
            module.ticks_diff = lambda a, b: (a - b + PERIOD // 2) % PERIOD - PERIOD // 2
        timer.ticks_add = lambda a, b: (a + b) % PERIOD

    def __exit__(self, *exc):
        log.console.held = False
        for module, ticks_ms, ticks_diff in self._before:
            module.ticks_ms = ticks_ms
            module.ticks_diff = ticks_diff
        timer.ticks_add, timer._wake, clock.time = self._saved
        timer._queue.clear()
        clock.zone = clock.course = None
        for name in ("unit_timers/timeout_due.json", "unit_timers/timeout_due.json.bak"):
            try:
                os.remove(name)
            except OSError:
                pass

    def add(self, module, items=None):
        """Start `module` with `items` as its configuration."""
        module.modc = self
        module.name = type(module).__name__.lower()
        module.init()
        values = {}
        for id, given in (items or {}).items():
            values[id] = {key: default for key, _, default, _, _ in module.items}
            values[id].update(given)
        module.config(values)
        module.start()
        module.state = "running"
        self.parts.append(module)
        return module

    def fire(self, name, data=None, source=None):
        self.fired.append((name, data))

    def event(self, name, *data):
        """Fire an event at the modules; what the last one answers."""
        answer = None
        for module in self.parts:
            if name in module.subscribe:
                answer = module.on_event(Event(name, data))
        return answer

    def pass_ms(self, ms):
        """Let time go by without the loop having its turn."""
        self.ms += ms
        self._part += ms * self.rate
        self.utc_ms += self._part // 1000
        self._part %= 1000

    def run(self, seconds=0, ms=0):
        """Let the loop run for some time."""
        end = self.ms + seconds * 1000 + ms
        while True:
            wait = timer.poll()
            if wait is None or self.ms + wait > end:
                self.pass_ms(end - self.ms)
                return
            self.pass_ms(wait)

    def take(self, name=None):
        """What was fired since the last time."""
        fired = [f for f in self.fired if name is None or f[0] == name]
        self.fired.clear()
        return fired

    def utc(self):
        return tuple(real_time.gmtime(self.utc_ms // 1000))[:6]


class Event:
    def __init__(self, name, data):
        self.name = name
        self.data = data


class Recorder(Timer):
    def __init__(self, world):
        self.world = world
        self.rung = []

    def ring(self):
        self.rung.append(self.world.ms)


# Timers


def test_timers_ring_in_their_order_across_the_end_of_the_ticks():
    with World() as world:
        start = world.ms
        timers = [Recorder(world) for _ in range(4)]
        delays = 10000, 100, 4999, 5001
        for place in range(4):
            timers[place].start(delays[place])
        timers[1].start(7000)
        world.run(20)
        assert [t.rung for t in timers] == [[start + ms] for ms in (10000, 7000, 4999, 5001)]
        assert timer.poll() is None


def test_a_timer_is_stopped_and_tells_what_is_left():
    with World() as world:
        one = Recorder(world)
        assert one.left_ms() is None
        one.start(500)
        world.run(ms=200)
        assert one.left_ms() == 300
        one.stop()
        one.stop()
        assert one.left_ms() is None
        world.run(1)
        assert one.rung == []


def test_a_timer_that_raises_harms_no_other():
    class Bad(Timer):
        def ring(self):
            raise ValueError("tired")

    with World() as world:
        Bad().start(10)
        good = Recorder(world)
        good.start(10)
        world.run(1)
        assert len(good.rung) == 1
        assert "tired" in "".join([line[3] for line in log.tail(12)])


def test_timers_on_asyncio():
    import asyncio

    rung = []

    class One(Timer):
        def __init__(self, name):
            self.name = name

        def ring(self):
            rung.append(self.name)
            if self.name == "b":
                One("c").start(1)

    async def main():
        One("late").start(5000)
        One("b").start(30)
        One("a").start(10)  # sooner than what the task sleeps for
        for _ in range(200):
            await asyncio.sleep(0.01)
            if len(rung) == 3:
                break
        assert timer._task is not None
        timer._queue[0].stop()
        assert timer._task is None
        One("d").start(0)
        await asyncio.sleep(0.05)

    asyncio.run(main())
    assert rung == ["a", "b", "c", "d"]


# Interval


def test_intervals_keep_to_their_grid():
    with World() as world:
        ticks = world.add(
            Interval(), {"a": {"every_ms": 1000}, "b": {"every_ms": 300, "delay_ms": 50}}
        )
        world.run(ms=349)
        assert world.take() == []
        world.run(ms=1)
        assert world.take() == [("b.tick", 0)]
        world.pass_ms(130)  # the loop is busy now and then
        world.run(1)
        world.pass_ms(77)
        world.run(60)
        assert ticks.timers["a"].count == 61
        assert ticks.timers["a"].missed == 0
        assert timer._queue[0].left_ms() <= 300
        start = world.ms
        world.take()
        world.run(1)
        assert ("a.tick", 0) in world.take()
        assert (world.ms - start) == 1000


def test_missed_ticks_are_counted_and_not_made_up_for():
    with World() as world:
        entry = world.add(Interval(), {"a": {"every_ms": 1000}}).timers["a"]
        world.run(2)
        world.take()
        world.pass_ms(3500)
        world.run(ms=0)
        assert world.take() == [
            ("a.tick", 2)
        ]  # that of the 3rd second, late; the 4th and 5th are lost
        world.run(ms=499)
        assert world.take() == []
        world.run(ms=1)
        assert world.take() == [("a.tick", 0)]
        assert (entry.count, entry.missed) == (4, 2)


def test_an_interval_ends():
    with World() as world:
        world.add(Interval(), {"a": {"every_ms": 10, "count": 3}})
        world.run(1)
        assert world.take() == [("a.tick", 0)] * 3 + [("a.end", 3)]
        world.event("interval", "a")
        world.run(1)
        assert len(world.take()) == 4


def test_intervals_by_program_and_by_event():
    with World() as world:
        interval = world.add(Interval())
        calls = []
        entry = interval.add("a", 100, lambda: calls.append(world.ms))
        world.run(1)
        assert len(calls) == entry.count == 10
        world.event("interval", "a", "stop")
        world.run(1)
        assert len(calls) == 10
        world.event("interval", "a", "start")
        interval.add("b", 1000)
        world.run(1)
        assert len(calls) == 20
        assert world.take() == [("b.tick", 0)]
        interval.remove("a")
        interval.stop()
        world.run(1)
        assert len(calls) == 20
        assert world.take() == []
        assert timer._queue == []
        for data in (("ghost",), ("b", "jump"), ("b", "stop", "now")):
            raises(ValueError, interval.on_event, Event("interval", data))
        raises(KeyError, interval.remove, "a")
        # The file changes: what a program has added stays
        interval.config({"c": {"every_ms": 1, "delay_ms": 0, "count": 0}})
        assert sorted(interval.timers) == ["b", "c"]
        interval.config({})
        assert sorted(interval.timers) == ["b"]


def test_a_callback_that_is_still_at_it_is_not_started_again():
    class Fiber:
        done = False

    class Spawning(Interval):
        def spawn(self, work, name=None):
            spawned.append(name)
            return fiber

    def work():
        yield 1

    with World() as world:
        spawned = []
        fiber = Fiber()
        interval = world.add(Spawning())
        entry = interval.add("a", 100, work)
        world.run(1)
        assert spawned == ["a"]
        assert (entry.count, entry.missed) == (1, 9)
        fiber.done = True
        world.run(ms=100)
        assert spawned == ["a", "a"]


def test_what_a_program_has_added_it_can_remove():
    calls = []

    def work():
        calls.append(1)

    with World() as world:
        for module, values in ((Interval(), (1000,)), (Timeout(), (1,)), (Alarm(), ("00:00",))):
            world.add(module)
            add = module.add
            add("a", values[0], work)
            add("b", values[0], work)
            entry = module.timers["a"]
            module.remove("a")
            assert list(module.timers) == ["b"] and entry not in timer._queue, module
            for id in ("a", "ghost"):
                raises(KeyError, module.remove, id)
            module.remove("b")
            assert timer._queue == [] and module.timers == {}
        world.run(2 * 86400)
        assert calls == [] and world.take() == []


def test_the_three_remove_alike():
    assert Interval.remove is Timeout.remove is Alarm.remove


# Timeout


def test_timeouts():
    with World() as world:
        timeout = world.add(
            Timeout(),
            {"boot": {"after_ms": 1500}, "fan": {"after_s": 300, "auto": False}},
        )
        world.run(10)
        assert world.take() == [("boot.due", 0)]
        world.event("timeout", "fan")
        world.run(200)
        world.event("timeout", "fan")  # once more: it begins anew
        world.run(299)
        assert world.take() == []
        world.run(1)
        assert world.take() == [("fan.due", 0)]
        world.event("timeout", "fan")
        world.event("timeout", "fan", "stop")
        calls = []
        timeout.add("x", 1, lambda: calls.append(1), after_ms=500)
        world.run(1, 499)
        assert calls == []
        world.run(1000)
        assert calls == [1]
        assert world.take() == []


def test_a_timeout_of_months():
    with World() as world:
        world.add(Timeout(), {"a": {"after_s": 100 * 86400}})
        world.run(100 * 86400 - 1)
        assert world.take() == []
        world.run(1)
        assert world.take() == [("a.due", 0)]


FILTER = {"filter": {"after_s": 90 * 86400, "persistent": True, "auto": False}}


def reset(world, seconds):
    """The power is out for some time; the clock goes on, as it does when a server has set it again."""
    timer._queue.clear()
    world.parts.clear()
    world.pass_ms(1000 * seconds)


def test_a_persistent_timeout_goes_on_after_a_reset():
    with World() as world:
        world.add(Timeout(), FILTER)
        world.event("timeout", "filter")
        world.run(40 * 86400)
        reset(world, 10 * 86400)
        world.add(Timeout(), FILTER)
        world.run(40 * 86400 - 2)
        assert world.take() == []
        world.run(2)
        assert world.take() == [("filter.due", 0)]
        world.run(1)
        reset(world, 1)
        timeout = world.add(Timeout(), FILTER)
        assert timeout.pending() == {}
        world.run(100 * 86400)
        assert world.take() == []


def test_a_timeout_that_was_due_without_power():
    with World() as world:
        world.add(Timeout(), FILTER)
        world.event("timeout", "filter")
        reset(world, 90 * 86400 + 60)
        world.add(Timeout(), FILTER)
        world.run(1)
        assert world.take() == [("filter.due", 60)]


def test_the_power_fails_as_a_timeout_is_due():
    with World() as world:
        world.add(Timeout(), FILTER)
        world.event("timeout", "filter")
        world.run(90 * 86400, 500)
        assert world.take() == [("filter.due", 0)]
        reset(world, 30)
        world.add(Timeout(), FILTER)
        world.run(10)
        assert world.take() == [("filter.due", 30)]
        reset(world, 30)
        world.add(Timeout(), FILTER)
        world.run(1000)
        assert world.take() == []


def test_after_a_reset_a_timeout_waits_for_the_clock():
    with World() as world:
        world.add(Timeout(), FILTER)
        world.event("timeout", "filter")
        reset(world, 3600)
        utc_ms = world.utc_ms
        world.utc_ms = timegm((2000, 1, 1, 0, 0, 0, 0, 0)) * 1000
        world.add(Timeout(), FILTER)
        world.run(600)
        assert world.take() == []
        world.utc_ms = utc_ms + 600000
        world.event("ntp")
        world.run(90 * 86400 - 4201)
        assert world.take() == []
        world.run(1)
        assert world.take() == [("filter.due", 0)]


def test_a_persistent_timeout_that_begins_before_the_clock_is_set():
    with World(2000, 1, 1) as world:
        timeout = world.add(Timeout(), FILTER)
        world.event("timeout", "filter")
        assert timeout.pending() == {}
        world.run(60)
        world.utc_ms = timegm((2026, 5, 1, 0, 0, 0, 0, 0)) * 1000
        world.event("ntp")
        assert timeout.pending() == {
            "filter": timegm((2026, 5, 1, 0, 0, 0, 0, 0)) + 90 * 86400 - 60
        }
        world.event("timeout", "filter", "stop")
        assert timeout.pending() == {}
        # By program: after a reset it goes on with what is kept
        timeout.add("pump", 3600, persistent=True)
        reset(world, 600)
        timeout = world.add(Timeout())
        timeout.add("pump", 3600, persistent=True)
        world.run(2998)
        assert world.take() == []
        world.run(2)
        assert world.take() == [("pump.due", 0)]


# Alarm


def rings(world, seconds):
    """`(month, day, hour, minute)` of local time, each time that something rings."""
    zone = TZ(clock.zone or "UTC0")
    seen = []
    end = world.ms + seconds * 1000
    while world.ms < end:
        wait = timer.poll()
        for _ in world.take():
            seen.append(tuple(zone.localtime(world.utc_ms // 1000))[1:5])
        world.pass_ms(min(wait, end - world.ms))
    return seen


def test_an_alarm_rings_at_its_second():
    with World(2026, 1, 1, 12) as world:
        world.add(Alarm(), {"wake": {"at": "07:00:30"}})
        world.utc_ms += 250
        world.run(19 * 3600 + 29)
        assert world.take() == []
        world.run(ms=749)
        assert world.take() == []
        world.run(ms=1)
        assert world.take() == [("wake.due", timegm((2026, 1, 2, 7, 0, 30, 0, 0)))]


def test_alarms_follow_the_sun():
    with World(2026, 3, 27, 12, zone=BERLIN) as world:
        world.add(Alarm(), {"wake": {"at": "07:00", "days": "mon-fri"}, "night": {"at": "02:30"}})
        assert rings(world, 5 * 86400) == [
            (3, 28, 2, 30),
            (3, 29, 3, 0),
            (3, 30, 2, 30),
            (3, 30, 7, 0),
            (3, 31, 2, 30),
            (3, 31, 7, 0),
            (4, 1, 2, 30),
            (4, 1, 7, 0),
        ]


def test_a_clock_that_runs_too_fast_or_too_slow():
    for rate in (970, 1030):
        with World(2026, 1, 1, 12) as world:
            world.rate = rate
            world.add(Alarm(), {"wake": {"at": "07:00"}})
            world.run(30 * 86400)
            fired = world.take()
            assert len(fired) in (29, 30, 31)
            assert len(set(fired)) == len(fired)


def test_small_corrections_lose_nothing_and_repeat_nothing():
    with World(2026, 1, 1, 6, 50) as world:
        world.add(Alarm(), {"a": {"at": "07:00"}})
        world.utc_ms += 11 * 60000  # 07:01
        world.event("ntp")
        world.run(1)
        assert len(world.take()) == 1
        world.utc_ms -= 10 * 60000  # 06:51
        world.event("ntp")
        world.run(3600)
        assert world.take() == []
        world.run(86400)
        assert len(world.take()) == 1


def test_what_was_passed_over_rings_once():
    with World(2026, 1, 1, 6, 50, 30) as world:
        alarm = world.add(Alarm(), {"a": {"cron": "* * * * *"}, "b": {"cron": "* * * * *"}})
        alarm.timers["b"].cancel()
        world.utc_ms += 10 * 60000
        world.event("ntp")
        world.run(29)
        assert world.take() == [("a.due", timegm((2026, 1, 1, 6, 51, 0, 0, 0)))]
        world.run(60)
        assert len(world.take()) == 1


def test_after_a_large_correction_the_new_time_counts():
    with World(2026, 1, 1, 6, 50) as world:
        world.add(Alarm(), {"a": {"at": "07:00"}})
        world.utc_ms += 3600000
        world.event("ntp")
        world.run(22 * 3600)
        assert world.take() == []
        world.utc_ms -= 5 * 3600000  # 00:50
        world.event("ntp")
        world.run(86400)
        assert len(world.take()) == 1
        # Nobody tells of it: it is seen within the hour
        world.utc_ms += 5 * 3600000  # 05:50
        world.run(7200)
        assert len(world.take()) == 1


def test_alarms_are_silent_until_the_clock_is_set():
    with World(2000, 1, 1, 6, 59) as world:
        world.add(Alarm(), {"a": {"cron": "* * * * *"}})
        world.run(3600)
        assert world.take() == []
        world.utc_ms = timegm((2026, 5, 1, 0, 0, 30, 0, 0)) * 1000
        world.event("ntp")
        world.run(90)
        assert len(world.take()) == 2


def test_another_zone():
    with World(2026, 7, 1, 4, 50, zone="UTC0") as world:
        alarm = world.add(Alarm(), {"a": {"at": "07:00"}, "b": {"at": "07:00"}})
        alarm.timers["b"].cancel()
        clock.zone = BERLIN
        world.event("ntp.zone")
        world.run(700)
        assert world.take() == [("a.due", timegm((2026, 7, 1, 5, 0, 0, 0, 0)))]


MORNING = {"lamp": {"at": "07:00"}, "pump": {"at": "07:00:30"}, "late": {"at": "22:00"}}


def test_alarms_end_a_sleep_and_ring_after_it():
    retained.put("alarm", b"")
    with World(2026, 7, 1, 6, 0) as world:
        world.add(Alarm(), MORNING)
        assert world.event("timer.next") == 3600000
        reset(world, 3602)  # it takes its time to start
        world.add(Alarm(), MORNING)
        world.run(ms=10)
        assert world.take() == [("lamp.due", timegm((2026, 7, 1, 7, 0, 0, 0, 0)))]
        world.run(40)
        assert [name for name, _ in world.take()] == ["pump.due"]
        # A pin woke it before
        assert world.event("timer.next") == (15 * 3600 - 42) * 1000 - 10
        reset(world, 3600)
        world.add(Alarm(), MORNING)
        world.run(3600)
        assert world.take() == []
        # It was without power for longer than a start takes
        world.event("timer.next")
        reset(world, 20 * 3600)
        world.add(Alarm(), MORNING)
        world.run(60)
        assert world.take() == []


def test_nothing_is_due():
    with World(2026, 7, 1, 6, 0) as world:
        alarm = world.add(Alarm(), {"a": {"at": "07:00"}})
        world.event("alarm", "a", "stop")
        assert world.event("timer.next") == -1
        assert retained.get("alarm") == b""
        alarm.timers.clear()
        assert world.event("timer.next") == -1
    with World() as world:
        world.add(Timeout(), {"a": {"after_s": 60}, "b": {"after_s": 60, "auto": False}})
        assert world.event("timer.next") == -1


def test_persistent_timeouts_end_a_sleep():
    with World() as world:
        timeout = world.add(Timeout(), FILTER)
        timeout.add("soon", 60, persistent=True)
        timeout.add("sooner", 6)
        world.event("timeout", "filter")
        world.run(10)
        assert world.event("timer.next") == 50000
        world.run(51)
        assert world.event("timer.next") == (90 * 86400 - 61) * 1000


def test_a_wrong_alarm_is_left_out_and_said():
    with World() as world:
        alarm = world.add(
            Alarm(),
            {"a": {"at": "7h"}, "b": {"at": "07:00"}, "c": {"at": "7:00", "cron": "* * * * *"}},
        )
        assert sorted(alarm.timers) == ["b"]
        text = "".join([line[3] for line in log.tail(2)])
        assert "alarm.json: a: expected HH:MM or HH:MM:SS, found '7h'; left out" in text
        assert "alarm.json: c: give either at or cron; left out" in text
        raises(ValueError, alarm.add, "d", "25:00")
        calls = []
        alarm.add("e", callback=lambda: calls.append(1), cron="0 * * * *")
        world.run(7200)
        assert calls == [1, 1]


def test_a_night_of_everything():
    # That in which summer time begins; test_timers.py has the month around it
    hours = 4
    with World(2026, 3, 28, 22, 30, zone=BERLIN) as world:
        interval = world.add(Interval())
        calls = [0, 0, 0]

        def count(place):
            def work():
                calls[place] += 1

            return work

        for name, every_ms in (("s", 1000), ("t", 10000), ("m", 60000)):
            interval.add(name, every_ms, count(0))
        alarm = world.add(Alarm())
        alarm.add("minutes", callback=count(1), cron="* * * * *")
        alarm.add("daily", "02:30", count(2))
        used = []
        for hour in range(hours):
            world.run(3600)
            world.utc_ms += (hour * 37 % 11) - 5
            world.event("ntp")
            gc.collect()
            used.append(gc.mem_alloc() if MICROPYTHON else 0)
        for name, every in (("s", 1), ("t", 10), ("m", 60)):
            entry = interval.timers[name]
            assert entry.missed == 0
            assert entry.count == hours * 3600 // every
            assert 0 < entry.left_ms() <= every * 1000
        assert calls[0] == hours * (3600 + 360 + 60)
        # The minutes that the clock showed: those of the hour that is left out do not pass either
        assert abs(calls[1] - hours * 60) <= 1
        assert calls[2] == 1
        assert used[-1] - used[0] <= 128, used
