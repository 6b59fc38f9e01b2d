"""Instructions and heap bytes a request: N requests against 2 N between measuring points."""

from dataclasses import dataclass, field

from . import callgrind
from .kinds import MARK


@dataclass
class Cost:
    """What one request of a kind costs.

    Attributes:
        instructions: in user space.
        heap: bytes by which the heap grows.
        functions: instructions by function, callees not included.
    """

    instructions: float
    heap: float
    functions: dict = field(repr=False)


class Meter:
    """Measures on a board that runs under `callgrind.tool(folder)`.

    Args:
        folder: where callgrind writes.
        client: a `Client` of the board.
    """

    def __init__(self, folder, client):
        self._folder = folder
        self._client = client
        self._profiles = 0
        self._left = None

    def measure(self, kind, way, count):
        """The `Cost` of a request of `kind`, sent in one of the `client.WAYS`, from `count` and twice that many."""
        client = self._client
        way.send(client, kind, 2)  # what only the first request does: caches, objects that are kept
        self._mark()
        way.send(client, kind, count)
        once, heap_once = self._mark()
        way.send(client, kind, 2 * count)
        twice, heap_twice = self._mark()
        client.close()
        functions = callgrind.differences(twice, once, count)
        return Cost(sum(functions.values()), (heap_twice - heap_once) / count, functions)

    def _mark(self):
        """Profile and heap growth since the mark before."""
        used, left = map(int, self._client.get(MARK).split())
        # Each mark writes two profiles; the second is of the mark's own work
        path = self._folder / f"profile.{self._profiles + 1}"
        functions = callgrind.instructions_by_function(path)
        for number in (1, 2):
            (self._folder / f"profile.{self._profiles + number}").unlink()
        self._profiles += 2
        grown = used - self._left if self._left is not None else None
        self._left = left
        return functions, grown
