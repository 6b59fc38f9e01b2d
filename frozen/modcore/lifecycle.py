"""A module's way through its states, and that of all of them: what the controller does when it starts and stops."""

from . import log
from .borrow import borrow
from .events import Subscriber, running
from .order import CycleError, order
from .port import ticks_ms
from .task import Fiber, close
from .turns import sleep_ms

BORROWED = ("order",)

BEFORE_START = ("init", "config", "mount")


async def startup(modc):
    """Bring all modules to `running`. One that fails is marked so, with its reason; the others go on."""
    try:
        values = modc.config.load("log", log.schema)
        log.configure(values)
        if values["sinks"]:
            from .sinks import add

            add(modc, values["sinks"])
    except ImportError:
        log.get("modcore").error("etc/log.json: sinks: this firmware has none; remove them")
    except Exception as exc:
        log.get("modcore").exception(exc, "cannot use etc/log.json")
    while True:
        try:
            modules = order(modc)
            break
        except CycleError as exc:
            for name in exc.names:
                modc.fail(modc.modules[name], str(exc))
    modc.started = list(modules)  # what is added from now on is brought up by itself
    for state in BEFORE_START:
        for module in modules:
            await enter(modc, module, state)
    for module in modules:
        if module.state == "mount":
            await start(modc, module)
    # Some that failed may be back, in a start that has taken long
    if any(module.waits for module in modules):
        await borrow("change", "start_those_that_waited", modc)


async def start(modc, module):
    """Start `module`, which is mounted; returns whether it runs then."""
    missing = [name for name in module.depends if not modc.runs(name)]
    if missing:
        lacks(modc, module, missing)
        return False
    if module.on_event is not None and module.subscribe:
        module.subscriber = modc.events.add(
            Subscriber(module.name, module.subscribe, module.on_event, module, module.queue)
        )
    if module.bindings:
        handler = borrow("binding", "binding", modc.fire, module.bindings)
        module.binder = modc.events.add(Subscriber(module.name, tuple(module.bindings), handler))
    module.since = ticks_ms()
    if not await enter(modc, module, "start"):
        await halt(modc, module)
        return False
    module.state = "running"
    if module.reason is not None:  # an attribute of its own for each module would cost heap
        module.reason = None
    if module.waits:
        module.waits = False
    if module.run is not None:
        module.fiber = Fiber(module.run, module.name, module, modc.run_ended)
    return True


def lacks(modc, module, names):
    """Mark `module` as failed until the modules `names` run."""
    module.state = None  # it does not try again by itself
    modc.fail(module, "needs %s, which does not run" % ", ".join(names))
    module.waits = True


async def enter(modc, module, state):
    """Call what `module` does in `state`, with what surrounds it; returns whether it went well."""
    if module.state == "failed":
        return False
    module.state = state
    try:
        await _call(module, "before_" + state)
        if state == "config":
            await _call(module, state, modc.load(module))
        else:
            await _call(module, state)
        await _call(module, "after_" + state)
    except Exception as exc:
        if state in BEFORE_START:
            module.undone = state
        modc.fail(module, state, exc)
        return False
    return True


async def _call(module, name, *args):
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


async def halt(modc, module):
    """Stop whatever `module` has running, whatever goes wrong there; a failed one stays failed."""
    for subscriber in (module.subscriber, module.binder):
        if subscriber is not None:
            modc.events.remove(subscriber)
    module.subscriber = module.binder = None
    if module.fiber is not None:
        module.fiber.kill()
        module.fiber = None
    if module.fibers is not None:
        module.fibers.kill()
    await sleep_ms(0)  # for their `finally`
    await leave(modc, module, "stop")
    if module.fibers is not None:
        module.fibers.kill()  # what `stop` started
        module.fibers = None
    for thing in module.guards:
        close(thing)
    module.guards = ()


async def leave(modc, module, state):
    """Call what `module` does in `state`, one on the way down; a failed module stays failed."""
    reason = module.reason if module.state == "failed" else None
    module.state = None
    await enter(modc, module, state)
    if reason is not None:
        module.state = "failed"
        module.reason = reason


async def watch_health(modc, healthy_ms):
    """Wait until all modules have run for `healthy_ms` milliseconds, and tell."""
    left = healthy_ms
    while left > 0:
        await sleep_ms(1000)
        left -= 1000
        for module in modc.modules.values():
            if module.state != "running" and not module.optional:
                left = healthy_ms
    modc.healthy = True
    modc.fire("healthy")


async def bring_down(modc):
    """Stop all modules, the last started first."""
    # Every step runs for every module, whatever the ones before it raised: a stop that
    # fails must not keep the next module's output switched on.
    for module in reversed(modc.started):
        if module.state not in (None, "init", "config", "mount"):
            await halt(modc, module)
    for state in ("umount", "eject"):
        for module in reversed(modc.started):
            await leave(modc, module, state)


def _silent(fiber):
    pass
