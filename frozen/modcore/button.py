"""Buttons: what a finger does, made events."""

import machine

from .gpio import gpio, report
from .module import Module
from .port import const, ticks_diff, ticks_ms
from .turns import sleep_ms

_LOOK_MS = const(10)  # how often a button is looked at while something is going on


class Button(Module):
    """Push buttons; `items` is `etc/button.json`.

    Fires `ID.press`, `ID.release` with how long it was held in milliseconds, and of that `ID.long` while it is still held, or
    afterwards `ID.click` or, for two clicks, `ID.double`. With `double_ms` 0 a click need not wait for a second one. Held
    for `reset_ms` it fires `factory_reset` with its ID.

    Between presses nothing runs; a press and its length are noticed even when the loop is busy all the while.
    """

    name = "button"
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
        self._buttons = []
        for id in values:
            pin = gpio(self, id, values[id])
            if pin is not None:
                self._buttons.append(_Button(id, pin, values[id]))

    def start(self):
        from .interrupt import Interrupt

        ring = self.guard(Interrupt(self._look)).ring
        for button in self._buttons:
            button.ring = ring
            # The interrupt handler sets nothing that is not there: it would be allocated
            button.busy = button.edges = button.down = False
            button.first = button.last = button.since = button.clicks = button.told = 0
            try:
                button.pin.irq(button.edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
            except (OSError, ValueError) as exc:
                report(self, button.id, "%s; a button needs interrupts, so another GPIO", exc)

    def stop(self):
        for button in self._buttons:
            button.pin.irq(None)

    def _look(self, count):
        for button in self._buttons:
            if button.edges and not button.busy:
                button.busy = True
                self.spawn(self._follow(button), "button." + button.id)

    async def _follow(self, button):
        while button.look(self.fire):
            await sleep_ms(_LOOK_MS)
        button.busy = False


class _Button:
    # busy: a fiber looks after it; edges: there were some since it was looked at, the first and the last of them at these
    # times; down: since when it is or is not; clicks: that wait for another one; told: of the press that lasts, 1 that it is
    # long, 2 that it asks for a reset

    def __init__(self, id, pin, values):
        self.id = id
        self.pin = pin
        self.pressed = int(values["active"] == "high")
        self.debounce_ms = values["debounce_ms"]
        self.long_ms = values["long_ms"]
        self.double_ms = values["double_ms"]
        self.reset_ms = values["reset_ms"]

    def edge(self, pin):
        # The interrupt handler: it may not allocate
        self.last = ticks_ms()
        if not self.edges:
            self.first = self.last
            self.edges = True
        self.ring(pin)

    def look(self, fire):
        # Fires what has happened; whether there may be more to come
        now = ticks_ms()
        if self.edges:
            last = self.last
            if ticks_diff(now, last) < self.debounce_ms:
                return True
            self.edges = False  # before the level is read: an edge after that counts again
            if (self.pin.value() == self.pressed) != self.down:
                self._turn(fire, last)
            elif (
                ticks_diff(last, self.first) >= self.debounce_ms
            ):  # there and back while the loop was busy
                self._turn(fire, self.first)
                self._turn(fire, last)
        lasts = ticks_diff(now, self.since)
        if self.down:
            self._hold(fire, lasts)
            return True
        if self.clicks and lasts >= self.double_ms:
            self.clicks = 0
            fire("%s.click" % self.id)
        return self.clicks or self.edges

    def _turn(self, fire, at):
        lasted = ticks_diff(at, self.since)
        if self.down:
            self._hold(fire, lasted)
        elif self.clicks and lasted >= self.double_ms:
            self.clicks = 0
            fire("%s.click" % self.id)
        self.down = not self.down
        self.since = at
        if self.down:
            self.told = 0
            fire("%s.press" % self.id)
            return
        fire("%s.release" % self.id, lasted)
        if not self.told:
            self.clicks += 1
            if self.clicks == 2:
                self.clicks = 0
                fire("%s.double" % self.id)

    def _hold(self, fire, lasts):
        if self.told < 1 and 0 < self.long_ms <= lasts:
            self.told = 1
            if self.clicks:
                self.clicks = 0
                fire("%s.click" % self.id)
            fire("%s.long" % self.id)
        if self.told < 2 and 0 < self.reset_ms <= lasts:
            self.told = 2
            fire("factory_reset", self.id)
