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

# It counts as part of what is not free
_PROBE = """
from gc import collect, mem_free
setup = lambda modc: modc.subscribe("healthy", lambda event: print("free:", collect() or mem_free()))
"""


def files(configuration):
    """The files of a device with `configuration`, a dict by the names of its modules, and with a program that looks."""
    named = {f"/etc/{name}.json": json.dumps(values) for name, values in configuration.items()}
    return named | {"/apps/probe.py": _PROBE}


def free(host):
    """Wait until every module of `host` has run for a while; the bytes of its heap that are free after a collection."""
    found = host.wait_for(r"free: (\d+)")
    states = {m["name"]: m["state"] for m in host.get("/api/v1/status").json()["modules"]}
    assert states.keys() >= FILES.keys() | {"windup", "console", "sysinfo"}, states
    assert set(states.values()) == {"running"}, states
    return int(found[1])
