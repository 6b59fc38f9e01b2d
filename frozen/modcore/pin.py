"""GPIOs by name: outputs that others drive, and inputs that tell when they change."""

import machine

from .gpio import gpio, report
from .module import Module
from .port import const

_PULSE_MAX_MS = const(86400000)

# An item in use is a list of these
_NUMBER = const(0)
_PIN = const(1)
_OUTPUT = const(2)
_INVERTED = const(3)
_START = const(4)  # electric level of an output when the module starts; None: as it is
_STOP = const(5)  # and when it stops
_SEEN = const(6)  # an input that tells: 0 or 1, as it told last; else None
_PULSE = const(7)  # the fiber that ends a pulse, or None


class Pin(Module):
    """Outputs and inputs by name; `items` is `etc/pin.json`.

    The event `pin` with `(ID, ACTION)` or `(ID, ACTION, MS)` drives an output, where ACTION is `on`, `off` or `toggle`; after
    MS milliseconds, 1 to 86,400,000, it goes back. ACTION `value` reads. As an `ask` it answers 0 or 1. An input with
    `events` fires `ID.change` with 0 or 1.

    `on` is the high level, or the low one for an item that is `inverted`. Only items can be driven; with an item named
    `any` its settings are those of every other GPIO, by number.
    """

    name = "pin"
    subscribe = ("pin",)
    items = (
        ("pin", "int", -1, (0, 99), "GPIO number"),
        ("mode", "str", "out", ("in", "out", "open_drain"), "Direction"),
        ("pull", "str", "none", ("none", "up", "down"), "Resistor in the chip"),
        ("inverted", "bool", False, None, "Whether the low level is on"),
        ("initial", "str", "off", ("off", "on", "keep"), "Output when the device starts"),
        ("stop", "str", "off", ("off", "on", "keep"), "Output when the device stops"),
        ("events", "bool", False, None, "Whether an input fires ID.change"),
    )

    def config(self, values):
        self._items = {}
        self._any = values.pop("any", None)
        for id in values:
            self._open(id, values[id])

    def _open(self, id, values):
        output = values["mode"] != "in"
        inverted = int(values["inverted"])
        start, stop = [
            None if not output or word == "keep" else (word == "on") ^ inverted
            for word in (values["initial"], values["stop"])
        ]
        pin = gpio(self, id, values, getattr(machine.Pin, values["mode"].upper()), start)
        if pin is not None:
            seen = 0 if values["events"] and not output else None
            self._items[id] = [values["pin"], pin, output, inverted, start, stop, seen, None]

    def start(self):
        interrupt = None
        for id, item in self._items.items():
            if item[_START] is not None:
                item[_PIN].value(item[_START])
            elif item[_SEEN] is not None:
                if interrupt is None:
                    from .interrupt import Interrupt

                    interrupt = self.guard(Interrupt(self._tell))
                item[_SEEN] = self.value(id)
                try:
                    item[_PIN].irq(interrupt.ring, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
                except (OSError, ValueError) as exc:
                    report(self, id, "GPIO %d cannot tell changes: %s", item[_NUMBER], exc)
                    item[_SEEN] = None

    def stop(self):
        for item in self._items.values():
            if item[_STOP] is not None:
                item[_PIN].value(item[_STOP])
            elif item[_SEEN] is not None:
                item[_PIN].irq(None)

    def on(self, id):
        """Switch the output `id` on; see `value`."""
        self.value(id, 1)

    def off(self, id):
        """Switch the output `id` off; see `value`."""
        self.value(id, 0)

    def toggle(self, id):
        """Switch the output `id` over; see `value`."""
        self.value(id, not self.value(id))

    def value(self, id, on=None, ms=0):
        """Whether `id` is on, 0 or 1.

        Args:
            id: of an item, or the number of a GPIO where the item `any` allows it.
            on: true or false switches the output on or off.
            ms: after how many milliseconds it goes back, 1 to 86,400,000; 0: it stays.

        Raises:
            ValueError: there is no such item, it is an input, or `ms` is out of range.
        """
        item = self._items.get(id) or self._by_number(id)
        if on is not None:
            if not item[_OUTPUT]:
                raise ValueError("%s is an input" % id)
            if not 0 <= ms <= _PULSE_MAX_MS:
                raise ValueError("expected 1 to %d ms, found %r" % (_PULSE_MAX_MS, ms))
            if item[_PULSE] is not None:
                item[_PULSE].kill()
                item[_PULSE] = None
            item[_PIN].value(bool(on) ^ item[_INVERTED])
            if ms:
                item[_PULSE] = self.spawn(self._go_back(item, not on, ms), "pin.%s" % id)
        return item[_PIN].value() ^ item[_INVERTED]

    def _by_number(self, id):
        try:
            number = int(id)
        except ValueError:
            number = -1
        if self._any is None or number < 0:
            raise ValueError("etc/pin.json has no %r; it has %s" % (id, ", ".join(self._items)))
        for item in self._items.values():
            if item[_NUMBER] == number:
                return item
        values = dict(self._any)
        values["pin"] = number
        id = str(number)
        self._open(id, values)
        if id not in self._items:
            raise ValueError("there is no GPIO %s" % id)
        return self._items[id]

    def _go_back(self, item, on, ms):
        yield ms
        item[_PULSE] = None
        item[_PIN].value(on ^ item[_INVERTED])

    def on_event(self, event):
        try:
            id, action, ms = (tuple(event.data) + (0,))[:3]
            if action == "value":
                return self.value(id)
            if action not in ("on", "off", "toggle"):
                raise ValueError("expected on, off, toggle or value, found %r" % action)
            on = action == "on" or (action == "toggle" and not self.value(id))
            return self.value(id, on, int(ms))
        except (TypeError, ValueError) as exc:
            from .log import get

            get("pin").error("event pin %r: %s", event.data, exc)

    def _tell(self, count):
        for id, item in self._items.items():
            if item[_SEEN] is not None:
                value = self.value(id)
                if value != item[_SEEN]:
                    item[_SEEN] = value
                    self.fire("%s.change" % id, value)
