"""Battery: water, then sleep until the next time. The outputs are off meanwhile.

Shows: power, deep sleep, chip.reset_cause, the order in which modules stop.
Run as: /apps/garden.py

    /etc/power.json  {}
    /etc/pin.json    {"valve": {"pin": 4}}
"""

from modcore import Module, log
from modcore.chip import reset_cause

_log = log.get("garden")


class Garden(Module):
    depends = ("pin", "power")
    subscribe = ("power.sleep",)

    def run(self):
        _log.info("awake, reset by %s", reset_cause())
        self.modc.modules["pin"].on("valve")
        yield 60000
        self.fire("deepsleep", ("43200",))  # 12 h; the device starts anew then

    def on_event(self, event):
        _log.info("going to a %s sleep", event.data)

    def stop(self):
        _log.info("stops before pin does: the valve is %d", self.modc.modules["pin"].value("valve"))
