"""GPIOs by name: outputs that others drive, and inputs that tell when they change."""

from .borrow import borrow
from .module import Module
from .port import const

_PULSE_MAX_MS = const(86400000)

# An item in use is a list that has these, and more; see modcore.pins
_PIN = const(1)
_OUTPUT = const(2)
_INVERTED = const(3)
_PULSE = const(7)


class Pin(Module):
    """Outputs and inputs by name; `items` is `etc/pin.json`.

    The event `pin` with `(ID, ACTION)` or `(ID, ACTION, MS)` drives an output, where ACTION is `on`, `off` or `toggle`; after
    MS milliseconds, 1 to 86,400,000, it goes back. ACTION `value` reads. As an `ask` it answers 0 or 1. An input with
    `events` fires `ID.change` with 0 or 1.

    `on` is the high level, or the low one for an item that is `inverted`. Only items can be driven; with an item named
    `any` its settings are those of every other GPIO, by number.
    """

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
    any = None  # settings of GPIOs that are no items

    def config(self, values):
        self.used = borrow("pins", "configure", self, values)

    def start(self):
        borrow("pins", "start", self)

    def stop(self):
        borrow("pins", "stop", self)

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
        item = self.used.get(id) or borrow("pins", "by_number", self, id)
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
                item[_PULSE] = borrow("pins", "pulse", self, id, item, ms)
        return item[_PIN].value() ^ item[_INVERTED]

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
