"""One HTTP/1.1 connection without its socket: bytes in, bytes out (RFC 9112).

Theory of operation. A transport owns the socket and one `Connection`, and does three things:

- Readable: it reads into `buffer`, or where that is `None` into `get_buffer()`, and tells how much with
  `received(count)`; at the end of the stream it calls `eof_received()`.
- Then, before another connection's turn, and when writable: it sends what there is. When `received` returned a number,
  so many bytes of `limits.chunk` are the whole answer; what of it does not go at once is kept with `unsent`. Otherwise,
  while `out` is not `None` it sends that; when all of it went it asks `more()` for the next piece, else it tells how
  much with `sent(count)` and waits. With nothing left and `closing` set, it closes.
- About once a second it asks `timed_out()`, which may leave a last answer in `out`.

A connection is in one of these states; they decide what arriving bytes mean and which deadline runs:

    HEAD      waits for a request head, or idle between two
    BODY      collects the body of a request
    HANDLING  a coroutine works on the answer
    SENDING   the answer goes out piece by piece
    LINGER    answered for the last time: what still arrives is thrown away until the client closes, because to close
              with unread data makes TCP take the answer back (RFC 9112 section 9.6)

The head of a request stays at the start of the buffer as long as the request lives. Requests sent ahead wait behind it,
as far as there is room, and move to the front in their turn; so a client that pipelines gets its answers in order, and
one that does not read them gets no more work done.

What clients send most of the time, a request that arrives whole on a connection that is kept, is answered in `received`
itself when its handler returns a page or JSON: no state changes, and a GET makes no object. All other requests, and all
other answers, take the long way, which does the same step by step.
"""

from json import dumps

from modcore.port import const

from . import tok
from .answer import BODY, HANDLING, HEAD, LINGER, SENDING, Answer
from .body import Body
from .request import PENDING, Request
from .response import JSON, HTTPError, Response
from .tok import compose

_KEEP_ALIVE = const(1)
_CHUNKED = const(2)
_EXPECT_100 = const(4)

_LINGER_MAX = const(65536)  # bytes thrown away until the connection is closed all the same


