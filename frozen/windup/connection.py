"""One HTTP/1.1 connection without its socket: bytes in, bytes out (RFC 9112).

Theory of operation. A transport owns the socket and one `Connection`, and does three things:

- Readable: it reads into `get_buffer()` and tells how much with `buffer_updated(count)`; at the end of the stream
  it calls `eof_received()`.
- Then, before another connection's turn, and when writable: while `out` is not `None` it sends that; when all of it
  went it asks `more()` for the next piece, else it tells how much with `sent(count)` and waits. With nothing left and
  `closing` set, it closes.
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
"""

from modcore import log
from modcore.port import const

from . import tok
from .body import Body
from .request import PENDING, Request
from .response import PIECES, HTTPError, Response, error_response, response_of

HEAD = const(0)
BODY = const(1)
HANDLING = const(2)
SENDING = const(3)
LINGER = const(4)

_KEEP_ALIVE = const(1)
_CHUNKED = const(2)
_EXPECT_100 = const(4)
_METHOD_HEAD = const(2)

_LINGER_MAX = const(65536)  # bytes thrown away until the connection is closed all the same

_BYTES = (bytes, bytearray, memoryview)

_log = log.get("windup")


class Connection:
    """One connection's protocol state, used again for the next client: see `open`.

    Args:
        app: a `WindUp`.
        limits: the server's `Limits`.
        spawn: `spawn(work, serial)` is called for a coroutine or generator that works on an answer. Whoever drives it
            hands the pieces it yields to `send_piece`, what it returns to `finished`, its exception to `fail`, and
            drops it when `serial` has changed.

    Attributes:
        out: bytes-like to send now, or `None`.
        closing: close when `out` has gone.
        serial: the number of the answer that is worked on.
        since: when the request began, or the idle time before it; seconds of `limits.now`.
        state: one of the states above.
    """

    def __init__(self, app, limits, spawn):
        self._app = app
        self._limits = limits
        self._spawn = spawn
        self.serial = 0
        self._allocate(limits.buffer)
        self.open(None)

    def open(self, peer):
        """Begin with a new client at `peer`, `(host, port)`."""
        if len(self._buf) > self._limits.buffer:
            self._allocate(self._limits.buffer)
        self._request.peer = peer
        self._head.reset()
        self._request.begin()
        self._end = 0  # of what has been received
        self._used = 0  # of it, by the request that is worked on
        self._body = None
        self._source = None  # what the rest of the answer comes from
        self._remaining = 0  # bytes of it; -1 unknown
        self._chunked = False
        self._shared = False  # whether `out` lies in the buffer that all connections use,
        self._shared_head = 0  # and how much of it, at its start, comes not from `_source`
        self._keep_alive = True
        self._eof = False
        self._served = False
        self.since = self._heard = self._limits.now  # `_heard`: when bytes last moved
        self.out = None
        self.closing = False
        self.state = HEAD

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
            return self._view[self._end :] if self._end else self._view
        if state == BODY:
            return self._body.get_buffer()
        if state == LINGER:
            return self._view
        if self._eof or (self._body and self._body.rest):
            return self._view[:0]
        return self._view[self._end :]  # also to learn that the client has gone

    def buffer_updated(self, count):
        """`count` bytes, at least one, have been read to `get_buffer()`."""
        state = self.state
        if state == HEAD:
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
                return
            if self._body.done:
                self._body_done()
        elif state == LINGER:
            self._discarded += count
            if self._discarded > _LINGER_MAX:
                self.closing = True
        else:
            self._end += count

    def eof_received(self):
        """The client has sent its last byte. What it asked for is still answered."""
        self._eof = True
        state = self.state
        if state == HEAD and self.out is not None and self._end:
            return  # requests wait behind the answer that goes out
        if state != HANDLING and state != SENDING:
            self.closing = True

    def sent(self, count):
        """Only the first `count` bytes of `out` went."""
        if count:
            self._heard = self._limits.now
        if self._shared:
            # Other connections will use that buffer before this one is writable: a file is read again
            # then, from where it stopped; what else is left is copied
            head = self._shared_head
            left = len(self.out) - max(count, head)
            if hasattr(self._source, "seek"):
                self._source.seek(-left, 1)
                self._remaining += left
                left = 0
            self._shared = False
            self.out = bytes(self.out[count : max(count, head) + left])
        elif count:
            self.out = memoryview(self.out)[count:]

    def more(self):
        """All of `out` went; whether there is more of it now."""
        self.out = None
        self._shared = False
        self._heard = self.since = self._limits.now
        if self._source is not None:
            self._next_piece()
        if self.out is None and self._end and self.state == HEAD and not self.closing:
            self._advance()
            if self._eof and self.state == HEAD and self.out is None:
                self.closing = True  # the rest of that head will never come
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

    def abort(self):
        """Give up: nothing more is sent, and what the answer held open is closed."""
        self.out = None
        self.closing = True
        self.serial += 1
        self._close_source()

    @property
    def busy(self):
        """Whether an answer is worked on, so that `get_buffer` may be empty."""
        return self.state == HANDLING or self.state == SENDING

    @property
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
        request.path_info = head.path
        request.body_pending = length > 0 or flags & _CHUNKED
        try:
            result = self._app.handle(request)
            if result is PENDING:
                self._await_body(length, flags)
                return
        except Exception as exc:
            self.fail(exc)
            return
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
        body = self._body = Body(-1 if flags & _CHUNKED else length, limit)
        self.state = BODY
        head_end = self._used
        self._used = body.feed(self._buf, head_end, self._end)
        if body.done:
            self._body_done()
        elif flags & _EXPECT_100 and head_end == self._end:
            self.out = b"HTTP/1.1 100 Continue\r\n\r\n"

    def _body_done(self):
        request = self._request
        try:
            result = request.resume(self._body.data)
        except Exception as exc:
            self.fail(exc)
            return
        self._answer(result)

    # An answer goes out

    def _answer(self, result):
        if hasattr(result, "send") or hasattr(result, "__await__"):
            self.state = HANDLING
            self._spawn(result, self.serial)
        elif result is None:
            self.fail(HTTPError(404, "Nothing is here"))
        else:
            self.respond(result)

    def respond(self, result):
        """Send `result`, whatever a handler may return."""
        try:
            self._send(self._app.finish(self._request, response_of(result)))
        except Exception as exc:
            self.fail(exc)

    def fail(self, exc):
        """Answer with the error that `exc` stands for. What is no `HTTPError` is logged, and is a 500."""
        if not isinstance(exc, HTTPError):
            _log.exception(exc, "%s failed", str(self._request.path_info, "latin-1"))
            exc = HTTPError(500, "The handler failed; the device's log says where")
        if self.state == SENDING:
            self.abort()  # half an answer is out: only closing tells the client
            return
        try:
            self._send(self._app.finish(self._request, error_response(exc)))
        except Exception as worse:
            _log.exception(worse, "the error page failed")
            self._send(error_response(HTTPError(500)))

    def _refuse(self, error):
        # There is no request: no filter can look at it, and nothing that follows can be one
        response = error_response(error)
        response.length = len(response.body)
        self.out = response.head(False, 1) + response.body
        self._keep_alive = False
        self._request.body_pending = True
        self._finish()

    def _send(self, response):
        head = self._head
        body = response.body
        plain = type(body) in _BYTES
        if plain:
            response.length = len(body)
        if self._request.body_pending and not self._skip_body():
            self._keep_alive = False
        minor = head.version
        if response.length < 0 and not minor:
            self._keep_alive = False  # HTTP/1.0 has no chunks: the body ends with the connection
        self.out = response.head(self._keep_alive, minor)
        self._heard = self._limits.now
        if head.method == _METHOD_HEAD or response.status == 204 or response.status == 304:
            self._source = None if plain else body
            self._finish()
        elif plain and len(self.out) + len(body) <= len(self._limits.chunk):
            self._join(body)
            self._finish()
        else:
            self.state = SENDING
            self._remaining = response.length
            self._chunked = response.length < 0 and minor > 0
            if plain:
                self._source = body
            elif hasattr(body, "readinto"):
                self._source = body
                if len(self.out) < len(self._limits.chunk) // 2:
                    self._next_piece()  # a small file goes in one piece with its head
            elif body is not PIECES:
                self._spawn(body, self.serial)

    def _join(self, body):
        # Head and body in one piece, in the buffer that all connections use: it needs no heap
        chunk = self._limits.chunk
        start = len(self.out)
        end = start + len(body)
        chunk[:start] = self.out
        chunk[start:end] = body
        self.out = chunk[:end]
        self._shared = True
        self._shared_head = 0

    def _next_piece(self):
        source = self._source
        if type(source) in _BYTES:
            self.out = source
            self._finish()
            return
        if self._remaining == 0:
            if self.out is None:
                self._finish()
            return
        if self._remaining < 0:
            self._next_chunk()
            return
        head = self.out or b""
        start = len(head)
        chunk = self._limits.chunk
        chunk[:start] = head
        end = min(len(chunk), start + self._remaining)
        try:
            count = self._source.readinto(chunk[start:end])
        except OSError as exc:
            self.fail(exc)
            return
        if count:
            self._remaining -= count
            self._shared = True
            self._shared_head = start
            self.out = chunk[: start + count]
        else:
            self._end_of_body()

    def _next_chunk(self):
        chunk = self._limits.chunk
        try:
            count = self._source.readinto(chunk)
        except OSError as exc:
            self.fail(exc)
            return
        if count:
            self.send_piece(chunk[:count])
        else:
            self._end_of_body()

    def send_piece(self, piece):
        """Send `piece`, `bytes` or `str`, as the next part of the body; `out` is free then.

        The first one of a handler that is a generator starts a response with status 200.
        """
        if self.state == HANDLING:
            self.respond(Response(PIECES))
        if self.state != SENDING:
            return  # HEAD, or an error instead: nobody waits for pieces
        if type(piece) is str:
            piece = piece.encode()
        if self.closing or not piece:
            return
        self._heard = self._limits.now
        if self._remaining >= 0:
            self._remaining -= len(piece)
            if self._remaining < 0:
                _log.error("a body is longer than its Content-Length")
                self.abort()
                return
        if self._chunked:
            piece = b"%x\r\n%s\r\n" % (len(piece), bytes(piece))
        self.out = self.out + piece if self.out else bytes(piece)

    def finished(self, result=None):
        """The work that was spawned has come to its end, with `result`."""
        if self.state == HANDLING:
            self.respond(Response(b"", 204) if result is None else result)
        elif self.state == SENDING:
            self._end_of_body()

    def _end_of_body(self):
        if self._remaining > 0:
            _log.error("a body is shorter than its Content-Length")
            self.abort()
            return
        if self._chunked:
            self.out = self.out + b"0\r\n\r\n" if self.out else b"0\r\n\r\n"
        self._finish()

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

    def _close_source(self):
        source, self._source = self._source, None
        if hasattr(source, "close"):
            try:
                source.close()
            except Exception as exc:
                _log.exception(exc, "a body did not close")
