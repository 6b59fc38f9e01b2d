"""Waters each morning at six, in local time, for ten minutes, and blinks meanwhile.

Shows: alarm with a time zone, timeout, interval, timers from configuration and from a program.
Run as: /apps/garden.py

    /etc/ntp.json       {"servers": [], "tz": "CET-1CEST,M3.5.0,M10.5.0/3"}
    /etc/pin.json       {"valve": {"pin": 4}, "light": {"pin": 2}}
    /etc/alarm.json     {"morning": {"at": "06:00", "days": "*"}}
    /etc/timeout.json   {"watering": {"after_s": 600, "auto": false, "on_due": ["pin:valve:off"]}}
    /etc/interval.json  {}
"""

from modcore import Module, clock, log

_log = log.get("garden")


class Garden(Module):
    depends = ("pin", "alarm", "timeout", "interval")
    subscribe = ("morning.due", "watering.due")

    def on_event(self, event):
        interval = self.modc.modules["interval"]
        if event.name == "morning.due":
            _log.info("water at %02d:%02d", *clock.localtime(event.data)[3:5])
            self.fire("pin", ("valve", "on"))
            self.fire("timeout", ("watering",))  # the same as the action "timeout:watering"
            interval.add("blink", 1000, self._blink)
        else:
            _log.info("done at %02d:%02d", *clock.localtime()[3:5])
            interval.remove("blink")

    def _blink(self):
        self.modc.modules["pin"].toggle("light")
