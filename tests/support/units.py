"""The unit tests that run on every interpreter, and the files that they need beside them."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
UNITS = sorted(TESTS.glob("*/unit_*.py"))
HELPERS = [
    TESTS / "support/check.py",
    TESTS / "support/fake_machine.py",
    TESTS / "support/run_units.py",
    TESTS / "windup/wire.py",
    TESTS / "modcore/config_files.py",
]
