"""Applications behind somebody else's server on CPython: what `wsgi` and `asgi` have in common.

The request is put into the form that a client sends, and goes through the same `Protocol` and connection as on a device:
the same handlers, limits, errors and streams. Both ways hold back who is faster than the other side.
"""

import asyncio
import time

from modcore.log import get

from .aio import Protocol
from .client_response import ClientResponse
from .limits import Limits

_log = get("windup")

# Between the server and its client (RFC 9110 section 7.6.1), or said anew here
_HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"content-length",
        b"expect",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
_HIGH_WATER = 65536  # bytes of a response that may wait
_PATH = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/"
# How many requests are worked on at once is the affair of the server in front
_LIMITS = {"connections": 1 << 30, "buffer": 4096, "head": 8191, "target": 4096, "chunk": 16384}


class Gateway:
    """One application on one event loop.

    Args:
        app: a `WindUp`.
        settings: limits by their names in `windup.limits.schema`; those of sockets mean nothing here.
    """

    def __init__(self, app, settings):
        self.app = app
        self.limits = Limits({**_LIMITS, **settings})
        self.protocols = set()
        self._loop = self._clock = None

    def start(self):
        """Have the deadlines watched, on the running loop."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._clock = loop.create_task(self._tick())

    async def stop(self):
        """Drop what is still worked on."""
        if self._clock:
            self._clock.cancel()
            self._loop = self._clock = None
        for protocol in list(self.protocols):
            await protocol.close()

    def link(self, peer, secure):
        """A new connection, with `send`, `take`, `reads` and `close`. The arguments are those of `answer`."""
        self.start()
        return _Link(self, peer, secure)

    async def _tick(self):
        origin = time.monotonic() - self.limits.now
        while True:
            await asyncio.sleep(1)
            self.limits.now = int(time.monotonic() - origin)
            for protocol in list(self.protocols):
                protocol.tick()

    async def answer(self, method, target, fields, peer, secure, length, read):
        """Yields the response's `(status, reason, fields)`, and then its content, piece by piece.

        Args:
            method, target: `bytes`; the target is the path, encoded, with the query.
            fields: pairs of `bytes`.
            peer: the client's address, `(host, port)`.
            secure: whether the client speaks TLS with the server in front.
            length: of the body; 0: there is none, -1: not known.
            read: a coroutine function that returns the next bytes of the body, `b""` at its end, and `None` when the
                client has gone, which it is asked for until the answer is whole.

        Raises:
            OSError: the response cannot be finished; break the connection.
        """
        link = self.link(peer, secure)
        pump = None
        try:
            link.send(head_of(method, target, fields, length))
            if not link.waits:  # nothing was said against it
                pump = asyncio.ensure_future(link.pump(length, read))
            response = ClientResponse(str(method, "latin-1"), target)
            told = False
            while not response.done:
                data = await link.take()
                if data:
                    response.feed(data)
                else:
                    response.ended()
                if response.started and not told:
                    told = True
                    yield response.status, response.reason, fields_of(response)
                content = response.take()
                if content:
                    yield content
        finally:
            link.close()
            if pump:
                pump.cancel()
                await asyncio.wait([pump])
                if not pump.cancelled() and pump.exception():
                    _log.exception(pump.exception(), "%s: its body failed", target)


class _Link(asyncio.Transport):
    # What `Protocol` has for a socket
    def __init__(self, gateway, peer, secure):
        super().__init__({"peername": peer, "sslcontext": secure})
        self._closed = False
        self._loop = asyncio.get_running_loop()  # what is collected late closes outside of it
        self._came = bytearray()
        self._news = asyncio.Event()
        self._reads = asyncio.Event()
        self._reads.set()
        self._protocol = Protocol(gateway.app, gateway.limits, gateway.protocols)
        self._protocol.connection_made(self)

    @property
    def waits(self):
        return bool(self._came)

    # Of the client

    def send(self, data):
        if not self._closed:
            self._protocol.data_received(data)

    async def pump(self, length, read):
        """Hand the body over, as fast as it is taken, and then wait for the client to go."""
        piece = b""
        try:
            while length and not self._closed:
                piece = await read()
                if piece is None:
                    break
                if length < 0:
                    self.send(b"%x\r\n%s\r\n" % (len(piece), piece))
                elif len(piece) > length:
                    raise ValueError("a body is longer than its Content-Length")
                else:
                    self.send(piece)
                    length -= len(piece)
                if not piece:
                    break
                await self._reads.wait()
            while piece is not None:
                piece = await read()
        finally:
            self.close()

    async def take(self):
        while not self._came and not self._closed:
            self._news.clear()
            await self._news.wait()
        data, self._came = bytes(self._came), bytearray()
        if len(data) >= _HIGH_WATER and not self._closed:
            self._protocol.resume_writing()
        return data

    async def reads(self):
        """Wait until what was sent is taken."""
        await self._reads.wait()

    # Of the protocol

    def write(self, data):
        self._came += data
        if len(self._came) >= _HIGH_WATER:
            self._protocol.pause_writing()
        self._news.set()

    def is_closing(self):
        return self._closed

    def close(self):
        if not self._closed:
            self._closed = True
            self._news.set()
            self._reads.set()
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def pause_reading(self):
        self._reads.clear()

    def resume_reading(self):
        self._reads.set()


def target_of(path, query):
    """The request target for `path`, decoded `bytes`, and `query`, encoded `bytes`."""
    target = b"".join(
        [bytes((byte,)) if byte in _PATH else b"%%%02X" % byte for byte in path or b"/"]
    )
    return target + b"?" + query if query else target


def head_of(method, target, fields, length):
    """The head of a request, as a client sends it, `bytes`; the arguments are those of `Gateway.answer`."""
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    if not any(name.lower() == b"host" for name, _ in fields):
        lines.append(b"Host: ")  # HTTP/1.0 has none
    lines += [b"%s: %s" % pair for pair in fields if pair[0].lower() not in _HOP_BY_HOP]
    if length < 0:
        lines.append(b"Transfer-Encoding: chunked")
    elif length or method in (b"POST", b"PUT", b"PATCH"):
        lines.append(b"Content-Length: %d" % length)
    for line in lines:
        # A server in front that lets such a thing pass must not let it begin a field here
        if b"\r" in line or b"\n" in line or b"\0" in line:
            raise ValueError("control character in %r" % line)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def fields_of(response):
    """The header fields of a `ClientResponse` for who stands in front: pairs of `bytes`."""
    kept = ("connection", "keep-alive", "transfer-encoding")
    return [
        (name.encode("latin-1"), value.encode())
        for name, value in response.fields
        if name not in kept
    ]
