"""The log: levels, the ring in memory, files on flash, syslog.

Shows: levels of single modules, log.tail, sinks, a sink of one's own, the action log.
Run as: /apps/garden.py

    /etc/button.json   {"button": {"pin": 5, "pull": "up", "on_double": ["log:garden:warning"]}}
    /etc/log.json      {"level": "info", "levels": {"garden": "debug"}, "ring": 20, "sinks": ["logfile", "syslog"]}
    /etc/logfile.json  {"path": "/log/garden.log", "size": 4096, "count": 3}
    /etc/syslog.json   {"host": "127.0.0.1", "port": 5514}
"""

from modcore import Module, log

_log = log.get("garden")


class Garden(Module):
    subscribe = ("button.click",)
    errors_seen = 0

    def start(self):
        log.sinks.append(self._count)
        _log.debug("debug is on")

    def stop(self):
        log.sinks.remove(self._count)

    def _count(self, line):
        _, level, _, _ = line  # ticks_ms, level, name of the logger, text
        if level >= log.ERROR:
            self.errors_seen += 1

    def on_event(self, event):
        try:
            int("five")
        except ValueError as exc:
            _log.exception(exc, "bad number")  # with its traceback
        _log.debug("%d lines kept, %d errors", len(log.tail()), self.errors_seen)
