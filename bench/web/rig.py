"""Boards under a measuring tool, with a client and a meter ready.

`HOST` is the firmware that `make run` starts, `ALL` the same with the other servers frozen as ours is: a server that is
imported from a file costs up to a fifth more, because names that came with a file are searched for one by one.
"""

from contextlib import contextmanager

from . import callgrind, instructions, system_calls
from .board import BUILD, Board
from .client import Client
from .subjects import PORT

FOLDER = BUILD / "bench" / "web"
HOST = BUILD / "HOST" / "64" / "obj" / "firmware.elf"
ALL = BUILD / "bench" / "all-64" / "firmware.elf"


@contextmanager
def under_callgrind(subject, elf=HOST, settings=None, arguments="", options=()):
    """Yields a `Client` and an `instructions.Meter` for `subject`; see `Subject.file_system` and `Board`."""
    folder = FOLDER / "callgrind"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("profile*"):
        old.unlink()
    vfs = subject.file_system(settings, arguments)
    with Board(folder, elf, vfs, PORT, callgrind.tool(folder), options) as board:
        client = _client(subject, board)
        yield client, instructions.Meter(folder, client)


@contextmanager
def under_strace(subject, elf=HOST):
    """Yields a `system_calls.Meter` for `subject`."""
    folder = FOLDER / "strace"
    with Board(folder, elf, subject.file_system(), PORT, system_calls.tool(folder)) as board:
        yield system_calls.Meter(folder, _client(subject, board))


def _client(subject, board):
    return Client(PORT, board.pid, subject.headers, subject.keeps_alive)
