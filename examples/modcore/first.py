"""A module with a setting.

Shows: Module, schema, config, start, the log.
Run as: /apps/garden.py

    /etc/garden.json  {"minutes": 20}
"""

from modcore import Module, log

_log = log.get("garden")


class Garden(Module):
    schema = (("minutes", "int", 10, (1, 120), "How long one watering takes, min"),)

    def config(self, values):
        self._minutes = values["minutes"]

    def start(self):
        _log.info("one watering takes %d minutes", self._minutes)
