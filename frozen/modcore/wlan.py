"""The station: keeps the device in one of the networks that it knows.

Nothing here waits in C but one call: a scan stops the whole program for about 2 s. So it is made only when it can change
something: to choose among several known networks when the last one does not take the device back, and to find a
stronger access point when the signal has been weak for half a minute, at most once in 5 minutes, and ever more rarely as
long as there is none. A device that knows one network and hears it well never scans.
"""

import network

from .borrow import borrow
from .module import Module
from .port import const, ticks_diff, ticks_ms

_POLL_MS = const(250)
# ESP32: status() tells how the last try ended until this one comes to something
_STALE_MS = const(10000)
_CHECK_S = const(10)
_WEAK_TIMES = const(3)
_ROAM_S = const(300)
_ROAM_MAX_S = const(3600)


class Wlan(Module):
    """Keeps the station connected; `schema` is `etc/wlan.json`.

    Fires `wlan.connected` with `{"ssid", "ip"}`, `wlan.disconnected` with `{"ssid"}`, and for each try that did not work
    out `wlan.failed` with `{"ssid", "reason"}`.
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
    known = None  # the network that it is in
    problem = None  # why it is in none
    wrong = None  # the keys that were not taken, see networks.refused
    nic = None

    def config(self, values):
        values["networks"] = borrow("networks", "check", values["networks"], values["keys"])
        self.values = values
        self.wrong = None

    def start(self):
        self.nic = borrow("networks", "set_up", self.values)

    def run(self):
        last = target = None
        pause_s = 0
        while self.values["networks"]:
            for known, bssid in borrow("networks", "candidates", self, last, target):
                if (yield from self._join(known, bssid)):
                    last = known
                    pause_s = 0
                    target = yield from self._stay(known, _ROAM_S if target else 0)
                    break
            else:
                target = None
                if last and len(self.values["networks"]) > 1:
                    last = None
                    yield _POLL_MS  # the radio refuses to scan before it has let go
                    continue
                pause_s = min(2 * pause_s or 2, self.values["retry_max_s"])
                yield borrow("networks", "pause", pause_s)

    def _join(self, known, bssid):
        nic = self.nic
        nic.disconnect()
        yield _POLL_MS  # on an ESP32 that takes a moment, and connect() fails until then
        before = borrow("networks", "connect", self, known, bssid)
        start = ticks_ms()
        while True:
            yield _POLL_MS
            if nic.isconnected():
                self.known = known
                borrow("networks", "report", self, known)
                return True
            status = nic.status()
            spent = ticks_diff(ticks_ms(), start)
            if (
                status not in (network.STAT_IDLE, network.STAT_CONNECTING)
                and (status != before or spent >= _STALE_MS)
            ) or spent >= 1000 * self.values["timeout_s"]:
                borrow("networks", "report", self, known, status)
                return False

    def _stay(self, known, roam_at):
        # Until the network is gone, or there is a better one, which is returned
        nic = self.nic
        target = None
        weak = seconds = 0
        wait = _ROAM_S
        while nic.isconnected() and not target:
            yield 1000
            seconds += 1
            if seconds % _CHECK_S or not nic.isconnected():
                continue
            rssi = nic.status("rssi")
            weak = weak + 1 if rssi < self.values["roam_below"] else 0
            if weak >= _WEAK_TIMES and seconds >= roam_at:
                target = borrow("networks", "stronger", self, known, rssi)
                roam_at = seconds + wait
                wait = min(2 * wait, _ROAM_MAX_S)
        self.known = None
        borrow("networks", "leave", self, known)
        return target

    def stop(self):
        self.known = None
        if self.nic and self.values["networks"]:
            self.nic.active(False)

    def status(self):
        """A dict for a page about the device: state (`off`, `connecting`, `connected`), ssid, ip, rssi in dBm, problem."""
        return borrow("networks", "status", self)
