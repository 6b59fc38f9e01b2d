"""The controller: brings modules up in the order of their dependencies, watches them, and takes them down in the reverse."""

import sys
from collections import OrderedDict

from . import log
from .borrow import borrow
from .config import Config
from .events import Account, Events, Subscriber
from .poller import poller
from .port import MICROPYTHON
from .task import Fiber
from .turns import Waiters

# What `modcore.controls` acts upon
CONTROLS = (
    "restart",
    "exit",
    "status",
    "gc",
    "log",
    "reload",
    "factory_reset",
    "healthy",
    "safe_mode",
)

_log = log.get("modcore")


class Controller:
    """Holds the modules of a device and runs them on asyncio's loop.

    Besides the methods below it has

    - `health()`: how each module does; see `modcore.health`;
    - `order()`: the modules, each after those that it depends on; see `modcore.order`;
    - `await restart(name)`, `await configure(name, changes)`, `await reconfigure(name)`, `await remove(name)`: see
      `modcore.change`;
    - `await ask(name, data=None, timeout_ms=1000)`: fire an event and wait for an answer; see `modcore.ask`;
    - `await start(module)`, `await halt(module)`, `await enter(module, state)`, `await leave(module, state)`: see
      `modcore.lifecycle`.

    Args:
        config: a `modcore.config.Config`; default: the device's own folders.
        healthy_ms: how long all modules must have run for the device to be healthy.

    Attributes:
        events: the device's `modcore.events.Events`.
        modules: the modules by name, in the order of `add`.
        started: the modules in the order in which they were started.
        then: called when all modules have stopped, unless it is `None`.
        healthy: whether all modules have run for `healthy_ms`; then the event `healthy` was fired.
    """

    def __init__(self, config=None, healthy_ms=10000):
        self.config = config or Config()
        self.config.modules = self.modules = OrderedDict()  # MicroPython's dict keeps no order
        self.events = Events(poller)
        self.healthy = False
        self.then = None
        self._healthy_ms = healthy_ms
        self.started = []
        self._done = None
        self._ending = False

    def add(self, module):
        """Take `module` in. It starts with `run`, or, when that is under way, as soon as the loop has its next turn.

        Returns it.

        Raises:
            ValueError: its name is taken.
        """
        if module.name is None:
            module.name = type(module).__name__.lower()
        if module.name in self.modules:
            raise ValueError("a module named %r is there already" % module.name)
        module.modc = self
        module.account = Account()
        self.modules[module.name] = module
        if self._done:
            Fiber(borrow("change", "bring_up", self, module), module.name)
        return module

    def run(self):
        """Start every module and serve until `shutdown` is called or the program is interrupted.

        As long as the program lives `from modcore import modc` gives this controller, at the prompt too.
        """
        sys.modules["modcore"].modc = self
        if MICROPYTHON:
            from asyncio import core

            # `asyncio.run`, or a function of ours, would take its part of a short stack from all that the device does
            try:
                core.run_until_complete(core.create_task(self._main()))
            finally:
                # KeyboardInterrupt and SystemExit leave the loop from wherever it stands,
                # past the tasks' own `finally`; so this is no part of the main task.
                core.run_until_complete(core.create_task(self._bring_down()))
        else:
            from .turns import run

            run(self._main, self._bring_down)
        if self.then is not None:
            self.then()

    async def _main(self):
        self._done = Waiters()
        self._ending = False
        self.events.add(Subscriber("control", CONTROLS, self._control))
        if MICROPYTHON:
            from . import loop

            loop.install()
        await borrow("lifecycle", "startup", self)
        watch = Fiber(borrow("lifecycle", "watch_health", self, self._healthy_ms), "modcore")
        if not self._ending:
            await self._done.wait()
        watch.kill()

    async def _bring_down(self):
        self._done = None
        try:
            await borrow("lifecycle", "bring_down", self)
        except MemoryError:
            # No room for doing it well: what drives outputs must be off all the same
            for module in reversed(self.started):
                try:
                    module.stop()
                except Exception:
                    pass

    def shutdown(self):
        """Ask `run` to stop every module, the last started first, and to return."""
        self._ending = True
        if self._done:
            self._done.wake()

    def _control(self, event):
        return borrow("controls", "control", self, event)

    def fire(self, name, data=None, source=None):
        """Fire an event; see `modcore.events.Events.fire`."""
        return self.events.fire(name, data, source)

    def subscribe(self, pattern, handler, limit=8):
        """Have `handler(event)` called for the events that `pattern` names; the `Subscriber`, for `events.remove`.

        Args:
            pattern: see `modcore.events`.
            handler: a function, coroutine function or generator function.
            limit: events that may wait, 1 to 255.
        """
        name = getattr(handler, "__name__", None) or pattern
        return self.events.add(Subscriber(name, (pattern,), handler, None, limit))

    def __getattr__(self, name):
        # What is seldom needed is no method: its code is borrowed from the module that has it
        if name in ("restart", "reconfigure", "configure", "remove"):
            part = "change"
        elif name in ("start", "halt", "enter", "leave"):
            part = "lifecycle"
        elif name in ("ask", "health", "order"):
            part = name
        else:
            raise AttributeError(name)
        return lambda *args, **keywords: borrow(part, name, self, *args, **keywords)

    # One module

    def load(self, module):
        """The validated configuration of `module`, a dict."""
        load = self.config.load_items if module.items else self.config.load
        bindings = {}
        values = load(
            module.name,
            module.items or module.schema,
            module.version,
            module.migrate,
            bindings,
        )
        if bindings or module.bindings:
            module.bindings = bindings
        return values

    def runs(self, name):
        """Whether there is a module `name`, and it runs."""
        module = self.modules.get(name)
        return module is not None and module.state == "running"

    def run_ended(self, fiber):
        """Take note that the `run` of a module has ended."""
        module = fiber.owner
        if module.fiber is not fiber:
            return  # it was stopped
        module.fiber = None
        if fiber.error is not None:
            self.fail(module, "run", fiber.error)
        elif module.restart == "always":
            self.fail(module, "run: has returned")

    def fail(self, module, reason, exc=None):
        """Mark `module` as failed for `reason` and because of `exc`; it may be started again, as its `restart` says."""
        before = module.state
        module.state = "failed"
        if exc:
            reason += ": " + type(exc).__name__ + (": %s" % exc if str(exc) else "")
        module.reason = reason
        try:
            if exc:
                _log.exception(exc, "%s failed in %s", module.name, reason)
            else:
                _log.error("%s: %s", module.name, reason)
            self.events.fire("module.failed", (module.name, reason), module)
        finally:
            # A heap or file system that was full when it came up may have room now; wrong values stay wrong
            again = before in ("start", "running") or (
                before in ("init", "config") and isinstance(exc, (MemoryError, OSError))
            )
            if again and self._done:
                Fiber(borrow("change", "revive", self, module, before == "running"), module.name)
