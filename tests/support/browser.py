"""Debian's Chromium, driven by a script of ours for Node."""

import json
import subprocess

from host import TOP

_PATIENCE = 240


def run(script, *arguments, patience=_PATIENCE):
    """What `script`, a path from the top, tells of what it saw, as JSON; it has `patience` seconds."""
    result = subprocess.run(
        ["node", script, *arguments],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
