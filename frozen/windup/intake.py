"""Taking a connection over from HTTP: what WebSockets and event streams are made of.

An `Intake` gets the bytes that arrive once it has taken the connection over, and says what goes out. The exchange keeps
watch over the socket: a client that takes nothing for `limits.between_bytes` seconds is dropped; how long one may be
silent is for the intake to say, in `tick`.

A handler takes over in one of two ways. A coroutine calls `take_over(request)` and works with the intake; when it ends
the connection closes, unless it returns the intake. A plain function returns the intake, which then lives without a task,
until one of the two sides closes.
"""

import errno

from modcore.port import const

from .response import HTTPError

# Of the states that `exchange` lists
_HANDLING = const(2)
_SWITCHED = const(4)

_AT_A_STRETCH = const(
    7
)  # writes that the socket may take at once before other tasks have their turn; 2^n - 1


class Intake:
    """Base class of what takes a connection over. The methods down to `stop` are there to be overridden.

    They run in the transport's turn: what they `post` goes out when they return, and an exception closes the connection.

    Attributes:
        exchange: the `Exchange` whose connection it has; `None` before that, and again when the client has gone.
    """

    exchange = None
    _went = None
    _feeding = False
    _stretch = 0

    def connection_made(self):
        """It has the connection. Bytes that came already follow at once."""

    def get_buffer(self):
        """Where to read to, a writable `memoryview`; empty: read nothing until `wake`.

        What it returns is used at once or not at all. Without another it is the buffer that all connections share, for
        bytes that nobody wants.
        """
        return self.exchange.chunk

    def buffer_updated(self, count):
        """`count` bytes, at least one, have been read to `get_buffer()`."""

    def failed(self, exc):
        """`buffer_updated` has raised `exc`; without more ado that closes the connection."""
        raise exc

    def eof_received(self):
        """The client has sent its last byte. Returns whether the connection stays open for what is still to say."""
        return False

    def tick(self):
        """About a second has passed; not called while something waits to go."""

    def connection_lost(self):
        """The connection has closed, whoever closed it; `exchange` is `None` already. Called once."""

    def stop(self):
        """The server stops: say goodbye. What has not closed after `limits.stop` seconds is cut off."""
        self.close()

    def take_over(self, request):
        """Have the connection that `request` came by: from now on its client reads what is written here.

        `request` stays valid as long as the client is there. What it has sent behind its request arrives before this
        returns.

        Raises:
            HTTPError: 400, some of its body has not been read.
            RuntimeError: its response has begun, or it is too early: in a plain function, return the intake.
        """
        exchange = request.exchange
        if exchange is None or exchange.state != _HANDLING:
            raise RuntimeError(
                "take_over before the response, in a coroutine; or return the intake"
            )
        if request.body_pending or request.body or exchange.body is not None:
            raise HTTPError(400, "Send no body here")
        self.exchange = exchange
        exchange.intake = self
        exchange.state = _SWITCHED
        self.connection_made()
        self._feed()
        if exchange.eof and self.exchange is not None and not self.eof_received():
            exchange.closing = True
        exchange.connection.transport.flush()

    def spare(self):
        """What the request leaves of the connection's receive buffer, a `memoryview`, to use until `connection_lost`.

        How long it is depends on the client: it may be empty. Ask for it in `connection_made`, before bytes arrive.
        """
        exchange = self.exchange
        return exchange.view[exchange.used :]

    def head(self, response):
        """Status line and fields of `response`, a `Response`, as the application's filters want them; `bytes`.

        The body that follows ends with the connection (RFC 9112 section 6.3, number 8).
        """
        exchange = self.exchange
        app = exchange.connection.app
        response = app.finish(exchange.request, response)
        response.length = -1
        return response.head(app.fields, False, 0)

    def post(self, data):
        """Have `data`, `bytes`, sent after the method that runs now. Returns `False`, and sends nothing, while something
        else waits to go; so data that is posted never gets into the middle of what `write` sends."""
        exchange = self.exchange
        if exchange is None or exchange.out is not None or exchange.closing:
            return False
        exchange.put(data)
        exchange.heard = exchange.connection.limits.now
        return True

    async def write(self, data, more=b""):
        """Send `data` and `more`, each `bytes`-like, as one piece, and wait until the socket has taken both.

        Several tasks may write: their pieces go one after another, each whole. Who is cancelled while it waits for its
        turn sends nothing; who is cancelled later sends all of it: the buffers must not change until then.

        Raises:
            OSError: ECONNRESET, the client has gone.
        """
        exchange = self.exchange
        while exchange is not None and exchange.out is not None:
            await self._turn()
            exchange = self.exchange
        if exchange is None or exchange.closing:
            raise OSError(errno.ECONNRESET)
        if not more:
            exchange.put(data)
        elif len(data) + len(more) <= len(exchange.chunk):
            exchange.join(data, more)
        else:
            exchange.put(bytes(data) + bytes(more))
        exchange.heard = (
            exchange.connection.limits.now
        )  # from now on the client has time to take it
        exchange.connection.transport.flush()
        if exchange.out is not None and self.exchange is not None:
            await self._turn()
        else:
            self._stretch = (self._stretch + 1) & _AT_A_STRETCH
            if not self._stretch:
                from asyncio import sleep

                await sleep(0)
        if self.exchange is None:
            raise OSError(errno.ECONNRESET)

    def wake(self):
        """Send what was posted, and read again after `get_buffer` was empty. Not needed in the methods above."""
        self._feed()
        if self.exchange is not None:
            self.exchange.connection.transport.flush()

    def close(self):
        """Close the connection when all has gone that was written."""
        exchange = self.exchange
        if exchange is not None:
            exchange.closing = True
            exchange.connection.transport.flush()

    # For the exchange

    def drained(self):
        """All that was written has gone."""
        went = self._went
        if went is not None:
            went.set()
            went.clear()

    def lost(self):
        """The connection has closed."""
        self.exchange = None
        self.drained()
        self.connection_lost()

    def _feed(self):
        # What came before this had the connection, or before it wanted more. `spare` may be where it wants it: bytes
        # are only ever moved towards the front there, behind those that it has taken
        exchange = self.exchange
        if self._feeding:
            return  # called from `buffer_updated`: it goes on anyway
        self._feeding = True
        while exchange is not None and exchange.used < exchange.end:
            buffer = self.get_buffer()
            count = min(len(buffer), exchange.end - exchange.used)
            if not count:
                break
            start = exchange.used
            exchange.used += count
            buffer[:count] = exchange.view[start : start + count]
            self.buffer_updated(count)
            exchange = self.exchange
        self._feeding = False

    def _turn(self):
        if self._went is None:
            from asyncio import Event

            self._went = Event()
        return self._went.wait()
