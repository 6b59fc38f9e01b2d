"""Bodies that are made piece by piece, without a task."""


class Pieces:
    """A body for a `Response` that is made while it is read, by a generator that never waits.

    The connection reads it as it reads a file, into its own buffer: no task is needed for it, as one is for a generator.

    Args:
        start: its first bytes.
        piece: what comes then, `bytes`, or `None`.
        pieces: a generator of the rest, `bytes` or `str`.
    """

    def __init__(self, start, piece, pieces):
        self._rest = start  # what has still to be read, before `_piece`
        self._piece = piece
        self._pieces = pieces

    def readinto(self, buf):
        """Fill `buf` with what comes next; returns how many bytes that are, 0 at the end."""
        size = len(buf)
        end = 0
        while True:
            rest = self._rest
            count = len(rest)
            if count > size - end:
                rest = memoryview(rest)
                buf[end:size] = rest[: size - end]
                self._rest = rest[size - end :]
                return size
            buf[end : end + count] = rest
            end += count
            self._rest = self._piece
            if self._piece is None:
                for piece in self._pieces:
                    self._rest = as_bytes(piece)
                    break
                else:
                    self._rest = b""
                    return end
            self._piece = None

    def close(self):
        """The client has gone, or all was read: end the generator."""
        self._pieces.close()

    def __iter__(self):
        yield bytes(self._rest)
        if self._piece is not None:
            yield self._piece
        for piece in self._pieces:
            yield as_bytes(piece)


def as_bytes(piece):
    """`piece`, `bytes` or `str`, as `bytes`."""
    if not isinstance(piece, str):
        return piece
    try:
        return piece.encode()
    except UnicodeError:  # half of a surrogate pair, which only CPython's strings may hold
        return piece.encode("utf-8", "replace")
