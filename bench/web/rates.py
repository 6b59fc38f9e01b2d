"""Requests a second as wrk finds them. They depend on what else this computer does: nothing is asserted."""

import re
import subprocess
from statistics import median

from .board import Board
from .rig import ALL, FOLDER
from .subjects import PORT

_SECONDS = 1
_CONNECTIONS = 4
_HEADERS = ["-H", "User-Agent: curl/7.88.1", "-H", "Accept: */*"]


def one_round(subject, way):
    """Requests a second of the greeting with 3 headers, and a fourth that asks to close for new connections."""
    with Board(FOLDER / "wrk", ALL, subject.file_system(), PORT):
        close = ["-H", "Connection: close"] if way.name == "new_connection" else []
        command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", *_HEADERS, *close]
        command.append(f"http://127.0.0.1:{PORT}/")
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text:
        raise RuntimeError(f"{subject.title}: {text}")
    return float(re.search(r"Requests/sec: *([\d.]+)", text)[1])


def summary(rounds):
    """`rounds`, requests a second each, as their median and their extremes."""
    return {"median": median(rounds), "least": min(rounds), "most": max(rounds)}
