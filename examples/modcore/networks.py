"""Tells what the network does, and the time once it is known.

Shows: wlan, its events, softap as a fallback, ntp; a file in /etc lies over the factory's.
Run as: /apps/garden.py

    /etc/wlan.json    {"networks": [{"ssid": "home", "priority": 1}, {"ssid": "shed"}], "keys": {"home": "correct-horse", "shed": "battery-staple"}}
    /etc/softap.json  {"mode": "fallback", "after_s": 120, "key": "garden-garden"}
    /etc/ntp.json     {"servers": ["127.0.0.1"], "tz": "CET-1CEST,M3.5.0,M10.5.0/3"}
"""

from modcore import Module, clock, log

_log = log.get("garden")


class Garden(Module):
    subscribe = ("wlan.*", "softap.*", "ntp")

    def on_event(self, event):
        if event.name == "wlan.connected":
            _log.info("in %s as %s", event.data["ssid"], event.data["ip"])
        elif event.name == "wlan.failed":
            _log.info("%s: %s", event.data["ssid"], event.data["reason"])
        elif event.name == "softap.up":
            _log.info("come and set me up: %s", event.data["ssid"])
        elif event.name == "ntp":
            _log.info("it is %02d:%02d", *clock.localtime()[3:5])
