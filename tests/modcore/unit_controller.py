"""The controller: order, isolation of failures, the way down."""

import asyncio

from check import raises
from modcore import Controller, Module, log
from modcore.config import Config
from modcore.order import CycleError
from modcore.port import ticks_diff, ticks_ms
from modcore.turns import sleep_ms


def make(names_and_dependencies, calls, **methods):
    modc = Controller(Config("unit_none", "unit_none"))
    for name, depends in names_and_dependencies:
        modc.add(recorder(name, depends, calls, methods.get(name)))
    return modc


def recorder(name, depends, calls, fail_in=None):
    class Recorder(Module):
        def _note(self, state):
            calls.append(state + " " + self.name)
            if state == fail_in:
                raise ValueError("no " + state)

        def init(self):
            self._note("init")

        def mount(self):
            self._note("mount")

        async def start(self):
            await asyncio.sleep(0)
            self._note("start")

        def stop(self):
            self._note("stop")

        def umount(self):
            self._note("umount")

        def eject(self):
            self._note("eject")

    module = Recorder()
    module.name = name
    module.depends = depends
    return module


def run(modc):
    """Start, note the states, and shut down."""
    states = {}

    class Last(Module):
        async def run(self):
            for module in self.modc.modules.values():
                states[module.name] = (module.state, module.reason)
            self.modc.shutdown()

    last = modc.add(Last())
    last.depends = ()
    log.console.held = True
    try:
        modc.run()
    finally:
        log.console.held = False
    return states


def test_order_follows_dependencies_and_shutdown_reverses_it():
    calls = []
    states = run(make((("a", ("b",)), ("b", ()), ("c", ("a", "b"))), calls))
    starts = [c for c in calls if c.startswith("start")]
    stops = [c for c in calls if c.startswith("stop")]
    assert starts == ["start b", "start a", "start c"]
    assert stops == ["stop c", "stop a", "stop b"]
    assert calls.index("umount b") > calls.index("stop b")
    assert calls[-1] == "eject b"
    assert states["c"] == ("running", None)


def test_cycle_is_named():
    modc = make((("a", ("b",)), ("b", ("c",)), ("c", ("a",))), [])
    assert str(raises(CycleError, modc.order)) == "modules depend on each other: a -> b -> c -> a"


def test_a_failure_stays_with_its_module_and_those_that_need_it():
    calls = []
    states = run(make((("a", ()), ("b", ("a",)), ("c", ())), calls, a="start"))
    assert states["a"] == ("failed", "start: ValueError: no start")
    assert states["b"] == ("failed", "needs a, which does not run")
    assert states["c"] == ("running", None)
    assert "start b" not in calls


def test_missing_dependency():
    states = run(make((("a", ("ghost",)),), []))
    assert states["a"] == ("failed", "needs ghost, which does not run")


def test_every_stop_runs_even_if_one_raises():
    calls = []
    run(make((("a", ()), ("b", ()), ("c", ())), calls, b="stop"))
    assert [c for c in calls if c.startswith("stop")] == ["stop c", "stop b", "stop a"]


def test_a_task_that_raises_is_reported():
    class Bad(Module):
        async def run(self):
            raise ValueError("tired")

    modc = make((), [])
    bad = modc.add(Bad())

    class Waiter(Module):
        async def run(self):
            while bad.state != "failed":
                await asyncio.sleep(0)
            self.reason = bad.reason
            self.modc.shutdown()

    waiter = modc.add(Waiter())
    log.console.held = True
    try:
        modc.run()
    finally:
        log.console.held = False
    assert waiter.reason == "run: ValueError: tired"


def test_what_is_added_while_the_others_start_starts_once():
    calls = []

    class Late(Config):
        def load(self, name, *rest):
            if name == "log":  # as the log's sinks are, before the order is known
                modc.add(recorder("early", (), calls))
            return Config.load(self, name, *rest)

    class Adds(Module):
        def init(self):
            modc.add(recorder("late", (), calls))

        async def run(self):
            await sleep_ms(50)
            modc.shutdown()

    modc = Controller(Late("unit_none", "unit_none"))
    modc.add(Adds())
    modc.add(recorder("other", (), calls))  # whose start gives way
    log.console.held = True
    modc.run()
    log.console.held = False
    for name in ("early", "late", "other"):
        states = [call.split()[0] for call in calls if call.endswith(name)]
        assert states == ["init", "mount", "start", "stop", "umount", "eject"], (name, states)


def test_names():
    modc = make((("a", ()),), [])
    assert "there already" in str(raises(ValueError, modc.add, recorder("a", (), [])))
    assert modc.modules["a"].modc is modc


def test_one_modules_schema_does_not_stop_the_others():
    class Odd(Module):
        schema = (("key", "int", 1),)

    modc = make((("a", ()),), [])
    modc.add(Odd())
    states = run(modc)
    assert states["odd"][0] == "failed"
    assert states["a"] == ("running", None)


class Quiet(Module):
    """A module that does nothing; each test gives it what it needs."""

    def __init__(self, name, **members):
        self.name = name
        for key in members:
            setattr(self, key, members[key])


