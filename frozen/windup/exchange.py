"""One request after another that a connection does not answer at one go: bytes in, bytes out (RFC 9112).

`Connection` tells how transports drive it. An exchange is in one of these states; they decide what arriving bytes mean
and which deadline runs:

    HEAD      waits for the rest of a request head, or the answer before it has still to go
    BODY      collects the body of a request
    HANDLING  a coroutine works on the answer
    SENDING   the answer goes out piece by piece
    SWITCHED  an `Intake` has the connection: HTTP is over
    LINGER    answered for the last time: what still arrives is thrown away until the client closes, because to close
              with unread data makes TCP take the answer back (RFC 9112 section 9.6)

The head of a request stays at the start of the buffer as long as the request lives. Requests sent ahead wait behind it,
as far as there is room, and move to the front in their turn; so a client that pipelines gets its answers in order, and
one that does not read them gets no more work done. When nothing is left to do the connection takes over again.
"""

from modcore.port import const

from . import tok
from .answer import Answer
from .body import Body, check_length
from .request import PENDING, Request
from .response import HTTPError

HEAD = const(0)
BODY = const(1)
HANDLING = const(2)
SENDING = const(3)
SWITCHED = const(4)
LINGER = const(5)

_KEEP_ALIVE = const(1)
_CHUNKED = const(2)
_EXPECT_100 = const(4)

_LINGER_MAX = const(1048576)  # bytes thrown away until the connection is closed all the same


