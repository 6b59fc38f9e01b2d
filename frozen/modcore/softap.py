"""The device's own access point: always, never, or as long as the station has no network."""

import network

from .borrow import borrow
from .module import Module
from .port import const, ticks_add, ticks_diff, ticks_ms
from .timer import Timer

_LOOK_MS = const(1000)


class SoftAp(Module, Timer):
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
    after_ms = None  # for how long the station has no network before the access point comes; None: it never does
    values = None  # its configuration, where it will be up in a moment; else the files have it
    is_up = False
    dns = problem = None

    def config(self, values):
        borrow("accesspoint", "configure", self, values)

    def start(self):
        if self.after_ms is not None:
            self.alone = ticks_ms()
            Timer.start(self, 0)

    def ring(self):
        """Once a second: does the device need an access point?"""
        Timer.start(self, _LOOK_MS)
        now = ticks_ms()
        if network.WLAN(network.WLAN.IF_STA).isconnected():
            self.alone = now
        wanted = ticks_diff(now, self.alone) >= self.after_ms
        if wanted:
            self.alone = ticks_add(now, -self.after_ms)  # the difference must not outgrow its range
        if wanted != self.is_up:
            borrow("accesspoint", "switch", self, wanted)

    def stop(self):
        Timer.stop(self)
        if self.is_up:
            borrow("accesspoint", "down", self)

    def status(self):
        """A dict for a page about the device: up, ssid, ip, clients, problem."""
        return borrow("accesspoint", "status", self)