def drive(modules, script, **keywords):
    """Run `modules` beside `script(modc)`, a coroutine function; then shut down. Returns the controller."""
    modc = Controller(Config("unit_none", "unit_none"), **keywords)
    for module in modules:
        modc.add(module)
    errors = []

    class Script(Module):
        restart = "never"
        optional = True

        async def run(self):
            try:
                await asyncio.wait_for(script(modc), 20)
            except BaseException as exc:
                errors.append(exc)
            modc.shutdown()

    modc.add(Script())
    log.console.held = True
    try:
        modc.run()
    finally:
        log.console.held = False
    if errors:
        raise errors[0]
    return modc


async def until(condition):
    while not condition():
        await sleep_ms(1)


def test_a_cycle_fails_and_the_others_run():
    states = run(make((("a", ("b",)), ("b", ("a",)), ("c", ())), []))
    assert states["a"][0] == states["b"][0] == "failed"
    assert states["a"][1] == "modules depend on each other: a -> b -> a"
    assert states["c"] == ("running", None)


def test_hooks_surround_the_states():
    calls = []

    class Hooked(Module):
        def before_start(self):
            calls.append("before_start")

        async def start(self):
            await sleep_ms(0)
            calls.append("start")

        def after_start(self):
            calls.append("after_start")

        def before_stop(self):
            calls.append("before_stop")

        def stop(self):
            calls.append("stop")

        def after_eject(self):
            calls.append("after_eject")

    async def script(modc):
        pass

    drive([Hooked()], script)
    assert calls == ["before_start", "start", "after_start", "before_stop", "stop", "after_eject"]


def test_states_may_be_generators():
    calls = []

    class Fibers(Module):
        def init(self):
            yield
            calls.append("init")

        def start(self):
            yield 1
            calls.append("start")

        def run(self):
            calls.append("run")
            while True:
                yield

        def stop(self):
            yield
            calls.append("stop")

    async def script(modc):
        await until(lambda: "run" in calls)

    drive([Fibers()], script)
    assert calls == ["init", "start", "run", "stop"]


def test_a_start_that_hangs_fails_and_the_others_run():
    trace = []

    class Hangs(Module):
        start_timeout_ms = 20
        restart = "never"

        async def start(self):
            try:
                await sleep_ms(60000)
            finally:
                trace.append("ended")

        def stop(self):
            trace.append("stop")

    async def script(modc):
        assert modc.modules["hangs"].state == "failed"
        assert modc.modules["hangs"].reason.startswith("start: TimeoutError")
        assert modc.modules["other"].state == "running"
        assert trace == ["ended", "stop"]

    drive([Hangs(), Quiet("other")], script)


def test_a_failed_module_is_started_again():
    starts = []

    class Shaky(Module):
        async def run(self):
            starts.append(self.restarts)
            if len(starts) == 1:
                raise ValueError("shaky")
            await sleep_ms(60000)

    shaky = Shaky()
    failed = []

    async def script(modc):
        modc.subscribe("module.failed", lambda event: failed.append(event.data))
        await until(lambda: shaky.state == "failed")
        assert shaky.reason == "run: ValueError: shaky"
        await until(lambda: len(starts) == 2)
        assert shaky.state == "running"
        assert starts == [0, 1]
        assert shaky.reason is None

    drive([Quiet("other"), shaky], script)
    assert shaky.backoff_s == 1
    assert failed in ([], [("shaky", "run: ValueError: shaky")])


def test_what_failed_before_its_start_is_tried_again():
    def fails(state, error):
        class Fails(Module):
            name = state
            trace = []

            def step(self, now):
                self.trace.append(now)
                if now == state and self.trace.count(now) == 1:
                    raise error

            def init(self):
                self.step("init")

            def config(self, values):
                self.step("config")

            def mount(self):
                self.step("mount")

        return Fails()

    early = fails("init", MemoryError())
    files = fails("config", OSError(28))
    wrong = fails("wrong", None)
    wrong.config = lambda values: wrong.trace.append(int("x"))
    later = fails("mount", MemoryError())
    needs = Quiet("needs", depends=("init", "config"))

    async def script(modc):
        assert [m.state for m in (early, files, wrong, later, needs)] == ["failed"] * 5
        await until(lambda: needs.state == "running")
        assert early.trace == ["init", "init", "config", "mount"]
        assert files.trace == ["init", "config", "config", "mount"]
        # Wrong values do not mend themselves; and to mount again may be half too much
        assert wrong.reason.startswith("config: ValueError")
        assert later.reason == "mount: MemoryError"
        await modc.restart("mount")
        assert later.trace == ["init", "config", "mount", "config", "mount"]
        assert later.state == "running"
        await modc.restart("mount")
        assert later.trace[5:] == ["config"]
        del wrong.config
        await modc.restart("wrong")
        assert wrong.state == "running"
        assert wrong.trace == ["init", "config", "mount"]

    drive([early, files, wrong, later, needs], script)


