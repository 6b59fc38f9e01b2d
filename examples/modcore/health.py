"""How do the modules do? A click tells.

Shows: health(), modc.healthy and the event healthy, optional, depends on what is missing.
Run as: /apps/garden.py

    /etc/button.json  {"button": {"pin": 5, "pull": "up", "on_double": ["status"]}}
"""

import time

from modcore import Module, log

_log = log.get("garden")


class Garden(Module):
    subscribe = ("healthy", "button.click")

    def on_event(self, event):
        if event.name == "healthy":
            _log.info("everything runs")
            return
        _log.info("healthy: %s", self.modc.healthy)
        for name, health in self.modc.health().items():
            if health["state"] != "running" or health["longest_ms"] > 100:
                _log.info("%s: %s, %s", name, health["state"], health["reason"])


class Weather(Module):
    depends = ("barometer",)  # there is none
    optional = True  # the device is healthy all the same


class Slow(Module):
    def start(self):
        time.sleep_ms(150)  # nobody else runs: seen in longest_ms
