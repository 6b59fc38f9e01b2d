"""Boards under a measuring tool, with a client and a meter ready."""

from contextlib import contextmanager

from . import callgrind, instructions, system_calls
from .board import BUILD, Board
from .client import Client
from .subjects import PORT

FOLDER = BUILD / "bench" / "web"


@contextmanager
def under_callgrind(subject, settings=None, arguments="", options=()):
    """Yields a `Client` and an `instructions.Meter` for `subject`; see `Subject.file_system` and `Board`."""
    folder = FOLDER / "callgrind"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("profile*"):
        old.unlink()
    vfs = subject.file_system(settings, arguments)
    with Board(folder, subject.elf, vfs, PORT, callgrind.tool(folder), options) as board:
        client = _client(subject, board)
        yield client, instructions.Meter(folder, client)


@contextmanager
def under_strace(subject):
    """Yields a `system_calls.Meter` for `subject`."""
    folder = FOLDER / "strace"
    with Board(
        folder, subject.elf, subject.file_system(), PORT, system_calls.tool(folder)
    ) as board:
        yield system_calls.Meter(folder, _client(subject, board))


def _client(subject, board):
    return Client(PORT, board.pid, subject.headers, subject.keeps_alive)
