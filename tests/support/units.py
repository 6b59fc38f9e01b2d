"""The unit tests that run on every interpreter, and the files that they need beside them."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
UNITS = sorted(TESTS.glob("*/unit_*.py"))
HELPERS = [
    TESTS / "support/check.py",
    TESTS / "support/fake_machine.py",
    TESTS / "support/run_units.py",
    TESTS / "windup/masked.py",
    TESTS / "windup/wire.py",
    TESTS / "modcore/config_files.py",
]

# Their modules are not frozen into an ESP8266
NOT_ESP8266 = [
    "adc",
    "client",
    "collector",
    "counter",
    "cron",
    "logfile",
    "metrics",
    "power",
    "sdcard",
    "sinks",
    "syslog",
    "timers",
    "windup_metrics",
]
ESP8266_UNITS = [path for path in UNITS if path.stem.removeprefix("unit_") not in NOT_ESP8266]
