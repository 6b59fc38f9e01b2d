"""Pulses: their number, and how many come a second; a flow sensor, an energy meter."""

import machine

from .gpio import gpio, report
from .module import Module
from .port import const, ticks_diff, ticks_ms, ticks_us

_WRAP = const(0x3FFFFFF)  # counts are kept modulo 2**26: in an interrupt they must stay small ints
_FILTER_MAX_US = const(12)  # of the pulse counter of an ESP32: 1023 clocks of 80 MHz


class Counter(Module):
    """Pulse counters; `items` is `etc/counter.json`.

    When there were pulses in an interval it fires `ID.rate` with `(RATE, TOTAL)`: units a second over the interval, and units
    in all, where a pulse is `scale` units; and once more, with rate 0, after the last of them.

    The chip counts by itself where it can (`machine.Counter`), else interrupts do. The event `counter` with `(ID, "preset",
    TOTAL)` sets a total, with `(ID, "value")` it answers `(RATE, TOTAL)`. A total with `keep` outlives a reset, but no loss
    of power: the flash would wear out.
    """

    name = "counter"
    subscribe = ("counter",)
    items = (
        ("pin", "int", -1, (0, 99), "GPIO number"),
        ("pull", "str", "none", ("none", "up", "down"), "Resistor in the chip"),
        ("edge", "str", "falling", ("rising", "falling"), "Edge that counts"),
        ("debounce_us", "int", 0, (0, 1000000), "Shortest time between two edges that count"),
        ("scale", "float", 1.0, None, "Units a pulse"),
        ("interval_ms", "int", 1000, (100, 3600000), "Time between two reports"),
        ("keep", "bool", False, None, "Whether the total outlives a reset"),
    )
    _counters = {}

    def config(self, values):
        before = self._counters
        self._counters = {}
        for id in values:
            pin = gpio(self, id, values[id])
            if pin is not None:
                self._counters[id] = counter = _Counter(id, pin, values[id])
                if id in before:
                    counter.pulses = before[id].pulses
                elif counter.keep:
                    counter.restore()

    def start(self):
        unit = 0
        for id, counter in self._counters.items():
            try:
                unit += counter.open(unit)
            except (OSError, ValueError) as exc:
                report(self, id, "%s; a counter needs interrupts, so another GPIO", exc)
                continue
            self.spawn(self._report(counter), "counter." + id)

    def stop(self):
        for counter in self._counters.values():
            if counter.source is not None:
                counter.update()
                counter.source.deinit()
                counter.source = None

    def value(self, id):
        """`(RATE, TOTAL)` of the counter `id`: units a second over the last interval, and units in all until now.

        Raises:
            ValueError: there is no such counter.
        """
        counter = self._find(id)
        counter.update()
        return counter.rate, counter.pulses * counter.scale

    def preset(self, id, total):
        """Make `total`, in units, the total of the counter `id`.

        Raises:
            ValueError: there is no such counter, or its `scale` is 0.
        """
        counter = self._find(id)
        if not counter.scale:
            raise ValueError("the scale of %s is 0" % id)
        counter.update()
        counter.pulses = round(total / counter.scale)
        counter.save()

    def _find(self, id):
        if id not in self._counters:
            raise ValueError("etc/counter.json has no %r" % id)
        return self._counters[id]

    def _report(self, counter):
        since = ticks_ms()
        told = counter.pulses
        while True:
            yield counter.interval_ms
            now = ticks_ms()
            counter.update()
            before = counter.rate
            passed = ticks_diff(now, since) or 1
            counter.rate = (counter.pulses - told) * counter.scale * 1000 / passed
            if counter.pulses != told or before:
                counter.save()
                self.fire("%s.rate" % counter.id, (counter.rate, counter.pulses * counter.scale))
            since = now
            told = counter.pulses

    def on_event(self, event):
        try:
            if event.data[1] == "value":
                return self.value(event.data[0])
            id, action, total = event.data
            if action != "preset":
                raise ValueError("expected preset or value, found %r" % action)
            self.preset(id, float(total))
        except (IndexError, TypeError, ValueError) as exc:
            from .log import get

            get("counter").error("event counter %r: %s", event.data, exc)


class _Counter:
    source = None  # what counts: it has a value() that grows, and a deinit()
    pulses = 0
    rate = 0.0

    def __init__(self, id, pin, values):
        self.id = id
        self.pin = pin
        self.rising = values["edge"] == "rising"
        self.debounce_us = values["debounce_us"]
        self.scale = values["scale"]
        self.interval_ms = values["interval_ms"]
        self.keep = values["keep"]

    def open(self, unit):
        # 1 if it took the hardware counter `unit`, else 0
        kind = getattr(machine, "Counter", None)
        self.seen = 0
        if kind is not None and self.debounce_us <= _FILTER_MAX_US:
            try:
                self.source = kind(
                    unit,
                    self.pin,
                    edge=kind.RISING if self.rising else kind.FALLING,
                    filter_ns=self.debounce_us * 1000,
                )
                return 1
            except (OSError, ValueError):
                pass  # all of them are taken
        self.source = _Edges(self.pin, self.rising, self.debounce_us)
        return 0

    def update(self):
        if self.source is not None:
            value = self.source.value()
            self.pulses += (value - self.seen) & _WRAP
            self.seen = value

    def save(self):
        if self.keep:
            from . import retained

            retained.put("n." + self.id, b"%d" % self.pulses)

    def restore(self):
        from . import retained

        self.pulses = int(retained.get("n." + self.id) or 0)


class _Edges:
    # Counts in interrupts, where nothing may be allocated

    def __init__(self, pin, rising, debounce_us):
        self._pin = pin
        self._debounce_us = debounce_us
        self._last = ticks_us() - debounce_us
        self._count = 0
        edge = machine.Pin.IRQ_RISING if rising else machine.Pin.IRQ_FALLING
        pin.irq(self._edge, edge)

    def _edge(self, pin):
        if self._debounce_us:
            now = ticks_us()
            # Less than 0: the clock went round since
            if 0 <= ticks_diff(now, self._last) < self._debounce_us:
                return
            self._last = now
        self._count = (self._count + 1) & _WRAP

    def value(self):
        return self._count

    def deinit(self):
        self._pin.irq(None)
