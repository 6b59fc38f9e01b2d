"""What happens to modules while the others run: failures, restarts, new configuration, arrival and removal.

A module that fails does not take down those that depend on it: it may be back in a second. One that is removed does.
"""

from . import log
from .lifecycle import BEFORE_START, enter, halt, lacks, leave, start
from .port import const, ticks_diff, ticks_ms
from .turns import sleep_ms

BORROWED = ("lifecycle", "order")

_BACKOFF_MAX_S = const(60)


async def bring_up(modc, module):
    """Take `module`, which was added to a running device, through all its states."""
    if module in modc.started:
        return  # it was in time for starting with the others
    modc.started.append(module)
    for state in BEFORE_START:
        await enter(modc, module, state)
    if module.state == "mount" and await start(modc, module):
        await start_those_that_waited(modc)


async def revive(modc, module, was_running):
    """Clean up after `module`, which has failed, and start it again, later and later, as its `restart` says."""
    if was_running:
        await halt(modc, module)
    if module.restart == "never":
        return
    if was_running and ticks_diff(ticks_ms(), module.since) > 1000 * _BACKOFF_MAX_S:
        module.backoff_s = 0  # it did well for a while
    module.backoff_s = min(2 * module.backoff_s, _BACKOFF_MAX_S) or 1
    log.get("modcore").warning(
        "%s is started again in %d s; if that does not help see its configuration, or remove it",
        module.name,
        module.backoff_s,
    )
    await sleep_ms(1000 * module.backoff_s)
    # Meanwhile somebody may have restarted or removed it
    if module.state == "failed" and modc.modules.get(module.name) is module:
        await _start_again(modc, module)


async def restart(modc, name):
    """Stop the module `name` and start it again, with its configuration as it is now.

    Raises:
        KeyError: there is no such module.
    """
    module = modc.modules[name]
    await halt(modc, module)
    await _start_again(modc, module)


async def configure(modc, name, changes):
    """Lay `changes`, a dict, over the configuration of the module `name`, save it, and let the module work by it.

    Fires `config.changed` with the name and the keys that have other values now, and returns those keys; see
    `modcore.config.Config.save`.

    Raises:
        KeyError: there is no such module.
        ConfigError: a key or value that is not allowed; nothing is written then.
        OSError: the file system is full or missing; the file that was there is whole.
    """
    module = modc.modules[name]
    keys = modc.config.save(
        name,
        module.items or module.schema,
        changes,
        module.version,
        module.migrate,
        bool(module.items),
    )
    if keys:
        modc.fire("config.changed", (name, keys))
        await reconfigure(modc, name)
    return keys


async def reconfigure(modc, name):
    """Let the module `name` work as its files under `etc/` say now.

    By its method `reconfigure(values)` if it has one, else by a restart.

    Raises:
        KeyError: there is no such module.
    """
    module = modc.modules[name]
    method = getattr(module, "reconfigure", None)
    if method is None or module.state != "running":
        await restart(modc, name)
        return
    result = method(modc.load(module))
    if hasattr(result, "send"):
        await module.spawn(result).join()


async def remove(modc, name):
    """Stop the module `name` and forget it; those that depend on it stop, and wait for another one of its name.

    Raises:
        KeyError: there is no such module.
    """
    module = modc.modules.pop(name)
    for other in reversed(modc.started):
        if name in other.depends and other.state == "running":
            lacks(modc, other, [name])
            await halt(modc, other)
    await halt(modc, module)
    for state in ("umount", "eject"):
        await leave(modc, module, state)
    modc.started.remove(module)
    module.state = None


async def _start_again(modc, module):
    module.state = None
    module.restarts += 1
    undone = module.undone
    left = False
    for state in BEFORE_START:
        left = left or state == undone
        # `config` each time: the files may say something else now
        if (left or state == "config") and not await enter(modc, module, state):
            if not undone:
                module.undone = None  # it is mounted
            return
    if undone:
        module.undone = None
    if await start(modc, module):
        await start_those_that_waited(modc)


async def start_those_that_waited(modc):
    """Start the modules that wait for others, which run now."""
    for module in list(modc.started):
        if module.waits and all(modc.runs(name) for name in module.depends):
            module.waits = False
            await _start_again(modc, module)
