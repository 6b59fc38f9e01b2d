"""What `pin` needs now and then: when it starts and stops, for a pulse, for inputs that tell, and for GPIOs by number."""

import machine

from .gpio import gpio, report
from .port import const
from .task import Fiber

BORROWED = ("gpio",)

# An item in use is a list of these
_NUMBER = const(0)
_PIN = const(1)
_OUTPUT = const(2)
_INVERTED = const(3)
_START = const(4)  # electric level of an output when the module starts; None: as it is
_STOP = const(5)  # and when it stops
_SEEN = const(6)  # an input that tells: 0 or 1, as it told last; else None
_PULSE = const(7)  # the fiber that ends a pulse, or None


def configure(module, values):
    """The items that `values` describes, by id; what is wrong with the others is logged."""
    module.used = {}
    any = values.pop("any", None)
    if any != module.any:
        module.any = any
    for id in values:
        _open(module, id, values[id])
    return module.used


def _open(module, id, values):
    output = values["mode"] != "in"
    inverted = int(values["inverted"])
    start, stop = [
        None if not output or word == "keep" else (word == "on") ^ inverted
        for word in (values["initial"], values["stop"])
    ]
    pin = gpio(module, id, values, getattr(machine.Pin, values["mode"].upper()), start)
    if pin is not None:
        seen = 0 if values["events"] and not output else None
        module.used[id] = [values["pin"], pin, output, inverted, start, stop, seen, None]


def start(module):
    """Give the outputs their levels, and have the inputs tell."""
    for item in module.used.values():
        if item[_START] is not None:
            item[_PIN].value(item[_START])
    telling = [id for id, item in module.used.items() if item[_SEEN] is not None]
    if telling:
        _listen(module, telling)


def _listen(module, ids):
    from .interrupt import Interrupt

    interrupt = module.guard(Interrupt(lambda count: _tell(module)))
    for id in ids:
        item = module.used[id]
        item[_SEEN] = module.value(id)
        try:
            item[_PIN].irq(interrupt.ring, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
        except (OSError, ValueError) as exc:
            report(module, id, "GPIO %d cannot tell changes: %s", item[_NUMBER], exc)
            item[_SEEN] = None


def _tell(module):
    for id, item in module.used.items():
        if item[_SEEN] is not None:
            value = module.value(id)
            if value != item[_SEEN]:
                item[_SEEN] = value
                module.fire("%s.change" % id, value)


def stop(module):
    """Give the outputs the levels that they have when the device stops; the inputs are silent."""
    for item in module.used.values():
        if item[_PULSE] is not None:
            item[_PULSE].kill()
            item[_PULSE] = None
        if item[_STOP] is not None:
            item[_PIN].value(item[_STOP])
        elif item[_SEEN] is not None:
            item[_PIN].irq(None)


def by_number(module, id):
    """The item of the GPIO with the number `id`, which becomes one if it is none.

    Raises:
        ValueError: it is no number of a GPIO, or no others than the items are allowed.
    """
    try:
        number = int(id)
    except ValueError:
        number = -1
    if module.any is None or number < 0:
        raise ValueError("etc/pin.json has no %r; it has %s" % (id, ", ".join(module.used)))
    for item in module.used.values():
        if item[_NUMBER] == number:
            return item
    values = dict(module.any)
    values["pin"] = number
    id = str(number)
    _open(module, id, values)
    if id not in module.used:
        raise ValueError("there is no GPIO %s" % id)
    return module.used[id]


def pulse(module, id, item, ms):
    """The fiber that switches `item` over in `ms` milliseconds."""
    return Fiber(_go_back(item, not item[_PIN].value(), ms), "pin.%s" % id, module)


def _go_back(item, level, ms):
    yield ms
    item[_PULSE] = None
    item[_PIN].value(level)
