"""One HTTP/1.1 connection without its socket: bytes in, bytes out (RFC 9112).

Theory of operation. A transport owns the socket and one `Connection`. While `buffer` is not `None` the connection rests:
the transport reads into that buffer and tells how much with `received(count)`. What clients send most of the time, a
request that arrives whole on a connection that is kept, is answered there when its handler returns a page or JSON; then
`received` returns how many bytes of `limits.chunk` are the answer. What of it does not go at once is kept with `unsent`.
When the stream ends while the connection rests, the transport closes.

All other requests, and all other answers, go the long way, which does the same step by step: `buffer` is `None` then,
and the transport turns to `exchange`:

- Readable: it reads into `get_buffer()` and tells how much with `received(count)`; at the end of the stream it calls
  `eof_received()`.
- Then, before another connection's turn, and when writable: while `out` is not `None` it sends the first `out_len` bytes
  of that; when all of it went it asks `more()` for the next piece, else it tells how much with `sent(count)` and waits.
  With nothing left and `closing` set, it closes.

About once a second it asks `timed_out()` of the connection, after which the exchange may have a last answer to send.
"""

from json import dumps

from . import tok
from .request import Request

_compose = tok.compose


class Connection:
    """One connection's protocol state, used again for the next client: see `open`.

    Args:
        app: a `WindUp`.
        limits: the server's `Limits`.
        spawn: `spawn(work, serial)` is called for a coroutine or generator that works on an answer. Whoever drives it
            hands the pieces it yields to the exchange's `send_piece`, what it returns to `finished`, its exception to
            `fail`, and drops it when `serial` has changed.

    Attributes:
        transport: whose connection it is; `transport.flush()` sends what the exchange has to say, and reads on.
        buffer: where to read to while the connection rests, else `None`.
        peer: the client's address, `(host, port)`.
        secure: whether the client speaks TLS.
        used: what the next request must not find: 0 nothing, 1 `who`, more: something in `request` besides.
        who: what `windup.auth` has found out about who sent the request.
        exchange: what works on requests that take longer; `None` before the first one.
        since: when the connection began to rest, seconds of `limits.now`.
    """

    transport = None
    who = None

    def __init__(self, app, limits, spawn):
        self.app = app
        self.limits = limits
        self.spawn = spawn
        self.exchange = None
        self._chunk = limits.chunk
        self.buffer = self.own_buffer = bytearray(limits.buffer)
        self.head = tok.Head(self.buffer, target_max=limits.target)
        self.request = Request(app, self.head, self)
        self.secure = False
        self.used = 0
        self.open(None)

    def open(self, peer):
        """Begin with a new client at `peer`, `(host, port)`."""
        self.peer = peer
        self.since = self.limits.now
        self._served = False

    # Functions of this path keep to eleven words of variables and stack, exceptions included: a larger frame would be
    # allocated from the heap, which takes the longer the more lives there. So what a handler raises is caught outside.

    def received(self, count):
        """`count` bytes, at least one, have been read to `buffer`. Returns the length of the answer, or 0.

        Whatever it raises is for `failed`.
        """
        head = self.head
        head_end = head.parse(0, count)
        if head_end + head.rest != count:
            self._exchange().received(count)
            return 0
        if head_end != count:
            self._take_body(head_end, count)
        result = self.app.handle(self.request)
        if self.app.prefix and self.limits.keep:
            length = _compose(self._chunk, self.app.prefix, b"\r\n\r\n", result)
            if not length and type(result) is dict:
                length = self._compose_json(result)
            if length:
                if self.used:
                    if self.used > 1:
                        if self.request._values and "fields" in self.request._values:
                            self._exchange().take(count, result)
                            return 0
                        self.request.begin()
                    else:
                        self.who = None
                        self.used = 0
                head.reset()
                self.since = self.limits.now
                self._served = True
                return length
        self._exchange().take(count, result)
        return 0

    def _take_body(self, start, end):
        self.used = 2
        self.request.body = bytes(memoryview(self.buffer)[start:end])

    def _compose_json(self, result):
        return _compose(self._chunk, self.app.json_prefix, b"\r\n\r\n", dumps(result))

    def failed(self, exc):
        """The handler that `received` called raised `exc`. Whatever else raised it: this raises it again."""
        head = self.head
        if self.buffer is None and self.exchange is not None:
            self.exchange.failed(exc)
            return
        if self.buffer is None or head.rest < 0:
            raise exc
        self._exchange().take(head.parse(0, len(self.own_buffer)) + head.rest, exc)

    def unsent(self, sent, length):
        """Of the answer that `received` returned only `sent` bytes of `length` went."""
        self._exchange().unsent(sent, length)

    def _exchange(self):
        self.buffer = None
        if self.exchange is None:
            from .exchange import Exchange

            self.exchange = Exchange(self)
        else:
            self.exchange.since = self.limits.now
        return self.exchange

    def rest(self):
        """The exchange has nothing left to do."""
        self.buffer = self.own_buffer
        self.since = self.limits.now
        self._served = True

    def timed_out(self):
        """Whether a deadline has passed: close, after what the exchange may have to send."""
        if self.buffer is None:
            return self.exchange.timed_out()
        limits = self.limits
        most = limits.keep_alive if self._served else limits.first_byte
        return limits.now - self.since >= most

    def close(self):
        """The client has gone, or has to."""
        if self.buffer is None:
            if self.exchange is None:  # there was no memory for it
                self.head.reset()
                self.request.begin()
            else:
                self.exchange.abort()
                self.exchange.clear()
            self.buffer = self.own_buffer

    def is_silent(self):
        """Whether nothing of the answer to the request that came last has gone."""
        return self.buffer is not None or self.exchange is None or self.exchange.is_silent()

    def idle(self):
        """Whether it is the one to close when another client waits.

        Nobody loses anything by a connection that has rested for a whole second; before, a request may be on its way.
        """
        if self.buffer is None:
            return self.exchange.idle()
        return self.limits.now - self.since > 1