def test_a_mounted_module_is_not_mounted_again():
    mounts = []

    class Picky(Module):
        def config(self, values):
            if len(mounts) == 1 and self.restarts == 1:
                raise ValueError

        def mount(self):
            mounts.append(1)

    async def script(modc):
        await modc.restart("picky")
        assert modc.modules["picky"].state == "failed"
        await modc.restart("picky")
        assert modc.modules["picky"].state == "running"
        assert mounts == [1]

    drive([Picky()], script)


def test_restart_never_and_always():
    counts = {"never": 0, "always": 0, "on-failure": 0}

    class Returns(Module):
        def run(self):
            counts[self.restart] += 1

    modules = []
    for policy in counts:
        module = Returns()
        module.name = policy
        module.restart = policy
        modules.append(module)

    async def script(modc):
        await until(lambda: counts["always"] == 2)
        assert modc.modules["never"].state == "running"

    drive(modules, script)
    assert counts == {"never": 1, "always": 2, "on-failure": 1}


def test_those_that_waited_start_when_it_is_back():
    class Late(Module):
        tries = 0

        def start(self):
            self.tries += 1
            if self.tries == 1:
                raise OSError("not yet")

    late = Late()
    needs = Quiet("needs", depends=("late",))

    async def script(modc):
        assert needs.reason == "needs late, which does not run"
        await until(lambda: needs.state == "running")
        assert late.state == "running"

    drive([needs, late], script)


def test_remove_stops_all_that_it_had_running():
    ticks = []
    closed = []

    class Thing:
        def close(self):
            closed.append(1)

    class Busy(Module):
        subscribe = ("poke",)

        def start(self):
            self.guard(Thing())
            self.spawn(self.tick)
            self.spawn(self.tick())

        def tick(self):
            while True:
                ticks.append(1)
                yield 1

        def run(self):
            return self.tick()

        def on_event(self, event):
            ticks.append(event.name)

    calls = []
    busy = Busy()
    user = Quiet("user", depends=("busy",), stop=lambda: calls.append("user stop"))

    async def script(modc):
        await until(lambda: len(ticks) > 9)
        await modc.remove("busy")
        assert "busy" not in modc.modules
        assert closed == [1]
        assert calls == ["user stop"]
        assert user.reason == "needs busy, which does not run"
        assert busy.state is None
        del ticks[:]
        assert modc.fire("poke") == 0
        await sleep_ms(20)
        assert ticks == []
        again = modc.add(Busy())
        await until(lambda: user.state == "running")
        assert again.state == "running"
        await until(lambda: len(ticks) > 3)

    drive([busy, user], script)


def test_reconfigure():
    seen = []

    class Plain(Module):
        schema = (("key", "int", 1, None, "A number"),)

        def config(self, values):
            seen.append(values["key"])

    class Quick(Plain):
        def reconfigure(self, values):
            seen.append(-values["key"])

    async def script(modc):
        await modc.reconfigure("plain")
        assert seen == [1, 1, 1]
        await modc.reconfigure("quick")
        assert seen == [1, 1, 1, -1]
        assert modc.modules["plain"].restarts == 1
        assert modc.modules["quick"].restarts == 0

    drive([Plain(), Quick()], script)


def test_health():
    class Slow(Module):
        subscribe = ("work",)
        queue = 1

        def on_event(self, event):
            start = ticks_ms()
            while ticks_diff(ticks_ms(), start) < 20:
                pass
            if event.data == "bad":
                raise ValueError

    async def script(modc):
        for data in ("lost", "bad"):
            modc.fire("work", data)
        await until(lambda: modc.health()["slow"]["errors"])
        health = modc.health()["slow"]
        assert health["state"] == "running"
        assert health["lost"] == 1
        assert health["longest_ms"] >= 19
        assert health["total_ms"] >= 19
        assert modc.health()["quiet"]["longest_ms"] < 19

    drive([Slow(), Quiet("quiet")], script)


def test_healthy():
    failing = Quiet("failing", depends=("ghost",))

    async def script(modc):
        events = []
        modc.subscribe("healthy", events.append)
        await sleep_ms(1200)
        assert not modc.healthy
        failing.optional = True
        await until(lambda: modc.healthy)
        await until(lambda: events)

    drive([failing], script, healthy_ms=1000)


def test_events_between_modules_and_ask():
    got = []

    class Answers(Module):
        subscribe = ("question",)

        async def on_event(self, event):
            await sleep_ms(1)
            return event.data + 1

    class Asks(Module):
        subscribe = ("*",)

        def on_event(self, event):
            got.append((event.name, event.source is self))

    asks = Asks()

    async def script(modc):
        assert await modc.ask("question", 41) == 42
        asks.fire("own")
        modc.fire("others")
        await until(lambda: ("others", False) in got)
        assert ("own", True) not in got

    drive([Answers(), asks], script)


def test_every_stop_runs_although_stop_raises_or_hangs():
    calls = []

    class Stops(Module):
        start_timeout_ms = 20

        async def stop(self):
            calls.append(self.name)
            if self.name == "b":
                raise ValueError
            if self.name == "c":
                await sleep_ms(60000)

    modules = [Stops() for _ in range(4)]
    for module, name in zip(modules, "abcd"):
        module.name = name

    async def script(modc):
        pass

    drive(modules, script)
    assert calls == ["d", "c", "b", "a"]
