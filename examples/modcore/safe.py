"""What survives a reset, and the way into safe mode.

Shows: retained, last_exception, reset_cause, safe_mode, the actions restart and factory_reset.
Run as: /apps/garden.py

    /etc/button.json  {"button": {"pin": 5, "pull": "up", "on_click": ["restart"], "on_double": ["safe_mode"], "reset_ms": 10000}}
    /etc/boot.json    {"tries": 3, "button": 5}
"""

from modcore import Module, log, retained
from modcore.chip import reset_cause

_log = log.get("garden")


class Garden(Module):
    def start(self):
        starts = int(retained.get("starts") or 0) + 1
        retained.put("starts", b"%d" % starts)  # lost when the power fails; flash would wear out
        _log.info("start %d since power-on, reset by %s", starts, reset_cause())
        last = retained.last_exception()
        if last:
            _log.info("%d boots ago: %s", last[1], last[0])
