"""What `ntp` makes of its configuration."""

from . import clock
from .borrow import borrow
from .log import get


def apply(ntp, values):
    """Let `ntp` work by `values` from now on; what is wrong in them is logged and left out."""
    names = values["servers"]
    ntp.servers = [name for name in names if type(name) is str and 0 < len(name) <= 128]
    if len(ntp.servers) != len(names):
        get("ntp").error("ntp.json: servers: expected names, found %r; the others are asked", names)
    ntp.interval_s = values["interval_s"]
    ntp.step_ms = values["step_ms"]
    ntp.timeout_ms = values["timeout_ms"]
    ntp.address = None
    ntp.retry_s = 0
    try:
        borrow("tz", "TZ", values["tz"])
        clock.zone = values["tz"]
    except ValueError as exc:
        clock.zone = clock.zone or "UTC0"
        get("ntp").error("ntp.json: tz: %s; keeping %s", exc, clock.zone)
