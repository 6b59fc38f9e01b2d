"""The unit tests that run on every interpreter, and the files that they need beside them."""

import re
import subprocess
from pathlib import Path

TESTS = Path(__file__).parents[1]
UNITS = sorted(TESTS.glob("*/unit_*.py"))
HELPERS = [
    TESTS / "support/check.py",
    TESTS / "support/fake_machine.py",
    TESTS / "support/run_units.py",
    TESTS / "windup/auth_app.py",
    TESTS / "windup/masked.py",
    TESTS / "windup/guard_stand_in.py",
    TESTS / "windup/socket_client.py",
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


def files(units, folder):
    """The files of a device that runs `units` as its program, by path; `folder` is for what is compiled on the way."""
    content = {}
    for path in units + HELPERS:
        compiled = folder / f"{path.stem}.mpy"
        command = [
            TESTS.parent / "build/mpy-cross/mpy-cross",
            "-o",
            compiled,
            "-s",
            path.name,
            path,
        ]
        subprocess.run(command, check=True)
        content[f"/units/{compiled.name}"] = compiled.read_bytes()
    names = [path.stem for path in units]
    content["/main.py"] = (
        f"import sys\nsys.path.append('/units')\nimport run_units\nrun_units.run({names!r}, '/units')\n"
    )
    return content


def count(units):
    """How many tests `units` have."""
    return sum(
        len(re.findall(r"^ *(?:async )?def test_", path.read_text(), re.M)) for path in units
    )
