"""GPIOs as the items of a configuration name them."""

import machine

from . import log


def gpio(module, id, values, mode=None, level=None):
    """The `machine.Pin` of the item `id`, or `None` after a line in the log that says what is wrong with it.

    Args:
        module: whose configuration it is.
        values: of the item: `pin`, the number, and `pull`, which is `none`, `up` or `down`.
        mode: `machine.Pin.OUT` or another; default: `IN`.
        level: 0 or 1, which an output has from the first moment; default: the one it has.
    """
    number = values["pin"]
    pull = "PULL_" + values["pull"].upper()
    if number < 0:
        return report(module, id, "pin is missing; give the GPIO number")
    if pull == "PULL_NONE":
        resistor = None
    elif hasattr(machine.Pin, pull):
        resistor = getattr(machine.Pin, pull)
    else:
        words = "pull: this chip has no pull-%s; fit a resistor outside"
        return report(module, id, words, values["pull"])
    mode = machine.Pin.IN if mode is None else mode
    try:
        if level is None:
            return machine.Pin(number, mode, resistor)
        return machine.Pin(number, mode, resistor, value=level)
    except (OSError, ValueError) as exc:
        return report(module, id, "GPIO %d: %s", number, exc)


def report(module, id, text, *args):
    """Log what is wrong with the item `id` of a module's file; the device goes on without it."""
    log.get(module.name).error("etc/%s.json: %s: %s", module.name, id, text % args)
