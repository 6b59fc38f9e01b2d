"""Settings that change while the device runs, and one that nobody shall see.

Shows: configure, reconfigure, config.changed, ConfigError, secret, migrate.
Run as: /apps/garden.py

    /etc/button.json  {"button": {"pin": 5, "pull": "up", "on_click": ["garden.minutes:25"], "on_double": ["garden.minutes:999"]}}
    /etc/garden.json  {"duration_s": 1200, "token": "tulip-7781"}
"""

from modcore import Module, log
from modcore.config import ConfigError

_log = log.get("garden")


class Garden(Module):
    version = 2
    schema = (
        ("minutes", "int", 10, (1, 120), "How long one watering takes, min"),
        ("token", "secret", "", (0, 40), "For the weather service"),
    )
    subscribe = ("garden.minutes", "config.changed")

    def migrate(self, values, version):
        if version == 1 and "duration_s" in values:  # version 1 had seconds
            values["minutes"] = values.pop("duration_s") // 60
        return values

    def config(self, values):
        self._minutes = values["minutes"]
        _log.info("%d minutes, token %s", self._minutes, values["token"])  # the log shows ***

    reconfigure = config  # it takes new values as it runs; without this it would be restarted

    async def on_event(self, event):
        if event.name == "config.changed":
            _log.info("changed: %s %s", *event.data)
            return
        try:
            await self.modc.configure("garden", {"minutes": int(event.data[0])})
        except ConfigError as exc:
            _log.warning("%s", exc)
