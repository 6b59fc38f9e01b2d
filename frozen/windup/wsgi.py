"""WSGI (PEP 3333) on CPython: `application(app)` runs under gunicorn, uWSGI and the like.

    # in garden.py; then: gunicorn garden:application
    application = windup.wsgi.application(app)

Handlers run one after the other, on one event loop in a thread of its own, as on a device; that the server works with
threads makes no difference to them. A WebSocket needs another server.
"""

import asyncio
import threading

from .gateway import Gateway, target_of

_PIECE = 16384  # bytes of a body that are read at once
_DRAIN = 1 << 20  # bytes of one that are read and thrown away


def application(app, **settings):
    """The WSGI application for `app`.

    Args:
        app: a `WindUp`.
        settings: limits by their names in `windup.limits.schema`, `body=100000` for example; host, port and what else
            concerns sockets is the server's affair.
    """
    worker = _Worker(Gateway(app, settings))

    def run(environ, start_response):
        pieces = _Pieces(worker, environ)
        status, reason, fields = pieces.head
        start_response(
            "%d %s" % (status, reason), [(_native(name), _native(value)) for name, value in fields]
        )
        return pieces

    return run


class _Worker:
    # The event loop, in a thread that begins with the first request: the server may fork before
    def __init__(self, gateway):
        self.gateway = gateway
        self._lock = threading.Lock()
        self._loop = None

    def run(self, work):
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="windup", daemon=True).start()
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _Pieces:
    # The response's content; it is made as fast as the server asks for it
    def __init__(self, worker, environ):
        self._worker = worker
        self._environ = environ
        self._answer = None
        self._asked = False  # for the body
        try:
            self.head = worker.run(self._begin())
        except BaseException:
            self.close()
            raise

    async def _begin(self):
        environ = self._environ
        length = environ.get("CONTENT_LENGTH") or "0"
        if environ.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" in environ:
            length = "-1"
        self._left = int(length)
        self._answer = self._worker.gateway.answer(
            environ["REQUEST_METHOD"].encode("latin-1"),
            target_of(
                _bytes(environ.get("PATH_INFO", "")), _bytes(environ.get("QUERY_STRING", ""))
            ),
            list(_fields(environ)),
            (environ.get("REMOTE_ADDR", ""), int(environ.get("REMOTE_PORT") or 0)),
            environ.get("wsgi.url_scheme") == "https",
            self._left,
            self._read,
        )
        return await self._answer.__anext__()

    async def _read(self):
        if self._left == 0:
            await asyncio.Event().wait()  # WSGI does not tell when the client goes
        self._asked = True
        size = _PIECE if self._left < 0 else min(self._left, _PIECE)
        # In another thread: it waits for the client
        loop = asyncio.get_running_loop()
        piece = await loop.run_in_executor(None, self._environ["wsgi.input"].read, size)
        if self._left > 0:
            self._left -= len(piece)
            return piece or None  # the client has gone in the middle
        if not piece:
            self._left = 0
        return piece

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return self._worker.run(self._answer.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None

    def close(self):
        """The server has what it wants, or its client has gone."""
        if self._answer is not None:
            self._worker.run(self._answer.aclose())
            self._answer = None
            self._drain()

    def _drain(self):
        # A body that nobody wanted: servers that close with it unread take the answer back (RFC 9112 section 9.6)
        if self._asked or not self._left:
            return
        source = self._environ["wsgi.input"]
        left = _DRAIN if self._left < 0 else min(self._left, _DRAIN)
        while left > 0:
            piece = source.read(min(left, _PIECE))
            if not piece:
                return
            left -= len(piece)


def _fields(environ):
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key[5:].replace("_", "-").lower().encode("latin-1"), _bytes(value)
    if environ.get("CONTENT_TYPE"):
        yield b"content-type", _bytes(environ["CONTENT_TYPE"])


def _bytes(text):
    return text.encode("latin-1")


def _native(data):
    return str(data, "latin-1")
