"""One request after another that a connection does not answer at one go: bytes in, bytes out (RFC 9112).

`Connection` tells how transports drive it. An exchange is in one of these states; they decide what arriving bytes mean
and which deadline runs:

    HEAD      waits for the rest of a request head, or the answer before it has still to go
    BODY      collects the body of a request
    HANDLING  a coroutine works on the answer
    SENDING   the answer goes out piece by piece
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
LINGER = const(4)

_KEEP_ALIVE = const(1)
_CHUNKED = const(2)
_EXPECT_100 = const(4)

_LINGER_MAX = const(65536)  # bytes thrown away until the connection is closed all the same


class Exchange(Answer):
    """The state of one connection's requests while they are worked on; used again for later ones.

    Args:
        connection: the `Connection` that it works for.

    Attributes:
        room: where the rest of a head is read to, or `None`: `get_buffer` knows.
        out: what to send now, a buffer, or `None`.
        out_len: how many bytes of it.
        closing: close when `out` has gone.
        serial: the number of the answer that is worked on.
        since: when the request began, seconds of `limits.now`.
        state: one of the states above.
    """

    def __init__(self, connection):
        self._connection = connection
        self._app = connection.app
        self._limits = connection.limits
        self._chunk = connection.limits.chunk
        self._chunk_len = len(self._chunk)
        self._spawn = connection.spawn
        self._own_view = memoryview(connection.own_buffer)
        self.serial = 0
        self._begin()

    def clear(self):
        """Forget what was worked on, and give up a buffer that had to grow."""
        self._begin()
        self._head.reset()
        self._request.begin()

    def _begin(self):
        connection = self._connection
        self._buf = connection.own_buffer
        self._head = connection.head
        self._request = connection.request
        self._view = self._own_view  # made before: to close must need no heap
        self._size = len(self._buf)
        self.room = None
        self._end = 0  # of what has been received
        self._used = 0  # of it, by the request that is worked on
        self._body = None
        self._source = None  # what the rest of the answer comes from
        self._remaining = 0  # bytes of it; -1 unknown
        self._shared_head = 0  # of a shared `out`, the part not from `_source`
        self._keep_alive = True
        self._eof = False
        self._heard = self.since = self._limits.now  # `_heard`: when bytes last moved
        self.out = None
        self.out_len = 0
        self.closing = False
        self.state = HEAD

    def take(self, count, result):
        """The connection has received a request of `count` bytes, for which its handler returned or raised `result`."""
        self._end = self._used = count
        self._keep_alive = self._limits.keep
        self._heard = self.since = self._limits.now
        if isinstance(result, Exception):
            self.fail(result)
        elif result is PENDING:
            self._resume(self._request.body)
        else:
            self._answer(result)

    def unsent(self, start, end):
        """Of an answer that the connection gave, `start` to `end` of the shared buffer has still to go."""
        self._heard = self.since = self._limits.now
        self._put(bytes(self._chunk[start:end]))

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
        """`count` bytes, at least one, have been read to `get_buffer()`. Returns whether there is more to do than wait."""
        self._heard = self._limits.now
        state = self.state
        if state == HEAD:
            end = self._end
            if not end:
                self.since = self._heard
            self._end = end = end + count
            if self.out is None and self._head.parse(0, end) == 0 and end < self._size:
                self.room = self._view[end:]
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
        else:
            self._end += count
        return True

    def _body_came(self, count):
        try:
            self._body.buffer_updated(count)
        except HTTPError as exc:
            self.fail(exc)
            return
        if self._body.done:
            self._resume(self._body.data)

    def eof_received(self):
        """The client has sent its last byte. What it asked for is still answered."""
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
            # Most of a big file. An error closes the connection: half of the answer is out
            count = self._source.readinto(chunk)
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
        if not self._end and self.state == HEAD and self.out is None and not self.closing:
            self._rest()
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
        """Whether its client has sent its last byte while a handler works: then it is most likely nobody's any more."""
        return self.state != HEAD and self._eof

    # A request comes in

    def _advance(self):
        head_end = self._head.parse(0, self._end)
        if head_end > 0:
            self._head_came(head_end)
        elif head_end:
            self._refuse(HTTPError(-head_end))
        elif self._end == self._size:
            self._grow()

    def _head_came(self, head_end):
        head = self._head
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
        self._size = size
        self._buf = bytearray(size)
        self._view = memoryview(self._buf)
        self._head = tok.Head(self._buf, target_max=self._limits.target)
        self._request = Request(self._app, self._head)
        self._request.peer = peer
        self._buf[: self._end] = received

    def _long_head(self):
        return HTTPError(431, "At most %d bytes of header are taken" % self._limits.head)

    def _await_body(self, length, flags):
        request = self._request
        limit = self._body_max()
        head_end = self._used
        end = head_end + max(length, 0)
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

    def _body_max(self):
        most = self._request.body_max
        return most if most >= 0 else self._app.body_max

    def _resume(self, body):
        try:
            check_length(len(body), self._body_max())
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
        if not self._end and self.out is None:
            self._rest()

    def _rest(self):
        if self._buf is not self._connection.own_buffer:
            self.clear()
        self._connection.rest()

    def _more_may_come(self):
        # The client did not expect that this is the last answer, or has sent more already
        head = self._head
        return (
            self._request.body_pending
            or self._end > self._used
            or (head.version and head.flags & _KEEP_ALIVE)
        )
