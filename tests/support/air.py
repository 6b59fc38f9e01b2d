"""A HOST board whose program is wlan and softap, and the air around it."""

import json
import re

PROGRAM = """
import network
import time
from modcore import Controller, Module
from modcore.softap import SoftAp
from modcore.wlan import Wlan

class Show(Module):
    subscribe = ("wlan.*", "softap.*")

    def run(self):
        while True:
            yield 1000 - time.ticks_ms() % 1000
            print("second", time.ticks_ms() // 1000)

    def on_event(self, event):
        data = event.data or {}
        print("event", event.name, *[data[key] for key in ("ssid", "ip", "reason") if key in data])
        if event.name == "wlan.connected":
            print("is", self.modc.modules["wlan"].status(), network.hostname(), network.country())

modc = Controller()
for module in (Show(), Wlan(), SoftAp()):
    modc.add(module)
modc.run()
"""

KEY = "correct-horse"


class Air:
    """The board that `make_host` makes with these files in `/etc`, held clock and all.

    Args:
        wlan, softap: what is in `wlan.json` and `softap.json`.
        points: what the air holds at power-on, arguments of `air add`; the one called HOST is not there.
        keywords: for `make_host`.
    """

    def __init__(self, make_host, wlan=None, softap=None, points=(), **keywords):
        files = {
            "/main.py": "input('ready?')\n" + PROGRAM,
            "/etc/wlan.json": json.dumps(wlan or {}),
        }
        files["/etc/softap.json"] = json.dumps(softap or {})
        self.host = make_host(files=files, options=("--fast-clock",), **keywords)
        self.host.start(ready=False)
        self.host.wait_for("ready")
        self.host.control.hold()
        self.air("remove", "HOST")
        for point in points:
            self.air("add", *point.split())
        with open(self.host.pty, "wb", buffering=0) as console:
            console.write(b"\r")

    def air(self, *words):
        """A command about the air; its answer."""
        return self.host.control.command("air", *words)

    def let(self, seconds):
        """Let time pass, and no more; `host.output` has all of it then."""
        control = self.host.control
        control.step(1000 * seconds)
        now = control.clock()["ticks_us"] // 1000000
        try:
            self.host.wait_for(rf"second {now}\b", patience=1)
        except AssertionError:
            pass  # the program stands in the middle of a scan

    def until(self, pattern, seconds, count=1):
        """Let time pass, a little at a time, until the console has shown `pattern` `count` times."""
        step = 1 + seconds // 60
        for _ in range(0, seconds, step):
            if len(re.findall(pattern, self.host.output)) >= count:
                return
            self.let(step)
        self.host.wait_for(pattern, count, patience=1)

    def state(self):
        """The chip's radio: `(station, access_point)`, both dicts."""
        parts = self.air("state").split("; ")
        return tuple(dict(pair.split("=", 1) for pair in part.split()) for part in parts)
