"""A request's body as its handler reads it, in pieces (routes with `stream=True`).

The body arrives in what the request leaves of the connection's own buffer; when that is full TCP holds the client back.
So a body of any length costs no memory but the piece that the handler has asked for.
"""

import errno

from modcore.port import const

from . import tok
from .body import too_long
from .response import HTTPError

_LEAST = const(256)  # bytes; where the request leaves less, the stream has a buffer of its own
_OWN = const(512)

_HANDLING = const(2)  # of the states that `exchange` lists
_CHUNKED = const(2)
_EXPECT_100 = const(4)


def stream_of(request):
    """The `Stream` of `request`'s body. RuntimeError: its handler is no coroutine."""
    exchange = request.exchange
    if exchange is None or exchange.state < _HANDLING:
        raise RuntimeError("request.stream is for coroutines: make the handler an async def")
    if not isinstance(exchange.body, Stream):
        exchange.body = Stream(request, exchange)
    return exchange.body


class Stream:
    """The body of one request. It is valid until the response has been sent.

    `async for piece in stream` gives the pieces as they come. What all methods raise:

        HTTPError   400 malformed chunks, 408 nothing has come for `limits.between_bytes` seconds, 413 longer than the
                    route's `body_max`: leave it to the framework to answer with it
        OSError     ECONNRESET, the client has gone

    Attributes:
        buffer: where the body arrives; `buffer[at:end]` has not been read yet.
        done: whether nothing comes behind that.
        rest: the beginning of the next request, `bytes`, for the exchange.
    """

    def __init__(self, request, exchange):
        self._exchange = exchange
        self._error = self._went = self._decoder = None
        self._waits = False
        self.rest = b""
        self.done = not request.body_pending
        if self.done:  # it came along with the head, or the route is not for streams
            if exchange.body is not None:
                self.rest = exchange.body.rest
            self.buffer = request.body
            self._view = memoryview(self.buffer)
            self.at, self.end = 0, len(self.buffer)
            return
        head = request.head
        self._limit = exchange.body_max()
        self._left = head.content_length
        if head.flags & _CHUNKED:
            self._decoder = tok.Chunked()
            self._left = self._limit
        elif self._left > self._limit:
            raise too_long(self._limit)
        self._expected = head.flags & _EXPECT_100
        start = exchange.used
        count = exchange.end - start
        self.buffer = exchange.buf
        self._view = exchange.view
        if len(self.buffer) - start < _LEAST:
            came = self._view[start : exchange.end]
            # No longer than the exchange's: the beginning of the next request has to fit there
            try:
                self.buffer = bytearray(min(_OWN, len(self.buffer)))
            except MemoryError:  # not in one piece
                self.buffer = bytearray(_LEAST)
            self._view = memoryview(self.buffer)
            self._view[:count] = came
            start = 0
        self._start = self.at = self.end = start
        exchange.end = exchange.used
        exchange.intake = self
        if count:
            self._came(count)

    async def read(self, most=-1):
        """The next bytes, at least one and at most `most`; -1: all that still comes. `b""`: the end."""
        if most < 0:
            whole = bytearray()
            while self.at < self.end or await self.fill():
                whole.extend(self._view[self.at : self.end])
                self.skip(self.end - self.at)
            return bytes(whole)
        if self.at == self.end and not await self.fill():
            return b""
        count = min(most, self.end - self.at)
        data = bytes(self._view[self.at : self.at + count])
        self.skip(count)
        return data

    async def readinto(self, buf):
        """Read to `buf`, a writable buffer of bytes; returns how many bytes, 0 at the end."""
        if self.at == self.end and not await self.fill():
            return 0
        count = min(len(buf), self.end - self.at)
        memoryview(buf)[:count] = self._view[self.at : self.at + count]
        self.skip(count)
        return count

    def __aiter__(self):
        return self

    async def __anext__(self):
        data = await self.read(len(self.buffer))
        if not data:
            raise StopAsyncIteration
        return data

    # For who works on `buffer` itself

    async def fill(self):
        """Wait for more of the body behind `buffer[at:end]`, which moves to the front; `False`: it has come whole.

        `skip` something first when that is all of the buffer.
        """
        if self._error is None and not self.done:
            if self.at > self._start:
                count = self.end - self.at
                self._view[self._start : self._start + count] = self._view[self.at : self.end]
                self.at = self._start
                self.end = self.at + count
            before = self.end
            self._ask()
            while self.end == before and not self.done and self._error is None:
                await self._turn()
            self._waits = False
            if self._error is None:
                return self.end > before
        if self._error is not None:
            raise self._error
        return False

    def full(self):
        """Whether `buffer[at:end]` is all that fits, so that `fill` has no room."""
        return not self.done and self.end - self.at >= len(self.buffer) - self._start

    def skip(self, count):
        """`count` bytes of `buffer[at:end]` are read."""
        self.at += count
        if self.done and self.at == self.end:
            self._release()

    def _ask(self):
        # From now on the client has time to send something
        exchange = self._exchange
        exchange.heard = exchange.connection.limits.now
        self._waits = True
        # RFC 9110 section 10.1.1: not when some of it has come, nor when the answer has begun
        if self._expected and exchange.state == _HANDLING and exchange.out is None:
            exchange.put(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._expected = 0
        exchange.connection.transport.flush()

    def _turn(self):
        if self._went is None:
            from asyncio import Event

            self._went = Event()
        return self._went.wait()

    def _wake(self):
        if self._went is not None:
            self._went.set()
            self._went.clear()

    def _fail(self, error):
        self._error = error
        self._wake()

    def _release(self):
        # The exchange reads on: what comes now is the next request
        exchange = self._exchange
        if exchange is not None and exchange.intake is self:
            exchange.intake = None

    def _came(self, count):
        start = self.end
        stop = start + count
        self._expected = 0
        if self._decoder:
            try:
                used, self.end, done = self._decoder.decode(self.buffer, start, stop)
            except ValueError:
                self._fail(HTTPError(400, "Malformed chunked body"))
                return
            self._left -= self.end - start
            if self._left < 0:
                self.end = start
                self._fail(too_long(self._limit))
                return
        else:
            used = self.end = start + min(count, self._left)
            self._left -= used - start
            done = not self._left
        if done:
            self.done = True
            self.rest = bytes(self._view[used:stop])
            self._exchange.request.body_pending = False
            self.skip(0)

    # What the exchange calls

    def get_buffer(self):
        """Where to read to: what is free behind the body that waits to be read."""
        if self.done or self._error is not None:
            return self._view[:0]
        return self._view[self.end :]

    def buffer_updated(self, count):
        """`count` bytes have been read there."""
        self._came(count)
        self._wake()

    def failed(self, exc):
        """To read has raised `exc`: that closes the connection."""
        raise exc

    def eof_received(self):
        """The client has sent its last byte. Returns whether that is no reason to close."""
        return self.done

    def tick(self):
        """About a second has passed."""
        if self._waits:
            limits = self._exchange.connection.limits
            if limits.now - self._exchange.heard >= limits.between_bytes:
                self._fail(HTTPError(408, "The body took too long to arrive"))

    def lost(self):
        """The response has been sent, or the connection has closed: the buffer is another's."""
        self._exchange = None
        self.at = self.end = 0
        self._fail(OSError(errno.ECONNRESET))
