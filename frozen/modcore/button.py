"""Buttons: what a finger does, made events."""

from .borrow import borrow
from .module import Module
from .port import const, ticks_ms

# A button is a list that begins with these; see modcore.presses for all of it, and for what happens while somebody presses
_PIN = const(0)
_FIRST = const(1)
_LAST = const(2)
_PRESS = const(3)


class Button(Module):
    """Push buttons; `items` is `etc/button.json`.

    Fires `ID.press`, `ID.release` with how long it was held in milliseconds, and of that `ID.long` while it is still held, or
    afterwards `ID.click` or, for two clicks, `ID.double`. With `double_ms` 0 a click need not wait for a second one. Held
    for `reset_ms` it fires `factory_reset` with its ID.

    Between presses nothing runs; a press and its length are noticed even when the loop is busy all the while.
    """

    items = (
        ("pin", "int", -1, (0, 99), "GPIO number"),
        ("pull", "str", "none", ("none", "up", "down"), "Resistor in the chip"),
        ("active", "str", "low", ("low", "high"), "Level while it is pressed"),
        ("debounce_ms", "int", 30, (0, 1000), "Shortest time between two changes that count"),
        ("long_ms", "int", 800, (0, 60000), "Shortest long press; 0: there are none"),
        ("double_ms", "int", 300, (0, 5000), "Longest pause between two clicks; 0: there are none"),
        ("reset_ms", "int", 0, (0, 60000), "Press for a factory reset; 0: there is none"),
    )

    def config(self, values):
        self.buttons = borrow("presses", "configure", self, values)

    def start(self):
        borrow("presses", "listen", self)

    def stop(self):
        borrow("presses", "stop", self)

    def edge(self, pin):
        """The interrupt handler of every button: it may not allocate."""
        now = ticks_ms()
        for button in self.buttons:
            if button[_PIN] is pin:
                button[_LAST] = now
                if button[_FIRST] is None:
                    button[_FIRST] = now
        self.bell.write(b"\0")

    def look(self, events):
        """Follow the buttons that had an edge, each as long as something may come: what the poller calls when it rang."""
        if isinstance(events, Exception):
            raise events
        self.bell.read(1)
        for button in self.buttons:
            if button[_FIRST] is not None and button[_PRESS] is None:
                button[_PRESS] = borrow("presses", "follow", self, button)
