"""The fuzz targets, for a while: a minute in all, an hour in `make soak`."""

import subprocess
import sys
from pathlib import Path

from conftest import SOAK

RUN = Path(__file__).parent / "fuzz" / "run.py"


def test_fuzz_targets():
    seconds = 600 if SOAK else 10
    command = [sys.executable, RUN, "--seconds", str(seconds)]
    process = subprocess.run(command, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr
