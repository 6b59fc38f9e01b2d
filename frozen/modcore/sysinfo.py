"""What the device is and how it does."""

import gc
import sys

import machine

from .module import Module
from .port import const, ticks_diff, ticks_ms
from .version import VERSION

_HOUR_MS = const(3600000)

_CAUSES = (
    ("PWRON_RESET", "power-on"),
    ("HARD_RESET", "hard"),
    ("WDT_RESET", "watchdog"),
    ("DEEPSLEEP_RESET", "deep sleep"),
    ("SOFT_RESET", "soft"),
)
_WAKES = (
    ("TIMER_WAKE", "timer"),
    ("PIN_WAKE", "pin"),
    ("EXT0_WAKE", "pin"),
    ("EXT1_WAKE", "pin"),
    ("TOUCHPAD_WAKE", "touch"),
    ("ULP_WAKE", "ulp"),
)


class SysInfo(Module):
    """Identity, uptime and heap of the device; `schema` is `etc/sysinfo.json`."""

    schema = (("name", "str", "modcore", (1, 32), "Name of the device, shown on its pages"),)

    def init(self):
        self._last = ticks_ms()
        self._uptime_ms = 0

    def config(self, values):
        self._name = values["name"]

    def run(self):
        # ticks_ms() starts anew after 12 days: look at it more often than that
        while True:
            yield _HOUR_MS
            self.uptime()

    def uptime(self):
        """Seconds since the start of modcore."""
        now = ticks_ms()
        self._uptime_ms += ticks_diff(now, self._last)
        self._last = now
        return self._uptime_ms // 1000

    def status(self):
        """A dict for the status page: what it holds is told in `docs/api.md`."""
        return {
            "name": self._name,
            "id": chip_id(),
            "version": VERSION,
            "micropython": "%d.%d.%d" % sys.implementation.version[:3],
            "board": sys.implementation._machine,
            "uptime_s": self.uptime(),
            "reset_cause": reset_cause(),
            "wake_reason": wake_reason(),
            "heap": {"free": gc.mem_free(), "used": gc.mem_alloc()},
            "modules": [
                {"name": module.name, "state": module.state, "reason": module.reason}
                for module in self.modc.modules.values()
            ],
        }


def chip_id():
    """What no other device has, in hexadecimal: of an ESP32 its MAC address, of an ESP8266 the chip's number."""
    return "".join(["%02x" % byte for byte in machine.unique_id()])


def reset_cause():
    """Why the device started last, in words."""
    return _word(_CAUSES, machine.reset_cause()) or "unknown"


def wake_reason():
    """What ended the last sleep, in words: `timer`, `pin`, `touch`, `ulp`; `None`: it did not sleep, or cannot tell."""
    if hasattr(machine, "wake_reason"):
        return _word(_WAKES, machine.wake_reason())
    return None


def _word(table, value):
    for constant, word in table:
        if getattr(machine, constant, None) == value:
            return word
    return None