class Connection(Answer):
    """One connection's protocol state, used again for the next client: see `open`.

    Args:
        app: a `WindUp`.
        limits: the server's `Limits`.
        spawn: `spawn(work, serial)` is called for a coroutine or generator that works on an answer. Whoever drives it
            hands the pieces it yields to `send_piece`, what it returns to `finished`, its exception to `fail`, and
            drops it when `serial` has changed.

    Attributes:
        buffer: where to read to while no request has begun to arrive, else `None`.
        out: bytes-like to send now, or `None`.
        closing: close when `out` has gone.
        serial: the number of the answer that is worked on.
        since: when the request began, or the idle time before it; seconds of `limits.now`.
        state: one of the states above.
    """

    def __init__(self, app, limits, spawn):
        self._app = app
        self._limits = limits
        self._chunk = limits.chunk
        self._chunk_len = len(limits.chunk)
        self._spawn = spawn
        self.serial = 0
        self._allocate(limits.buffer)
        self.buffer = None
        self.open(None)

    def open(self, peer):
        """Begin with a new client at `peer`, `(host, port)`."""
        if self.buffer is None:
            self._clear()
        self._request.peer = peer
        self._served = False
        self.since = self._limits.now
        self.closing = False

    def _clear(self):
        # What is different while a request is worked on, or afterwards when it was the last one
        if len(self._buf) > self._limits.buffer:
            self._allocate(self._limits.buffer)
        self._head.reset()
        self._request.begin()
        self._end = 0  # of what has been received
        self._used = 0  # of it, by the request that is worked on
        self._body = None
        self._source = None  # what the rest of the answer comes from
        self._remaining = 0  # bytes of it; -1 unknown
        self._shared_head = 0  # of a shared `out`, the part not from `_source`
        self._keep_alive = True
        self._eof = False
        self._heard = 0  # when bytes last moved
        self.out = None
        self.out_len = 0
        self.state = HEAD
        self.buffer = self._buf

    def close(self):
        """The client has gone, or has to."""
        if self.buffer is None:
            self.abort()

    def _allocate(self, size):
        self._buf = bytearray(size)
        self._view = memoryview(self._buf)
        self._head = tok.Head(self._buf, target_max=self._limits.target)
        self._request = Request(self._app, self._head)

    # What the transport calls

    def get_buffer(self):
        """Where to read to, a writable `memoryview`; empty: read nothing now."""
        state = self.state
        if state == HEAD:
            return self._view[self._end :]
        if state == BODY:
            return self._body.get_buffer()
        if state == LINGER:
            return self._view
        if self._eof or (self._body and self._body.rest):
            return self._view[:0]
        return self._view[self._end :]  # also to learn that the client has gone

    def received(self, count):
        """`count` bytes, at least one, have been read. Returns how many of `limits.chunk` to send as the answer, or 0."""
        head = self._head
        if self.buffer is None:
            return self._received(count)
        head_end = head.parse(0, count)
        rest = head.rest
        if head_end + rest != count:
            return self._received(count)
        limits = self._limits
        request = self._request
        try:
            if rest:
                request.used = True
                request.body = bytes(self._view[head_end:count])
            result = self._app.handle(request)
            prefix = self._app.prefix
            if prefix and limits.keep:
                length = compose(self._chunk, prefix, b"\r\n\r\n", result)
                if not length and type(result) is dict:
                    result = dumps(result)
                    prefix = self._app.json_prefix
                    length = compose(self._chunk, prefix, b"\r\n\r\n", result)
                    if not length:
                        result = Response(result, 200, (), JSON)
                if length:
                    head.reset()
                    if request.used:
                        request.begin()
                    self.since = limits.now
                    self._served = True
                    return length
        except Exception as exc:
            result = exc
        self._take(count)
        if isinstance(result, Exception):
            self.fail(result)
        else:
            self._answer(result)
        return 0

    def _take(self, count):
        # From here on a request is worked on
        self.buffer = None
        self._end = self._used = count
        self._keep_alive = self._limits.keep
        self._heard = self.since = self._limits.now

    def unsent(self, sent, length):
        """Of the answer that `received` returned only `sent` bytes of `length` went."""
        self.buffer = None
        self._heard = self._limits.now
        self._put(bytes(self._chunk[sent:length]))

    def _received(self, count):
        state = self.state
        if state == HEAD:
            self.buffer = None
            self._heard = self._limits.now
            if not self._end:
                self.since = self._heard
            self._end += count
            if self.out is None:  # else `more` comes to it when the answer before has gone
                self._advance()
        elif state == BODY:
            self._heard = self._limits.now
            try:
                self._body.buffer_updated(count)
            except HTTPError as exc:
                self.fail(exc)
                return 0
            if self._body.done:
                self._resume(self._body.data)
        elif state == LINGER:
            self._discarded += count
            if self._discarded > _LINGER_MAX:
                self.closing = True
        else:
            self._end += count
        return 0

    def eof_received(self):
        """The client has sent its last byte. What it asked for is still answered."""
        if self.buffer is not None:
            self.closing = True
            return
        self._eof = True
        state = self.state
        if state == HEAD and self.out is not None and self._end:
            return  # requests wait behind the answer that goes out
        if state != HANDLING and state != SENDING:
            self.closing = True

    def more(self):
        """All of `out` went; whether there is more of it now."""
        chunk = self._chunk
        if self._remaining >= self._chunk_len and self.out is chunk:
            # Most of a big file
            count = self._read(chunk)
            if count:
                self._heard = self._limits.now
                self._shared_head = 0
                self._remaining -= count
                self.out_len = count
                return True
        self.out = None
        self._heard = self.since = self._limits.now
        if self._source is not None:
            self._next_piece()
        if self.out is None and self._end and self.state == HEAD and not self.closing:
            self._advance()
            if self._eof and self.state == HEAD and self.out is None:
                self.closing = True  # the rest of that head will never come
        if not self._end and self.state == HEAD and self.out is None:
            self.buffer = self._buf
        return self.out is not None

    def timed_out(self):
        """Whether a deadline has passed. Then `closing` is set, and `out` may hold a last answer."""
        limits = self._limits
        now = limits.now
        state = self.state
        if self.out is not None and state != BODY:
            late = now - self._heard >= limits.between_bytes
        elif state == HANDLING or state == SENDING:
            return False  # how long a handler takes is its own affair
        elif state == HEAD and not self._end:
            late = now - self.since >= (limits.keep_alive if self._served else limits.first_byte)
        elif state == LINGER:
            late = now - self.since >= limits.between_bytes
        else:
            late = now - self._heard >= limits.between_bytes or now - self.since >= limits.request
            if late:
                error = HTTPError(408, "The request took too long to arrive")
                if state == HEAD:
                    self._refuse(error)
                else:
                    self.fail(error)
                return True
        if late:
            self.abort()
        return late

    def busy(self):
        """Whether an answer is worked on, so that `get_buffer` may be empty."""
        return self.state == HANDLING or self.state == SENDING

    def idle(self):
        """Whether it is the one to close when another client waits.

        Nobody loses anything by a connection that has waited for a request for a whole second; before, one may be on
        its way. One whose client has sent its last byte while a handler works is most likely nobody's any more.
        """
        if self.state != HEAD:
            return self._eof
        return not self._end and self.out is None and self._limits.now - self.since > 1

    # A request comes in

    def _advance(self):
        head = self._head
        head_end = head.parse(0, self._end)
        if head_end <= 0:
            if head_end:
                self._refuse(HTTPError(-head_end))
            elif self._end == len(self._buf):
                self._grow()
            return
        if head_end > self._limits.head:
            self._refuse(self._long_head())
            return
        self._used = head_end
        flags = head.flags
        self._keep_alive = flags & _KEEP_ALIVE and self._limits.keep
        length = head.content_length
        request = self._request
        request.body_pending = length > 0 or flags & _CHUNKED
        try:
            result = self._app.handle(request)
            if result is PENDING:
                result = self._await_body(length, flags)
        except Exception as exc:
            self.fail(exc)
            return
        if result is not PENDING:
            self._answer(result)

    def _grow(self):
        size = min(2 * self._end, self._limits.head)
        if size <= self._end:
            self._refuse(self._long_head())
            return
        received, peer = self._buf, self._request.peer
        self._allocate(size)
        self._request.peer = peer
        self._buf[: self._end] = received

    def _long_head(self):
        return HTTPError(431, "At most %d bytes of header are taken" % self._limits.head)

    def _await_body(self, length, flags):
        request = self._request
        limit = request.body_max if request.body_max >= 0 else self._app.body_max
        head_end = self._used
        end = head_end + length
        if not flags & _CHUNKED and end <= self._end and length <= limit:
            self._used = end
            return request.resume(bytes(self._view[head_end:end]))
        body = self._body = Body(-1 if flags & _CHUNKED else length, limit)
        self.state = BODY
        self._used = body.feed(self._buf, head_end, self._end)
        if body.done:
            return request.resume(body.data)
        if flags & _EXPECT_100 and head_end == self._end:
            self._put(b"HTTP/1.1 100 Continue\r\n\r\n")
        return PENDING

    def _resume(self, body):
        try:
            result = self._request.resume(body)
        except Exception as exc:
            self.fail(exc)
            return
        self._answer(result)

    # An answer has been said

    def _skip_body(self):
        # A body that nobody asked for, and that has come whole with its head, is no reason to close
        length = self._head.content_length
        if 0 <= length <= self._end - self._used and self.state == HEAD:
            self._used += length
            return True
        return False

    def _finish(self):
        self._close_source()
        self.serial += 1
        self.since = self._limits.now
        self._served = True
        request = self._request
        if not self._keep_alive and not self._eof and self._more_may_come():
            self._discarded = 0
            self.state = LINGER
            return
        if not self._keep_alive or (self._eof and self._end == self._used):
            self.closing = True
            return
        self.state = HEAD
        rest = self._body.rest if self._body else b""
        self._body = None
        left = self._end - self._used
        if left or rest:
            ahead = bytes(self._view[self._used : self._end]) + rest
            self._view[: len(ahead)] = ahead
            self._end = len(ahead)
        else:
            self._end = 0
            if self.out is None:
                self.buffer = self._buf
        self._head.reset()
        request.begin()

    def _more_may_come(self):
        # The client did not expect that this is the last answer, or has sent more already
        head = self._head
        return (
            self._request.body_pending
            or self._end > self._used
            or (head.version and head.flags & _KEEP_ALIVE)
        )
