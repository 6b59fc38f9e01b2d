"""A click waters for some minutes; a second click ends it early.

Shows: spawn, a generator as fiber, kill, finally, join, methods of another module.
Run as: /apps/garden.py

    /etc/pin.json     {"valve": {"pin": 4}}
    /etc/button.json  {"button": {"pin": 5, "pull": "up"}}
    /etc/garden.json  {"minutes": 20}
"""

from modcore import Module, log

_log = log.get("garden")


class Garden(Module):
    depends = ("pin",)
    subscribe = ("button.click",)
    schema = (("minutes", "int", 10, (1, 120), "How long one watering takes, min"),)

    def config(self, values):
        self._minutes = values["minutes"]
        self._watering = None

    def on_event(self, event):
        if self._watering is None or self._watering.done:
            self._watering = self.spawn(self._water(), "watering")
        else:
            self._watering.kill()

    def _water(self):
        pin = self.modc.modules["pin"]
        pin.on("valve")
        try:
            for minute in range(self._minutes):
                _log.info("minute %d of %d", minute + 1, self._minutes)
                yield 60000  # ms
        finally:
            pin.off("valve")
            _log.info("the valve is closed")
