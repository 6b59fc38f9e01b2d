"""The device on one page."""

import gc
import sys

from .version import VERSION


def status(sysinfo, facts, last):
    """See `modcore.sysinfo.SysInfo.status`.

    Args:
        facts: what `modcore.chip.facts` returns.
        last: what `modcore.retained.last_exception` returns.
    """
    chip_id, reset_cause, wake_reason = facts
    # It stays imported after a start that had something to tell
    boot = sys.modules.get("modcore.boot")
    return {
        "name": sysinfo.device,
        "id": chip_id,
        "version": VERSION,
        "micropython": "%d.%d.%d" % sys.implementation.version[:3],
        "board": sys.implementation._machine,
        "uptime_s": sysinfo.uptime(),
        "reset_cause": reset_cause,
        "wake_reason": wake_reason,
        "safe": boot and boot.safe,
        "last_exception": last and last[0],
        "heap": {"free": gc.mem_free(), "used": gc.mem_alloc()},
        "modules": [
            {"name": module.name, "state": module.state, "reason": module.reason}
            for module in sysinfo.modc.modules.values()
        ],
    }
