"""A request's body as it arrives, collected up to a limit."""

from modcore.port import const

from . import tok
from .response import HTTPError

_SCRATCH = const(256)  # bytes of chunked coding read at a time


class Body:
    """Collects one body: first what came along with the head (`feed`), then what is read to `get_buffer`.

    Args:
        length: its Content-Length; -1 for the chunked coding.
        limit: most bytes that are taken.

    Attributes:
        data: the body, a `bytearray`; whole when `done`.
        done: whether it is whole.
        rest: bytes read behind its end: the beginning of the next request.

    Raises:
        HTTPError: 413, it is longer than `limit`.
    """

    def __init__(self, length, limit):
        check_length(length, limit)
        self._limit = limit
        self._decoder = tok.Chunked() if length < 0 else None
        self._got = 0
        self.data = bytearray(max(length, 0))
        self.done = False
        self.rest = b""
        # Content-Length: the socket is read straight to where the body stays
        self._target = bytearray(_SCRATCH) if length < 0 else self.data

    def get_buffer(self):
        """Where to read to: a writable `memoryview`, never reaching past a body of known length."""
        view = memoryview(self._target)
        return view if self._decoder else view[self._got :]

    def buffer_updated(self, count):
        """`count` bytes have been read to `get_buffer()`. HTTPError: 413 too long, 400 malformed chunks."""
        if self._decoder:
            consumed = self._decode(self._target, 0, count)
            self.rest = bytes(self._target[consumed:count])
        else:
            self._got += count
            self.done = self._got == len(self.data)

    def feed(self, buf, start, end):
        """Take what `buf[start:end]` holds of the body; returns the index behind it. HTTPError as above."""
        if self._decoder:
            return self._decode(buf, start, end)
        count = min(end - start, len(self.data) - self._got)
        self.data[self._got : self._got + count] = memoryview(buf)[start : start + count]
        self._got += count
        self.done = self._got == len(self.data)
        return start + count

    def _decode(self, buf, start, end):
        try:
            consumed, stop, self.done = self._decoder.decode(buf, start, end)
        except ValueError:
            raise HTTPError(400, "Malformed chunked body")
        check_length(len(self.data) + stop - start, self._limit)
        self.data.extend(memoryview(buf)[start:stop])
        return consumed


def check_length(length, limit):
    """HTTPError 413: a body of `length` bytes is longer than `limit`."""
    if length > limit:
        raise too_long(limit)


def too_long(limit):
    """The HTTPError, 413, for a body longer than `limit` bytes."""
    return HTTPError(413, "At most %d bytes are taken here" % limit)
