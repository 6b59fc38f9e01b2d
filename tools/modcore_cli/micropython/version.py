"""Which release a MicroPython source tree is."""

import re
from pathlib import Path

_PARTS = ("MAJOR", "MINOR", "MICRO")


def tree_version(folder):
    """The version that py/mpconfig.h of the tree `folder` states, or None when it is no such tree.

    A tree between releases has "-preview" behind its number.
    """
    try:
        text = (Path(folder) / "py" / "mpconfig.h").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = dict(re.findall(r"^#define MICROPY_VERSION_(\w+) (\d+)$", text, re.M))
    if not all(part in found for part in _PARTS):
        return None
    suffix = "-preview" if found.get("PRERELEASE", "0") != "0" else ""
    return ".".join(found[part] for part in _PARTS) + suffix
