"""What happens to modules while the others run: failures, restarts, new configuration, arrival and removal.

A module that fails does not take down those that depend on it: it may be back in a second. One that is removed does.
"""

from .module import CONFIG, EJECT, FAILED, INIT, MOUNT, RUNNING, UMOUNT
from .port import const, ticks_diff, ticks_ms
from .turns import sleep_ms

_BACKOFF_MAX_S = const(60)


async def bring_up(modc, module):
    """Take `module`, which was added to a running device, through all its states."""
    modc.started.append(module)
    for state in (INIT, CONFIG, MOUNT):
        await modc.enter(module, state)
    if module.state != FAILED and await modc.start(module):
        await _start_those_that_waited(modc)


async def revive(modc, module, was_running):
    """Clean up after `module`, which has failed, and start it again, later and later, as its `restart` says."""
    if was_running:
        await modc.halt(module)
    if module.restart == "never":
        return
    if was_running and ticks_diff(ticks_ms(), module.since) > 1000 * _BACKOFF_MAX_S:
        module.backoff_s = 0  # it did well for a while
    module.backoff_s = min(2 * module.backoff_s, _BACKOFF_MAX_S) or 1
    await sleep_ms(1000 * module.backoff_s)
    # Meanwhile somebody may have restarted or removed it
    if module.state == FAILED and modc.modules.get(module.name) is module:
        await _start_again(modc, module)


async def restart(modc, module):
    """Stop `module` and start it again with its configuration as it is now."""
    await modc.halt(module)
    await _start_again(modc, module)


async def reconfigure(modc, module):
    """Give `module` its configuration as it is now: by its method `reconfigure(values)` if it has one, else by a restart."""
    method = getattr(module, "reconfigure", None)
    if method is None or module.state != RUNNING:
        await restart(modc, module)
        return
    result = method(modc.load(module))
    if hasattr(result, "send"):
        await module.spawn(result).join()


async def remove(modc, module):
    """Stop `module` and forget it; those that depend on it stop, and wait for another one of its name."""
    del modc.modules[module.name]
    for other in reversed(modc.started):
        if module.name in other.depends and other.state == RUNNING:
            modc.lacks(other, [module.name])
            await modc.halt(other)
    await modc.halt(module)
    for state in (UMOUNT, EJECT):
        await modc.leave(module, state)
    modc.started.remove(module)
    module.state = None


async def _start_again(modc, module):
    module.state = None
    module.restarts += 1
    if await modc.enter(module, CONFIG) and await modc.start(module):
        await _start_those_that_waited(modc)


async def _start_those_that_waited(modc):
    for module in list(modc.started):
        if module.waits and all(modc.runs(name) for name in module.depends):
            module.waits = False
            await _start_again(modc, module)
