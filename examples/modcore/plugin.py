"""An application that chooses what it adds, and takes nothing that is missing for granted.

Shows: setup(modc), modules of its own and of modcore, plugins.report, etc/plugins.json.
Run as: /apps/garden.py

    /etc/pin.json      {"valve": {"pin": 4}}
    /etc/plugins.json  {"disabled": ["fountain"]}
"""

from modcore import Module, log, plugins
from modcore.interval import Interval

_log = log.get("garden")


class Garden(Module):
    depends = ("pin", "interval")

    def start(self):
        self.modc.modules["interval"].add("look", 60000, self._look)
        for app in plugins.report(self.modc):
            _log.info("%s from %s: %s", app["name"], app["folder"], app["reason"] or "runs")

    def _look(self):
        _log.info("the valve is %s", ("closed", "open")[self.modc.modules["pin"].value("valve")])


def setup(modc):
    if "interval" not in modc.modules:  # there is one when /etc/interval.json exists
        modc.add(Interval())
    modc.add(Garden())
