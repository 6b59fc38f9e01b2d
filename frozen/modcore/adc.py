"""Analogue inputs: readings that are averaged, scaled, and told when they change."""

import machine

from .gpio import report
from .module import Module


class Adc(Module):
    """Analogue inputs; `items` is `etc/adc.json`.

    Each interval an input is read `samples` times. A value is their average, of 0 to 65535 for the whole range, times `scale`
    plus `offset`. When it is off the last one told by more than `hysteresis`, `ID.value` is fired with it. The event `adc`
    with `(ID,)` answers it.
    """

    name = "adc"
    subscribe = ("adc",)
    items = (
        ("pin", "int", 0, (0, 99), "GPIO or channel number"),
        (
            "attenuation",
            "str",
            "chip",
            ("chip", "0db", "2.5db", "6db", "11db"),
            "Of the input, where the chip has a choice",
        ),
        ("interval_ms", "int", 1000, (10, 3600000), "Time between two values"),
        ("samples", "int", 8, (1, 256), "Readings that a value is the average of"),
        ("scale", "float", 1.0, None, "Units a step of 1/65535 of the range"),
        ("offset", "float", 0.0, None, "Units at reading 0"),
        ("hysteresis", "float", 0.0, (0, 1e9), "Change that is not told yet, in units"),
    )
    _inputs = {}

    def config(self, values):
        self._inputs = {}
        for id in values:
            adc = self._open(id, values[id])
            if adc is not None:
                self._inputs[id] = _Input(id, adc, values[id])

    def _open(self, id, values):
        try:
            if values["attenuation"] == "chip":
                return machine.ADC(values["pin"])
            name = "ATTN_" + values["attenuation"].upper().replace(".", "_")
            if not hasattr(machine.ADC, name):
                return report(self, id, 'this chip has one attenuation only; "attenuation": "chip"')
            return machine.ADC(machine.Pin(values["pin"]), atten=getattr(machine.ADC, name))
        except (OSError, ValueError) as exc:
            return report(self, id, "no analogue input %d: %s", values["pin"], exc)

    def start(self):
        for id, input in self._inputs.items():
            self.spawn(self._watch(input), "adc." + id)

    def value(self, id):
        """The value of the input `id` now, in its units.

        Raises:
            ValueError: there is no such input.
        """
        if id not in self._inputs:
            raise ValueError("etc/adc.json has no %r" % id)
        return self._inputs[id].read()

    def _watch(self, input):
        told = None
        while True:
            value = input.read()
            if told is None or abs(value - told) > input.hysteresis:
                told = value
                self.fire("%s.value" % input.id, value)
            yield input.interval_ms

    def on_event(self, event):
        try:
            return self.value(event.data[0])
        except (IndexError, TypeError, ValueError) as exc:
            from .log import get

            get("adc").error("event adc %r: %s", event.data, exc)


class _Input:
    def __init__(self, id, adc, values):
        self.id = id
        self.interval_ms = values["interval_ms"]
        self.hysteresis = values["hysteresis"]
        self._adc = adc
        self._samples = values["samples"]
        self._scale = values["scale"]
        self._offset = values["offset"]

    def read(self):
        total = 0
        for _ in range(self._samples):
            total += self._adc.read_u16()
        return total / self._samples * self._scale + self._offset
