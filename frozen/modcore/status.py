"""The device on one page."""

import gc
import sys

from . import boot, chip, retained
from .version import VERSION

BORROWED = ("boot", "chip", "retained", "version")


def status(sysinfo):
    """See `modcore.sysinfo.SysInfo.status`."""
    last = retained.last_exception()
    return {
        "name": sysinfo.device,
        "id": chip.chip_id(),
        "version": VERSION,
        "micropython": "%d.%d.%d" % sys.implementation.version[:3],
        "board": sys.implementation._machine,
        "uptime_s": sysinfo.uptime(),
        "reset_cause": chip.reset_cause(),
        "wake_reason": chip.wake_reason(),
        "safe": boot.safe,
        "last_exception": last and last[0],
        "heap": {"free": gc.mem_free(), "used": gc.mem_alloc()},
        "modules": [
            {"name": module.name, "state": module.state, "reason": module.reason}
            for module in sysinfo.modc.modules.values()
        ],
    }
