"""Events that act on the device itself.

They are written as actions here, see `modcore.binding`:

- `restart`: stop all modules in order, and reset; `restart:NAME`: restart one module;
- `exit`: stop all modules in order, and give the prompt;
- `status`: log how each module does;
- `gc`: collect garbage;
- `log:NAME:LEVEL`: set the level of a module, `*` for all, and keep it;
- `reload:NAME`: let a module work as its files say now;
- `factory_reset`: remove the configuration that was changed, then restart;
- `safe_mode`: restart in safe mode;
- `healthy`, which the controller fires: the starts before are forgiven.
"""

import gc

from . import log
from .borrow import borrow

_log = log.get("modcore")


def control(modc, event):
    """Do what `event`, one of `modcore.controller.CONTROLS`, asks for."""
    name = event.name
    arguments = event.data or ()
    if name == "restart" and arguments:
        return modc.restart(arguments[0])
    if name == "reload":
        return modc.reconfigure(*arguments)
    if name == "status":
        for module, health in modc.health().items():
            _log.info(
                "%s %s%s, %d restarts, %d errors, longest %d ms, %d ms in all",
                module,
                health["state"],
                " (%s)" % health["reason"] if health["reason"] else "",
                health["restarts"],
                health["errors"],
                health["longest_ms"],
                health["total_ms"],
            )
    elif name == "gc":
        if "gc" not in modc.modules:  # that module does it better
            before = gc.mem_free()
            gc.collect()
            _log.info("%d bytes were garbage, %d are free", gc.mem_free() - before, gc.mem_free())
    elif name in ("healthy", "safe_mode"):
        borrow("boot", name)
    elif name == "log":
        log.set_level(arguments[0], arguments[1], modc.config)
    else:
        if name == "factory_reset":
            modc.config.reset()
        if name != "exit":
            modc.then = _reset
        modc.shutdown()


def _reset():
    import machine

    borrow("boot", "healthy")  # a start that was ended in order has not failed
    machine.reset()
