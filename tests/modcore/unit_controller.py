"""The controller: order, isolation of failures, the way down."""

import asyncio

from check import raises
from modcore import Controller, Module, log
from modcore.config import Config
from modcore.controller import CycleError


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
