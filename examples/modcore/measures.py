"""Numbers for a monitoring system.

Shows: metrics: counter, gauge, snapshot; adc.
Run as: /apps/garden.py

    /etc/metrics.json  {}
    /etc/adc.json      {"moisture": {"pin": 34, "attenuation": "11db", "scale": 0.001526, "hysteresis": 2.0}}
    /etc/button.json   {"button": {"pin": 5, "pull": "up"}}
"""

from modcore import Module, log

_log = log.get("garden")


class Garden(Module):
    depends = ("metrics", "adc")
    subscribe = ("button.click", "moisture.value")

    def mount(self):
        metrics = self.modc.modules["metrics"]
        self._clicks = metrics.counter("garden_clicks_total", "Clicks of the button")
        metrics.gauge("garden_moisture", "Moisture of the soil, percent", self._moisture)

    def _moisture(self):
        return self.modc.modules["adc"].value("moisture")

    def on_event(self, event):
        if event.name == "moisture.value":
            _log.info("moisture %.0f", event.data)
            return
        self._clicks.add()
        for name, _, _, value in self.modc.modules["metrics"].snapshot():
            _log.info("%s %s", name, value)
