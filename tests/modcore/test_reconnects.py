"""A station whose access point goes away once a day, for a month on the held clock."""

import json
import re

import pytest

PROGRAM = """
import gc
from modcore import Controller, Module
from modcore.wlan import Wlan


class Watch(Module):
    subscribe = ("wlan.*",)
    connected = 0

    def on_event(self, event):
        if event.name == "wlan.connected":
            self.connected += 1
            gc.collect()
            print("CONNECTED", self.connected, gc.mem_alloc())
        elif event.name == "wlan.disconnected":
            print("LOST", self.connected)


modc = Controller()
for module in (Watch(), Wlan()):
    modc.add(module)
modc.run()
"""
DAY_MS = 86_400_000
GONE_MS = 600_000
SETTLED = 2  # days: until then the log's ring fills


@pytest.mark.timeout(1000)
@pytest.mark.parametrize(("bits", "profile"), [(64, "esp32"), (32, "esp8266")])
def test_each_day_it_is_back_and_nothing_adds_up(make_host, soak, bits, profile):
    days = 30 if soak else 5
    files = {
        "/main.py": "input('ready?')\n" + PROGRAM,
        "/etc/wlan.json": json.dumps({"networks": [{"ssid": "HOST"}]}),
        "/etc/log.json": json.dumps({"ring": 4}),
    }
    host = make_host(bits=bits, profile=profile, files=files, options=["--fast-clock"])
    host.start(ready=False)
    host.wait_for("ready")
    control = host.control
    control.hold()
    with open(host.pty, "wb", buffering=0) as console:
        console.write(b"\r")
    control.step(60_000)
    host.wait_for("CONNECTED 1 ")
    for day in range(1, days + 1):
        control.step(DAY_MS - GONE_MS)
        control.command("air", "remove", "HOST")
        control.step(GONE_MS)
        host.wait_for(f"LOST {day}\\b")
        control.command("air", "add", "HOST")
        control.step(600_000)
        host.wait_for(f"CONNECTED {day + 1} ")
    used = [int(found) for found in re.findall(r"CONNECTED \d+ (\d+)", host.output)]
    assert len(used) == days + 1
    assert max(used[SETTLED:]) - used[SETTLED] <= 256, used
