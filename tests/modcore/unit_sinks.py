"""The log's sinks that `etc/log.json` names."""

from modcore import log, sinks


class Controller:
    def __init__(self):
        self.modules = {}

    def add(self, module):
        self.modules[type(module).__name__.lower()] = module


def test_sinks_by_name():
    log.console.held = True
    try:
        controller = Controller()
        sinks.add(controller, ["syslog", "paper", 5])
        sinks.add(controller, ["logfile", "syslog"])
        assert sorted(controller.modules) == ["logfile", "syslog"]
        said = [line[3] for line in log.tail()]
        assert "etc/log.json: sinks: 'paper' is none of logfile, syslog" in said
    finally:
        log.console.held = False
