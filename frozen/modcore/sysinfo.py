"""What the device is and how it does."""

import asyncio

from .borrow import borrow
from .module import Module
from .port import const, ticks_add, ticks_diff, ticks_ms
from .status import status
from .turns import sleep_ms

_WATCH_MS = const(86400000)


class SysInfo(Module):
    """Identity, uptime and heap of the device; `schema` is `etc/sysinfo.json`.

    Attributes:
        device: the device's name.
    """

    schema = (("name", "str", "modcore", (1, 32), "Name of the device, shown on its pages"),)

    _uptime_s = 0

    def init(self):
        self._last = ticks_ms()

    def config(self, values):
        self.device = values["name"]

    def start(self):
        # No fiber: nothing here can fail or wait for long, and a task takes half as much
        self._task = asyncio.create_task(self._watch_ticks())
        # Not when somebody asks: an import in the midst of a request takes an ESP8266's stack to its end
        self._facts = borrow("chip", "facts"), borrow("retained", "last_exception")

    def stop(self):
        self._task.cancel()

    async def _watch_ticks(self):
        # ticks_ms() starts anew after 12 days, and tells apart what is 6 days ahead from what is 6 days ago
        while True:
            await sleep_ms(_WATCH_MS)
            self.uptime()

    def uptime(self):
        """Seconds since the start of modcore."""
        passed = ticks_diff(ticks_ms(), self._last) // 1000
        self._last = ticks_add(self._last, passed * 1000)
        self._uptime_s += passed
        return self._uptime_s

    def status(self):
        """A dict for the status page: what it holds is told in `docs/api.md`."""
        return status(self, *self._facts)
