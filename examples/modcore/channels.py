"""Several beds and little pressure: one valve at a time, in the order of the clicks.

Shows: Channel, run as a coroutine, on_event as a coroutine, what happens when a queue is full.
Run as: /apps/garden.py

    /etc/pin.json     {"lawn": {"pin": 4}, "roses": {"pin": 12}}
    /etc/button.json  {"a": {"pin": 5, "pull": "up", "double_ms": 0, "on_click": ["garden:lawn"]}, "b": {"pin": 14, "pull": "up", "double_ms": 0, "on_click": ["garden:roses"]}}
"""

from modcore import Module, log
from modcore.channel import Channel
from modcore.fiber import sleep_ms

_log = log.get("garden")


class Garden(Module):
    depends = ("pin",)
    subscribe = ("garden",)
    queue = 4  # clicks that wait while the channel is full; one more loses the oldest
    schema = (("seconds", "int", 30, (1, 3600), "How long a bed gets water, s"),)

    def config(self, values):
        self._ms = 1000 * values["seconds"]

    def start(self):
        self._beds = Channel(2)

    async def on_event(self, event):
        await self._beds.put(event.data[0])  # the next event waits until there is room

    async def run(self):
        pin = self.modc.modules["pin"]
        async for bed in self._beds:
            _log.info("%s, %d wait", bed, len(self._beds))
            pin.on(bed)
            try:
                await sleep_ms(self._ms)
            finally:
                pin.off(bed)
