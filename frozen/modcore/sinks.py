"""The modules behind `sinks` of `etc/log.json`."""

from . import log


def add(controller, names):
    """Add those of `names` to `controller` that it has not; one that does not exist is logged."""
    for name in names:
        if name in controller.modules:
            continue
        if name == "logfile":
            from .logfile import LogFile as Sink
        elif name == "syslog":
            from .syslog import Syslog as Sink
        else:
            log.get("log").error("etc/log.json: sinks: %r is none of logfile, syslog", name)
            continue
        controller.add(Sink())
