"""System calls a request: what strace logs for N requests, against 2 N."""

import re
from collections import Counter

_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(", re.M)


def tool(folder):
    """The command to run the firmware under. strace steps aside, so that the boot loader can stop the firmware."""
    return f"strace -D -f -qq -o {folder}/strace.log"


class Meter:
    """Measures on a board that runs under `tool(folder)`.

    Args:
        folder: where strace writes.
        client: a `Client` of the board.
    """

    def __init__(self, folder, client):
        self._log = folder / "strace.log"
        self._client = client

    def measure(self, kind, way, count):
        """System calls of a request of `kind`, sent in one of the `client.WAYS`: a `Counter` by name."""
        way.send(self._client, kind, 2)
        once = self._calls(kind, way, count)
        twice = self._calls(kind, way, 2 * count)
        self._client.close()
        calls = {name: (twice[name] - once[name]) / count for name in twice | once}
        return Counter({name: number for name, number in calls.items() if number})

    def _calls(self, kind, way, count):
        before = self._log.stat().st_size
        way.send(self._client, kind, count)
        with open(self._log) as log:
            log.seek(before)
            return Counter(_CALL.findall(log.read()))