class Exchange(Answer):
    """The state of one connection's requests while they are worked on; used again for later ones.

    Args:
        connection: the `Connection` that it works for.

    Attributes:
        buf: the receive buffer.
        view: a `memoryview` of it.
        end: of what has been received to it.
        used: how much of that belongs to the request that is worked on.
        heard: when bytes last moved, seconds of `limits.now`.
        request: the `Request` that is worked on.
        intake: who gets what arrives while an answer is worked on, an `Intake`; or `None`.
        room: where the rest of a head is read to, or `None`: `get_buffer` knows.
        out: what to send now, a buffer, or `None`.
        out_len: how many bytes of it.
        closing: close when `out` has gone.
        serial: the number of the answer that is worked on.
        since: when the request began, seconds of `limits.now`.
        state: one of the states above.
    """

    def __init__(self, connection):
        self.connection = connection
        self._limits = connection.limits
        self.chunk = connection.limits.chunk
        self._chunk_len = len(self.chunk)
        self._own_view = memoryview(connection.own_buffer)
        self.serial = 0
        self._begin()

    def clear(self):
        """Forget what was worked on, and give up a buffer that had to grow."""
        self._begin()
        self._head.reset()
        self.request.begin()

    def _begin(self):
        connection = self.connection
        self.buf = connection.own_buffer
        self._head = connection.head
        self.request = connection.request
        self.view = self._own_view  # made before: to close must need no heap
        self._size = len(self.buf)
        self.room = None
        self.end = 0  # of what has been received
        self.used = 0  # of it, by the request that is worked on
        self.body = None
        self.intake = None
        self._source = None  # what the rest of the answer comes from
        self._remaining = 0  # bytes of it; -1 unknown
        self._shared_head = 0  # of a shared `out`, the part not from `_source`
        self._keep_alive = True
        self.eof = False
        self.heard = self.since = self._limits.now  # `_heard`: when bytes last moved
        self.out = None
        self.out_len = 0
        self.closing = False
        self.state = HEAD

    def take(self, count, result):
        """The connection has received a request of `count` bytes, for which its handler returned or raised `result`."""
        self.end = self.used = count
        self._keep_alive = self._limits.keep
        self.heard = self.since = self._limits.now
        if isinstance(result, Exception):
            self.fail(result)
        elif result is PENDING:
            self._resume(self.request.body)
        else:
            self._answer(result)

    def unsent(self, start, end):
        """Of an answer that the connection gave, `start` to `end` of the shared buffer has still to go."""
        self.heard = self.since = self._limits.now
        self.put(bytes(self.chunk[start:end]))

    def get_buffer(self):
        """Where to read to, a writable `memoryview`; empty: read nothing now."""
        state = self.state
        if state == HEAD:
            return self.view[self.end :]
        if state == BODY:
            return self.body.get_buffer()
        if state == LINGER:
            return self.view
        if self.eof or (self.body and self.body.rest):
            return self.view[:0]
        if self.intake is not None:
            return self.view[:0] if self.used < self.end else self.intake.get_buffer()
        return self.view[self.end :]  # also to learn that the client has gone

    def received(self, count):
        """`count` bytes, at least one, have been read to `get_buffer()`. Returns whether there is more to do than wait."""
        state = self.state
        if state != SWITCHED:
            self.heard = self._limits.now
        if state == HEAD:
            end = self.end
            if not end:
                self.since = self.heard
            self.end = end = end + count
            if self.out is None and self._head.parse(0, end) == 0 and end < self._size:
                self.room = self.view[end:]
                return False
            self.room = None
            if self.out is None:  # else `more` comes to it when the answer before has gone
                self._advance()
        elif state == BODY:
            self._body_came(count)
        elif state == LINGER:
            self._discarded += count
            if self._discarded > _LINGER_MAX:
                self.closing = True
        elif self.intake is not None:
            self.intake.buffer_updated(count)
        else:
            self.end += count
        return True

    def failed(self, exc):
        """`received` has raised `exc`."""
        if self.intake is None:
            raise exc
        self.intake.failed(exc)

    def _body_came(self, count):
        try:
            self.body.buffer_updated(count)
        except HTTPError as exc:
            self.fail(exc)
            return
        if self.body.done:
            self._resume(self.body.data)

    def eof_received(self):
        """The client has sent its last byte. What it asked for is still answered."""
        self.eof = True
        state = self.state
        if state == HEAD and self.out is not None and self.end:
            return  # requests wait behind the answer that goes out
        if self.intake is not None:
            if not self.intake.eof_received():
                self.closing = True
        elif state != HANDLING and state != SENDING:
            self.closing = True

    def more(self):
        """All of `out` went; whether there is more of it now."""
        chunk = self.chunk
        if self._remaining >= self._chunk_len and self.out is chunk:
            # Most of a big file. An error closes the connection: half of the answer is out
            count = self._source.readinto(chunk)
            if count:
                self.heard = self._limits.now
                self._shared_head = 0
                self._remaining -= count
                self.out_len = count
                return True
        self.out = None
        self.heard = self.since = self._limits.now
        if self._source is not None:
            self._next_piece()
        elif self.state == SWITCHED and self.intake is not None:
            self.intake.drained()
        if self.out is None and self.end and self.state == HEAD and not self.closing:
            self._advance()
            if self.eof and self.state == HEAD and self.out is None:
                self.closing = True  # the rest of that head will never come
        if not self.end and self.state == HEAD and self.out is None and not self.closing:
            self._rest()
        return self.out is not None

    def timed_out(self):
        """Whether a deadline has passed, or there is something to send. With `closing` set and `out` empty: close."""
        limits = self._limits
        now = limits.now
        state = self.state
        if self.out is not None and state != BODY:
            late = now - self.heard >= limits.between_bytes
        elif HANDLING <= state <= SWITCHED:
            if self.intake is not None:
                self.intake.tick()
            # How long a handler takes is its own affair
            return state == SWITCHED and (self.out is not None or self.closing)
        elif state == LINGER:
            late = now - self.since >= limits.between_bytes
        else:
            late = now - self.heard >= limits.between_bytes or now - self.since >= limits.request
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

    def is_silent(self):
        """Whether nothing of the answer that is worked on has gone."""
        return self.state <= HANDLING and self.out is None

    def busy(self):
        """Whether an answer is worked on, so that `get_buffer` may be empty."""
        return HANDLING <= self.state <= SWITCHED

    def stop(self):
        """The server stops: the answer that is in progress is the last one."""
        self._keep_alive = False
        if self.state == SWITCHED and self.intake is not None:
            self.intake.stop()

    def idle(self):
        """Whether its client has sent its last byte while a handler works: then it is most likely nobody's any more."""
        return self.state != HEAD and self.eof

    # A request comes in

    def _advance(self):
        head_end = self._head.parse(0, self.end)
        if head_end > 0:
            self._head_came(head_end)
        elif head_end:
            self._refuse(HTTPError(-head_end))
        elif self.end == self._size:
            self._grow()

    def _head_came(self, head_end):
        head = self._head
        if head_end > self._limits.head:
            self._refuse(self._long_head())
            return
        self.used = head_end
        flags = head.flags
        self._keep_alive = flags & _KEEP_ALIVE and self._limits.keep
        length = head.content_length
        request = self.request
        request.body_pending = length > 0 or flags & _CHUNKED
        request.body_max = -1
        try:
            result = self.connection.app.handle(request)
            if result is PENDING:
                result = self._await_body(length, flags)
        except Exception as exc:
            self.fail(exc)
            return
        if result is not PENDING:
            self._answer(result)

    def _grow(self):
        size = min(2 * self.end, self._limits.head)
        if size <= self.end:
            whole_line = self.buf.find(b"\n", 2) >= 0  # an empty line may stand before it
            self._refuse(self._long_head() if whole_line else HTTPError(414))
            return
        received = self.buf
        self._size = size
        self.buf = bytearray(size)
        self.view = memoryview(self.buf)
        self._head = tok.Head(self.buf, target_max=self._limits.target)
        self.request = Request(self.connection.app, self._head, self.connection)
        self.buf[: self.end] = received

    def _long_head(self):
        return HTTPError(431, "At most %d bytes of header are taken" % self._limits.head)

    def _await_body(self, length, flags):
        request = self.request
        limit = self.body_max()
        head_end = self.used
        end = head_end + max(length, 0)
        if not flags & _CHUNKED and end <= self.end and length <= limit:
            self.used = end
            return request.resume(bytes(self.view[head_end:end]))
        body = self.body = Body(-1 if flags & _CHUNKED else length, limit)
        self.state = BODY
        self.used = body.feed(self.buf, head_end, self.end)
        if body.done:
            return request.resume(body.data)
        if flags & _EXPECT_100 and head_end == self.end:
            self.put(b"HTTP/1.1 100 Continue\r\n\r\n")
        return PENDING

    def body_max(self):
        """The longest body that the request's handler takes, in bytes."""
        most = self.request.body_max
        return most if most >= 0 else self.connection.app.body_max

    def _resume(self, body):
        try:
            check_length(len(body), self.body_max())
            result = self.request.resume(body)
        except Exception as exc:
            self.fail(exc)
            return
        self._answer(result)

    # An answer has been said

    def _skip_body(self):
        # A body that nobody asked for, and that has come whole with its head, is no reason to close
        length = self._head.content_length
        if 0 <= length <= self.end - self.used and self.body is None:
            self.used += length
            return True
        return False

    def _finish(self):
        to_the_end = self._remaining < 0 and not self._chunked
        self._close_source()
        self._drop_intake()
        self.serial += 1
        self.since = self._limits.now
        request = self.request
        if to_the_end:
            self.closing = True  # nothing but that tells the client where the body ends
            return
        if not self._keep_alive and not self.eof and self._more_may_come():
            self._discarded = 0
            self.state = LINGER
            return
        if not self._keep_alive or (self.eof and self.end == self.used):
            self.closing = True
            return
        self.state = HEAD
        rest = self.body.rest if self.body else b""
        self.body = None
        left = self.end - self.used
        if left or rest:
            ahead = bytes(self.view[self.used : self.end]) + rest
            self.view[: len(ahead)] = ahead
            self.end = len(ahead)
        else:
            self.end = 0
        self._head.reset()
        request.begin()
        if not self.end and self.out is None:
            self._rest()

    def _rest(self):
        if self.buf is not self.connection.own_buffer:
            self.clear()
        self.connection.rest()

    def _more_may_come(self):
        # The client did not expect that this is the last answer, or has sent more already
        head = self._head
        return (
            self.request.body_pending
            or self.end > self.used
            or (head.version and head.flags & _KEEP_ALIVE)
        )
