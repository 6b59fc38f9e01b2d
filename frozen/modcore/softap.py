"""The device's own access point: always, never, or as long as the station has no network."""

import network

from .borrow import borrow
from .module import Module
from .port import const, ticks_add, ticks_diff, ticks_ms

_POLL_MS = const(1000)


class SoftAp(Module):
    """Switches the access point; `schema` is `etc/softap.json`.

    Fires `softap.up` with `{"ssid", "ip"}` and `softap.down`.
    """

    schema = (
        (
            "mode",
            "str",
            "off",
            ("off", "on", "fallback"),
            "fallback: while the station has no network",
        ),
        ("after_s", "int", 60, (5, 3600), "fallback: how long the station has had none, s"),
        ("ssid", "str", "modcore-$id", (1, 32), "Its name; $id: end of the MAC"),
        ("key", "secret", "", (0, 63), "Its password (WPA2), 8 letters at least"),
        ("open", "bool", False, None, "Without a password, for everybody who is near"),
        ("channel", "int", 1, (1, 13), "The station's, as long as that has a network"),
        ("hidden", "bool", False, None, "Do not tell its name"),
        ("max_clients", "int", 4, (1, 8), "Stations at a time, where the chip can be told"),
        ("captive", "bool", False, None, "Answer every name with its own address"),
        ("dns_port", "int", 53, (1, 65535), "UDP port that captive answers at"),
    )
    optional = True
    is_up = False
    dns = problem = None

    def config(self, values):
        self.values = values
        self.problem = None

    def run(self):
        values = self.values
        if values["mode"] == "off":
            return
        if not values["open"] and len(values["key"]) < 8:
            borrow("accesspoint", "refuse", self)
            return
        station = network.WLAN(network.WLAN.IF_STA)
        after_ms = 1000 * values["after_s"]
        since = ticks_ms()
        while True:
            wanted = values["mode"] == "on"
            if not wanted:
                now = ticks_ms()
                if station.isconnected():
                    since = now
                elif ticks_diff(now, since) >= after_ms:
                    since = ticks_add(now, -after_ms)  # the difference must not outgrow its range
                    wanted = True
            if wanted != self.is_up:
                self._switch(wanted)
            yield _POLL_MS

    def _switch(self, on):
        borrow("accesspoint", "up" if on else "down", self)
        self.is_up = on

    def stop(self):
        if self.is_up:
            self._switch(False)

    def status(self):
        """A dict for a page about the device: up, ssid, ip, clients, problem."""
        return borrow("accesspoint", "status", self)
