"""The one time stamp of a build, so that the same tree gives the same bytes.

Source: reproducible-builds.org, SOURCE_DATE_EPOCH.
"""

import os
import subprocess

BUILT_FROM = ("boards", "etc", "firmware", "frozen", "www_fs")
_WITHOUT_HISTORY = 1767225600  # 2026-01-01T00:00:00Z


def source_date():
    """Seconds since 1970: SOURCE_DATE_EPOCH, else the last commit that touched the firmware, else 2026-01-01.

    Raises:
        ValueError: SOURCE_DATE_EPOCH is not a number.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "log", "-1", "--format=%ct", "--", *BUILT_FROM]
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        text = ""
    return int(text or _WITHOUT_HISTORY)
