"""A valve that is open while no water flows is an error: the module fails, the valve closes, it tries again.

Shows: run that raises, restart with back-off, outputs after a failure, guard, hooks, module.failed.
Run as: /apps/garden.py

    /etc/pin.json      {"valve": {"pin": 4}, "alarm": {"pin": 2}}
    /etc/counter.json  {"flow": {"pin": 5, "pull": "up", "scale": 0.5}}
"""

from modcore import Module, log

_log = log.get("garden")


class Valve:
    """A resource that has to be given back."""

    def __init__(self, pin):
        self._pin = pin
        pin.on("valve")

    def close(self):
        self._pin.off("valve")
        _log.info("the valve is closed")


class Garden(Module):
    depends = ("pin", "counter")
    restart = "on-failure"  # the default: again after 1 s, 2 s, 4 s, up to 60 s

    def before_start(self):
        _log.info("start number %d", self.restarts + 1)

    def run(self):
        self.guard(Valve(self.modc.modules["pin"]))
        while True:
            yield 3000
            rate, total = self.modc.modules["counter"].value("flow")
            if not rate:
                raise RuntimeError("the valve is open and no water flows")
            _log.info("%.1f litres", total)


class Watchman(Module):
    """Another module hears of it."""

    subscribe = ("module.failed",)

    def on_event(self, event):
        name, reason = event.data
        _log.warning("%s needs help: %s", name, reason)
        self.fire("pin", ("alarm", "on"))
