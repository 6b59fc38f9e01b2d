"""The controller: brings modules up in the order of their dependencies, and down in the reverse."""

import asyncio
from collections import OrderedDict

from . import log
from .config import Config
from .module import CONFIG, EJECT, FAILED, INIT, MOUNT, RUNNING, START, STOP, UMOUNT

_log = log.get("modcore")


class CycleError(ValueError):
    """Modules that wait for each other. The text names them in their order."""


class Controller:
    """Holds the modules of a device and runs them on asyncio's loop.

    Args:
        config: a `modcore.config.Config`; default: the device's own folders.
    """

    def __init__(self, config=None):
        self.config = config or Config()
        self.modules = OrderedDict()  # MicroPython's dict keeps no order
        self._order = []
        self._tasks = {}
        self._done = None

    def add(self, module):
        """Take `module` in; it starts with `run`. Returns it.

        Raises:
            ValueError: its name is taken.
        """
        if module.name is None:
            module.name = type(module).__name__.lower()
        if module.name in self.modules:
            raise ValueError("a module named %r is there already" % module.name)
        module.modc = self
        self.modules[module.name] = module
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
            names = [m.name for m in path[path.index(module) :]] + [module.name]
            raise CycleError("modules depend on each other: %s" % " -> ".join(names))
        path.append(module)
        for name in module.depends:
            if name in self.modules:
                self._visit(self.modules[name], ordered, path)
        path.pop()
        ordered.append(module)

    def run(self):
        """Start every module and serve until `shutdown` is called or the program is interrupted."""
        try:
            asyncio.run(self._main())
        finally:
            # KeyboardInterrupt and SystemExit leave MicroPython's loop from wherever it
            # stands, past the tasks' own `finally`; so this is no part of the main task.
            asyncio.run(self._bring_down())

    async def _main(self):
        self._done = asyncio.Event()
        await self.startup()
        await self._done.wait()

    async def startup(self):
        """Bring all modules to `running`. One that fails is marked so, with its reason; the others go on."""
        try:
            log.configure(self.config.load("log", log.schema))
        except Exception as exc:
            _log.exception(exc, "cannot use etc/log.json")
        self._order = self.order()
        for module in self._order:
            await self._enter(module, INIT, module.init)
        for module in self._order:
            await self._enter(module, CONFIG, self._configure, module)
        for module in self._order:
            await self._enter(module, MOUNT, module.mount)
        for module in self._order:
            missing = [n for n in module.depends if not self._runs(n)]
            if module.state != FAILED and missing:
                self._fail(module, "needs %s, which does not run" % ", ".join(missing))
            await self._enter(module, START, module.start)
            if module.state != FAILED:
                module.state = RUNNING
                if module.run:
                    self._tasks[module.name] = asyncio.create_task(self._watch(module))

    def shutdown(self):
        """Ask `run` to stop every module, the last started first, and to return."""
        if self._done:
            self._done.set()

    def _configure(self, module):
        values = self.config.load(module.name, module.schema) if module.schema else {}
        return module.config(values)

    def _runs(self, name):
        module = self.modules.get(name)
        return module is not None and module.state == RUNNING

    async def _enter(self, module, state, method, *args):
        if module.state == FAILED:
            return
        module.state = state
        try:
            await _call(method, *args)
        except Exception as exc:
            self._fail(module, "%s: %s" % (state, describe(exc)), exc)

    async def _watch(self, module):
        try:
            await module.run()
        except Exception as exc:
            self._fail(module, "run: %s" % describe(exc), exc)

    def _fail(self, module, reason, exc=None):
        module.state = FAILED
        module.reason = reason
        if exc:
            _log.exception(exc, "%s failed in %s", module.name, reason)
        else:
            _log.error("%s: %s", module.name, reason)

    async def _bring_down(self):
        # Every step runs for every module, whatever the ones before it raised: a stop that
        # fails must not keep the next module's output switched on.
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        for state, name in ((STOP, "stop"), (UMOUNT, "umount"), (EJECT, "eject")):
            for module in reversed(self._order):
                failed = module.state == FAILED
                module.state = state
                try:
                    await _call(getattr(module, name))
                except Exception as exc:
                    self._fail(module, "%s: %s" % (state, describe(exc)), exc)
                if failed:
                    module.state = FAILED


def describe(exc):
    """An exception in one line: its class and what it says."""
    return "%s: %s" % (type(exc).__name__, exc) if str(exc) else type(exc).__name__


async def _call(method, *args):
    result = method(*args)
    if hasattr(result, "send"):
        await result
