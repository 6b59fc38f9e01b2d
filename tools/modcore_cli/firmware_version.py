"""The version of the firmware, read from the one place that states it."""

import re
from pathlib import Path

from .problem import Problem

PATH = Path("frozen/modcore/version.py")


def read(root=Path(".")):
    """The firmware's version, such as "0.1.0", of the source tree at `root`."""
    match = re.search(r'^VERSION = "([^"]+)"', (root / PATH).read_text(encoding="utf-8"), re.M)
    if not match:
        raise Problem(f"{root / PATH} states no VERSION")
    return match[1]
