"""What is in a gzip file, for clients that do not take it as it is."""

from modcore.port import MICROPYTHON, const

from .response import HTTPError

if MICROPYTHON:
    from deflate import GZIP, DeflateIO
else:
    from gzip import GzipFile

_WINDOW_BITS = const(12)


class Inflated:
    """A body for a `Response` that inflates `file`, an open binary file, which is closed with it.

    To inflate takes more than 4 KiB of heap. They are there when this is made, and not asked for when half an answer has
    gone.

    Raises:
        HTTPError: 503: there is no memory just now.
        OSError: it is no gzip file.
    """

    def __init__(self, file):
        self._from = file
        self._first = b""
        try:
            self._file = (
                DeflateIO(file, GZIP, _WINDOW_BITS) if MICROPYTHON else GzipFile(fileobj=file)
            )
            self._first = self._file.read(1)  # the window is made for the first byte
        except Exception as exc:
            file.close()
            if not isinstance(exc, MemoryError):
                raise
            raise HTTPError(
                503,
                "There is no memory to inflate this just now: take it as gzip, or try again",
                (("Retry-After", "5"),),
            )

    def readinto(self, buf):
        """Fill `buf` with what comes next; returns how many bytes that are, 0 at the end."""
        if not self._first:
            return self._file.readinto(buf)
        buf = memoryview(buf)
        buf[:1] = self._first
        self._first = b""
        return 1 + self._file.readinto(buf[1:]) if len(buf) > 1 else 1

    def close(self):
        """The client has gone, or all was read."""
        self._file.close()
        self._from.close()
