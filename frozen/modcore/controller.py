"""The controller: brings modules up in the order of their dependencies, watches them, and takes them down in the reverse."""

from collections import OrderedDict

from . import log
from .config import Config
from .events import Account, Events, Subscriber, running
from .poller import poller
from .port import MICROPYTHON, ticks_ms
from .task import Fiber, close
from .turns import Waiters, run, sleep_ms

# What `modcore.controls` acts upon
CONTROLS = ("restart", "exit", "status", "gc", "log", "reload", "factory_reset")

_log = log.get("modcore")


class CycleError(ValueError):
    """Modules that wait for each other. The text names them in their order; so does `names`."""

    def __init__(self, names):
        super().__init__("modules depend on each other: %s" % " -> ".join(names))
        self.names = names


class Controller:
    """Holds the modules of a device and runs them on asyncio's loop.

    Besides the methods below it has

    - `health()`: how each module does; see `modcore.health`;
    - `await restart(name)`, `await configure(name, changes)`, `await reconfigure(name)`, `await remove(name)`: see
      `modcore.change`;
    - `await ask(name, data=None, timeout_ms=1000)`: fire an event and wait for an answer; see `modcore.ask`.

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
            from .change import bring_up

            Fiber(bring_up(self, module), module.name)
        return module

    def order(self):
        """The modules, each after those that it depends on; otherwise as they were added.

        Raises:
            CycleError: they depend on each other.
        """
        ordered = []
        for module in self.modules.values():
            self._visit(module, ordered, [])
        return ordered

    def _visit(self, module, ordered, path):
        if module in ordered:
            return
        if module in path:
            raise CycleError([m.name for m in path[path.index(module) :]] + [module.name])
        path.append(module)
        if module.state != "failed":
            for name in module.depends:
                if name in self.modules:
                    self._visit(self.modules[name], ordered, path)
        path.pop()
        ordered.append(module)

    def run(self):
        """Start every module and serve until `shutdown` is called or the program is interrupted."""
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
        await self.startup()
        watch = Fiber(self._watch_health, "modcore")
        if not self._ending:
            await self._done.wait()
        watch.kill()

    async def startup(self):
        """Bring all modules to `running`. One that fails is marked so, with its reason; the others go on."""
        try:
            values = self.config.load("log", log.schema)
            log.configure(values)
            if values["sinks"]:
                from .sinks import add

                add(self, values["sinks"])
        except Exception as exc:
            _log.exception(exc, "cannot use etc/log.json")
        while True:
            try:
                self.started = self.order()
                break
            except CycleError as exc:
                for name in exc.names:
                    self._fail(self.modules[name], str(exc))
        for module in self.started:
            await self.enter(module, "init")
        for module in self.started:
            await self.enter(module, "config")
        for module in self.started:
            await self.enter(module, "mount")
        for module in self.started:
            if module.state != "failed":
                await self.start(module)

    def shutdown(self):
        """Ask `run` to stop every module, the last started first, and to return."""
        self._ending = True
        if self._done:
            self._done.wake()

    def _control(self, event):
        from .controls import control

        return control(self, event)

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
        # What few programs need is imported by those that do: `modcore.change`, `ask` and `health` have these methods
        if name in ("restart", "reconfigure", "configure", "remove"):
            from . import change as module
        elif name == "ask":
            from . import ask as module
        elif name == "health":
            from . import health as module
        else:
            raise AttributeError(name)
        function = getattr(module, name)
        return lambda *args, **keywords: function(self, *args, **keywords)

    # One module

    async def enter(self, module, state):
        """Call what `module` does in `state`, with what surrounds it; returns whether it went well."""
        if module.state == "failed":
            return False
        module.state = state
        try:
            await self._call(module, "before_" + state)
            if state == "config":
                await self._call(module, state, self.load(module))
            else:
                await self._call(module, state)
            await self._call(module, "after_" + state)
        except Exception as exc:
            self._fail(module, "%s: %s" % (state, describe(exc)), exc)
            return False
        return True

    def load(self, module):
        """The validated configuration of `module`, a dict."""
        load = self.config.load_items if module.items else self.config.load
        module.bindings = {}
        return load(
            module.name,
            module.items or module.schema,
            module.version,
            module.migrate,
            module.bindings,
        )

    async def _call(self, module, name, *args):
        method = getattr(module, name, None)
        if method is None:
            return
        running.enter(module)
        try:
            result = method(*args)
        finally:
            running.leave(module.account)
        if hasattr(result, "send"):
            fiber = Fiber(result, module.name, module, _silent)
            try:
                await fiber.join(module.start_timeout_ms)
            finally:
                fiber.kill()

    async def start(self, module):
        """Start `module`, which is mounted; returns whether it runs then."""
        missing = [name for name in module.depends if not self.runs(name)]
        if missing:
            self.lacks(module, missing)
            return False
        if module.on_event is not None and module.subscribe:
            module.subscriber = self.events.add(
                Subscriber(module.name, module.subscribe, module.on_event, module, module.queue)
            )
        if module.bindings:
            from .controls import bind

            module.binder = bind(self, module.name, module.bindings)
        module.since = ticks_ms()
        if not await self.enter(module, "start"):
            await self.halt(module)
            return False
        module.state = "running"
        module.reason = None
        module.waits = False
        if module.run is not None:
            module.fiber = Fiber(module.run, module.name, module, self._run_ended)
        return True

    async def halt(self, module):
        """Stop whatever `module` has running, whatever goes wrong there; a failed one stays failed."""
        for subscriber in (module.subscriber, module.binder):
            if subscriber is not None:
                self.events.remove(subscriber)
        module.subscriber = module.binder = None
        if module.fiber is not None:
            module.fiber.kill()
            module.fiber = None
        if module.fibers is not None:
            module.fibers.kill()
        await sleep_ms(0)  # for their `finally`
        await self.leave(module, "stop")
        if module.fibers is not None:
            module.fibers.kill()  # what `stop` started
            module.fibers = None
        for thing in module.guards:
            close(thing)
        module.guards = ()

    async def leave(self, module, state):
        """Call what `module` does in `state`, one on the way down; a failed module stays failed."""
        reason = module.reason if module.state == "failed" else None
        module.state = None
        await self.enter(module, state)
        if reason is not None:
            module.state = "failed"
            module.reason = reason

    def runs(self, name):
        """Whether there is a module `name`, and it runs."""
        module = self.modules.get(name)
        return module is not None and module.state == "running"

    def lacks(self, module, names):
        """Mark `module` as failed until the modules `names` run."""
        module.state = None  # it does not try again by itself
        self._fail(module, "needs %s, which does not run" % ", ".join(names))
        module.waits = True

    def _run_ended(self, fiber):
        module = fiber.owner
        if module.fiber is not fiber:
            return  # it was stopped
        module.fiber = None
        if fiber.error is not None:
            self._fail(module, "run: " + describe(fiber.error), fiber.error)
        elif module.restart == "always":
            self._fail(module, "run: has returned")

    def _fail(self, module, reason, exc=None):
        before = module.state
        module.state = "failed"
        module.reason = reason
        if exc:
            _log.exception(exc, "%s failed in %s", module.name, reason)
        else:
            _log.error("%s: %s", module.name, reason)
        self.events.fire("module.failed", (module.name, reason), module)
        if before in ("start", "running") and self._done:
            from .change import revive

            Fiber(revive(self, module, before == "running"), module.name)

    async def _watch_health(self):
        left = self._healthy_ms
        while left > 0:
            await sleep_ms(1000)
            left -= 1000
            for module in self.modules.values():
                if module.state != "running" and not module.optional:
                    left = self._healthy_ms
        self.healthy = True
        self.events.fire("healthy")

    async def _bring_down(self):
        # Every step runs for every module, whatever the ones before it raised: a stop that
        # fails must not keep the next module's output switched on.
        self._done = None
        for module in reversed(self.started):
            if module.state not in (None, "init", "config", "mount"):
                await self.halt(module)
        for state in ("umount", "eject"):
            for module in reversed(self.started):
                await self.leave(module, state)


def describe(exc):
    """An exception in one line: its class and what it says."""
    return "%s: %s" % (type(exc).__name__, exc) if str(exc) else type(exc).__name__


def _silent(fiber):
    pass
