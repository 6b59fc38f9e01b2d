"""The station: keeps the device in one of the networks that it knows.

Nothing here waits in C but one call: a scan stops the whole program for about 2 s. So it is made only when it can change
something: to choose among several known networks when the last one does not take the device back, and to find a
stronger access point when the signal has been weak for half a minute, at most once in 5 minutes, and ever more rarely as
long as there is none. A device that knows one network and hears it well never scans.
"""

from .borrow import borrow
from .module import Module
from .port import const
from .timer import Timer

_LOOK_MS = const(1000)
_CHECK_S = const(10)
_WEAK_TIMES = const(3)


class Wlan(Module, Timer):
    """Keeps the station connected; `schema` is `etc/wlan.json`.

    Fires `wlan.connected` with `{"ssid", "ip"}`, `wlan.disconnected` with `{"ssid"}`, and for each try that did not work
    out `wlan.failed` with `{"ssid", "reason"}`.

    A fiber with code from flash brings it into a network. There it is a timer that looks at the radio once a second.
    """

    schema = (
        (
            "networks",
            "list",
            None,
            None,
            'Known networks: {"ssid": "…"}, and as wanted priority, hidden, bssid, ip ("192.168.1.5/24"), gateway, dns',
        ),
        ("keys", "secrets", None, None, "Passwords of the networks, by SSID"),
        ("hostname", "str", "modcore-$id", (1, 32), "Name in the network; $id: end of the MAC"),
        ("country", "str", "", (0, 2), "Where the device is, ISO 3166-1; empty: not told"),
        ("timeout_s", "int", 20, (5, 120), "How long one try may take, s"),
        ("retry_max_s", "int", 60, (2, 3600), "Longest pause between tries, s"),
        ("roam_below", "int", -75, (-120, 0), "dBm below which a stronger one is looked for"),
        ("roam_gain", "int", 8, (1, 50), "How much stronger it has to be, dB"),
    )
    optional = True
    nic = None
    values = None  # its configuration, as long as it is in no network; after that the files have it
    known = None  # the network that it is in
    problem = None  # why it is in none
    wrong = None  # the keys that were not taken, see networks.refused

    def config(self, values):
        borrow("networks", "configure", self, values)

    def run(self):
        return borrow("networks", "search", self)

    def ring(self):
        """Once a second in a network: is it there still, and has its signal been weak for long?"""
        Timer.start(self, _LOOK_MS)
        self.seconds += 1
        target = None
        if self.nic.isconnected():
            if self.seconds % _CHECK_S:
                return
            # Below 0 it is too early for a scan, however weak the signal is
            is_weak = self.nic.status("rssi") < self.roam_below
            self.weak = self.weak + 1 if is_weak else min(self.weak + 1, 0)
            if self.weak < _WEAK_TIMES:
                return
            target = borrow("networks", "stronger", self)
            if not target:
                return
        borrow("networks", "leave", self, target)

    def stop(self):
        Timer.stop(self)
        borrow("networks", "switch_off", self)

    def status(self):
        """A dict for a page about the device: state (`off`, `connecting`, `connected`), ssid, ip, rssi in dBm, problem."""
        return borrow("networks", "status", self)
