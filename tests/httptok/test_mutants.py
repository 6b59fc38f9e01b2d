"""Mutants of the core against the vectors: a fixed sample, all of them in `make soak`."""

import subprocess
import sys
from pathlib import Path

from conftest import SOAK

MUTATE = Path(__file__).parent / "mutate.py"


def test_mutants_are_killed():
    command = [sys.executable, MUTATE, *([] if SOAK else ["--sample", "25"])]
    process = subprocess.run(command, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr
