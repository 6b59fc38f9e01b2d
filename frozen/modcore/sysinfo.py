"""What the device is and how it does."""

import gc
import sys
from asyncio import sleep

import machine

from .module import Module
from .port import ticks_diff, ticks_ms
from .version import VERSION

_CAUSES = (
    ("PWRON_RESET", "power-on"),
    ("HARD_RESET", "hard"),
    ("WDT_RESET", "watchdog"),
    ("DEEPSLEEP_RESET", "deep sleep"),
    ("SOFT_RESET", "soft"),
)


class SysInfo(Module):
    """Identity, uptime and heap of the device; `schema` is `etc/sysinfo.json`."""

    schema = (("name", "str", "modcore", (1, 32), "Name of the device, shown on its pages"),)

    def init(self):
        self._last = ticks_ms()
        self._uptime_ms = 0

    def config(self, values):
        self._name = values["name"]

    async def run(self):
        # ticks_ms() starts anew after 12 days: look at it more often than that
        while True:
            await sleep(3600)
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
            "version": VERSION,
            "micropython": "%d.%d.%d" % sys.implementation.version[:3],
            "board": sys.implementation._machine,
            "uptime_s": self.uptime(),
            "reset_cause": reset_cause(),
            "heap": {"free": gc.mem_free(), "used": gc.mem_alloc()},
            "modules": [
                {"name": module.name, "state": module.state, "reason": module.reason}
                for module in self.modc.modules.values()
            ],
        }


def reset_cause():
    """Why the device started last, in words."""
    cause = machine.reset_cause()
    for constant, words in _CAUSES:
        if getattr(machine, constant, None) == cause:
            return words
    return "unknown"
