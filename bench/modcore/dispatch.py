"""Instructions from `fire` to `on_event`, on HOST's 64-bit firmware.

From the call of `fire` in one handler to the first instruction of the handlers that get the event. A fiber that fires has
to give way before that: what asyncio takes for it comes on top, whatever is fired.
"""

import tempfile
from pathlib import Path
from statistics import median

from bench.web import callgrind
from bench.web.board import BUILD, Board, file_system

_APP = Path(__file__).with_name("app.py")
_ELF = BUILD / "HOST" / "64" / "obj" / "firmware.elf"  # the one with names
_ROUNDS = 20  # as in app.py


def measure(port):
    """Instructions to the first subscriber of an event, and to each further one: a pair, medians over some rounds.

    Args:
        port: a free TCP port.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = _APP.read_text().replace("PORT = 0", f"PORT = {port}")
        vfs = file_system({"/main.py": program.encode()})
        Board(folder / "board", _ELF, vfs, port, callgrind.tool(folder)).stop()
        first, further = [], []
        for number, position in enumerate(_points(), 1):
            if position > 0:
                profile = callgrind.instructions_by_function(folder / f"profile.{number}")
                (first if position == 1 else further).append(sum(profile.values()))
        return median(first), median(further)


def _points():
    # What each measuring point is, in their order: 0 at `fire`, 1 … at the handlers
    for sinks in range(1, 4):
        for _ in range(_ROUNDS):
            yield from range(sinks + 1)
