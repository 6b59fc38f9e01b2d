"""What a frozen program with one page holds in the heap, and the smallest heap that it serves from."""

from .board import BUILD, Board, NotStarted
from .client import Client, WrongAnswer
from .frozen import program
from .kinds import KINDS, PLAIN
from .subjects import PORT

OWN = BUILD / "bench" / "own-32" / "firmware.elf"
ALL = BUILD / "bench" / "all-32" / "firmware.elf"

_STEP = 256  # bytes; the smallest heap is found to this
_LEAST = 4096  # the boot loader gives no less
_MOST = 64 * 1024
_REQUESTS = 50  # enough for the heap to be collected many times
_PATIENCE = 5

# A browser has to be served, and new connections cost more than kept ones
_CHROME = next(kind for kind in KINDS if kind.name == "chrome")


def live(subject, folder, elf):
    """Bytes in use while the handler works on a request, after a collection."""
    with _board(subject, folder, elf, says_heap=True, heap=_MOST) as board:
        client = Client(PORT, board.pid, keeps_alive=subject.keeps_alive)
        for _ in range(3):
            in_use = int(client.get(PLAIN))
        return in_use


def smallest(subject, folder, elf):
    """The smallest heap, in bytes, in which Chrome's requests are answered."""
    low, high = 0, _MOST // _STEP
    while high - low > 1:
        middle = (low + high) // 2
        if _serves(subject, folder, elf, middle * _STEP):
            high = middle
        else:
            low = middle
    return high * _STEP


def _serves(subject, folder, elf, heap):
    if heap < _LEAST:
        return False
    try:
        with _board(subject, folder, elf, says_heap=False, heap=heap) as board:
            client = Client(PORT, board.pid, keeps_alive=subject.keeps_alive, patience=_PATIENCE)
            client.new_connections(_CHROME, _REQUESTS)
    except (NotStarted, WrongAnswer, OSError, EOFError):
        return False
    return True


def _board(subject, folder, elf, says_heap, heap):
    name = program(subject, says_heap).encode()
    options = ["--profile", "esp8266", "--heap", str(heap)]
    return Board(folder, elf, name, PORT, options=options)
