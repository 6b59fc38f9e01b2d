"""What an ESP8266 has to run in 38 KiB: the default set, a network, the time, two intervals and a button."""

import json

HEAP = 38 * 1024
FREE = 12 * 1024
FILES = {
    "wlan": {"networks": [{"ssid": "HOST"}]},
    "softap": {"mode": "fallback", "open": True},
    "ntp": {"servers": ["127.0.0.1:9"], "tz": "CET-1CEST,M3.5.0,M10.5.0/3"},
    "interval": {"blink": {"every_ms": 1000}, "slow": {"every_ms": 60000, "on_tick": ["gc"]}},
    "button": {"boot_btn": {"pin": 0, "on_press": ["status"]}},
}
# An application that looks at the device; its own heap is measured and told beside.
PROBE = """
import gc
from modcore import Module
class Probe(Module):
    subscribe = ("healthy",)
    def on_event(self, event):
        gc.collect()
        print("free:", gc.mem_free(), [n for n, m in self.modc.modules.items() if m.state != "running"])
"""


def test_the_default_set_leaves_12_kib(make_host):
    files = {f"/etc/{name}.json": json.dumps(values) for name, values in FILES.items()}
    files["/apps/probe.py"] = PROBE
    host = make_host(bits=32, profile="esp8266", files=files, options=["--heap", str(HEAP)]).start()
    found = host.wait_for(r"free: (\d+) \[(.*)\]")
    assert found[2] == ""
    assert int(found[1]) >= FREE, host.output


EVERYTHING = FILES | {
    "power": {},
    "watchdog": {"timeout_ms": 60000},
    "pin": {"led": {"pin": 2}, "door": {"pin": 4, "mode": "in", "events": True}},
    "timeout": {"fan": {"after_ms": 1000}},
    "alarm": {"daily": {"at": "06:30"}},
    "counter": {"flow": {"pin": 5}},
    "adc": {"level": {"pin": 34}},
    "gc": {},
    "metrics": {},
    "webrepl": {"password": "secret"},
    "log": {"sinks": ["logfile", "syslog"]},
    "syslog": {"host": "127.0.0.1", "port": 9},
}


def test_everything_runs_in_200_kib(make_host):
    files = {f"/etc/{name}.json": json.dumps(values) for name, values in EVERYTHING.items()}
    files["/apps/probe.py"] = PROBE
    host = make_host(files=files, options=["--heap", str(200 * 1024)]).start()
    found = host.wait_for(r"free: (\d+) \[(.*)\]")
    assert found[2] == "", host.output
    names = {module["name"] for module in host.get("/api/v1/status").json()["modules"]}
    assert names >= set(EVERYTHING) - {"log"} | {"logfile", "windup", "repl", "sysinfo"}
