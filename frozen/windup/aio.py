"""The transport on CPython: the same connection under `asyncio.Protocol`."""

import asyncio
import inspect
import time

from modcore.log import get

from . import dates
from .connection import Connection
from .limits import TOO_MANY
from .stopping import drain

_log = get("windup")


class Protocol(asyncio.Protocol):
    """One client of `Server`.

    Args:
        app: a `WindUp`.
        limits: a `Limits`.
        open_protocols: the set that it is in while it is connected.
    """

    def __init__(self, app, limits, open_protocols):
        self._connection = Connection(app, limits, self._spawn)
        self._connection.transport = self
        self._flushing = False
        self._eof = False
        self._most = limits.connections
        self._per_client = limits.per_client
        self._open = open_protocols
        self._transport = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._waiting = bytearray()
        self._task = None

    def connection_made(self, transport):
        self._transport = transport
        self._connection.secure = bool(transport.get_extra_info("sslcontext"))
        self.peer = transport.get_extra_info("peername")
        if self._per_client:
            own = [protocol for protocol in self._open if protocol.peer[0] == self.peer[0]]
            if len(own) >= self._per_client and not self._make_room(own):
                transport.write(TOO_MANY)
                transport.close()
                return
        if len(self._open) >= self._most and not self._make_room(self._open):
            transport.abort()
            return
        self._open.add(self)
        self._connection.open(self.peer)

    def connection_lost(self, exc):
        self._open.discard(self)
        self._connection.close()
        if self._task:
            self._task.cancel()

    def _make_room(self, protocols):
        idle = [protocol for protocol in protocols if protocol._connection.idle()]
        if idle:
            oldest = min(idle, key=lambda protocol: protocol._connection.since)
            self._open.discard(oldest)
            oldest._transport.abort()
        return bool(idle)

    def data_received(self, data):
        self._waiting += data
        self.flush()

    def eof_received(self):
        if self._connection.buffer is not None and not self._waiting:
            return False
        self._eof = True
        self.flush()
        return True  # the answer is still owed

    def pause_writing(self):
        self._writable.clear()

    def resume_writing(self):
        self._writable.set()
        self.flush()

    def flush(self):
        """Hand over what has been received, as far as the connection takes it, and send what it says."""
        if self._flushing:
            return  # called from within: it goes on anyway
        self._flushing = True
        try:
            self._flush()
        except Exception as exc:
            _log.exception(exc, "connection closed")
            self._transport.abort()
        finally:
            self._flushing = False

    def _flush(self):
        connection = self._connection
        while True:
            buffer = connection.buffer
            exchange = connection.exchange
            if buffer is None:
                while exchange.out is not None and self._writable.is_set():
                    if self._transport.is_closing():
                        return
                    if exchange.out_len:
                        self._transport.write(bytes(exchange.out[: exchange.out_len]))
                    exchange.more()
                if exchange.out is not None:
                    exchange.sent(0)
                elif exchange.closing:
                    self._transport.close()
                    return
                buffer = connection.buffer
                if buffer is None:
                    buffer = exchange.get_buffer()
            count = min(len(buffer), len(self._waiting))
            if not count:
                if self._waiting or not self._eof:
                    break
                self._eof = False  # the end comes behind what has waited
                if connection.buffer is not None:
                    self._transport.close()
                    return
                exchange.eof_received()
                continue
            buffer[:count] = self._waiting[:count]
            del self._waiting[:count]
            if connection.buffer is None:
                exchange.received(count)
            else:
                try:
                    length = connection.received(count)
                except Exception as exc:
                    length = 0
                    connection.failed(exc)
                if length:
                    connection.unsent(0, length)
        # TCP holds a client back that sends more than is worked on
        if self._waiting:
            self._transport.pause_reading()
        elif not self._transport.is_closing():
            self._transport.resume_reading()

    def tick(self):
        connection = self._connection
        if connection.timed_out():
            exchange = connection.exchange
            if connection.buffer is not None or (exchange.closing and exchange.out is None):
                self._transport.abort()  # what the client did not take is not waited for
            else:
                self.flush()

    def stop(self, first):
        """Close as soon as no answer is in progress; `first`: have it be the last one."""
        if self._connection.buffer is not None:
            self._transport.close()
        elif first:
            self._connection.exchange.stop()
            self.flush()

    async def close(self):
        """Drop the client, and wait for the end of what worked for it."""
        task = self._task
        self._transport.abort()
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _spawn(self, work, serial):
        self._task = asyncio.ensure_future(self._drive(work, serial))

    async def _drive(self, work, serial):
        exchange = self._connection.exchange
        result = None
        try:
            if inspect.isawaitable(work):
                result = await work
            else:
                result = await self._send_pieces(work, serial)
            if exchange.serial == serial:
                exchange.finished(result)
        except Exception as exc:
            if exchange.serial == serial:
                exchange.fail(exc)
        self.flush()

    async def _send_pieces(self, work, serial):
        exchange = self._connection.exchange
        try:
            while exchange.serial == serial:
                try:
                    piece = work.send(None)
                except StopIteration as stop:
                    return stop.value
                if piece is not None and exchange.serial == serial:
                    exchange.send_piece(piece)
                    self.flush()
                await asyncio.sleep(0)
                await self._writable.wait()
        finally:
            work.close()  # its own `finally` does not wait until nobody holds it


class Server:
    """Serves an application on asyncio's running loop: `async with Server(app, limits): …`.

    Args:
        app: a `WindUp`.
        limits: a `Limits`; it states host and port.
    """

    def __init__(self, app, limits):
        self._app = app
        self._limits = limits
        self._protocols = set()
        self._redirect = None

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        settings = self._limits.tls
        context = self._secure(settings) if settings else None
        self._server = await loop.create_server(
            lambda: Protocol(self._app, self._limits, self._protocols),
            self._limits.host,
            self._limits.port,
            ssl=context,
        )
        self._limits.keep = True
        self._tell_date()
        if settings and "tls_redirect_port" in settings:
            await self._lead_here(settings["tls_redirect_port"])
        self._clock = asyncio.ensure_future(self._tick())
        return self

    def _secure(self, settings):
        # Files are where they are said to be, there is no etc/ here
        import ssl

        from .https import insist

        if "tls_cert" not in settings or "tls_key" not in settings:
            raise ValueError("TLS needs both tls_cert and tls_key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["tls_cert"], settings["tls_key"])
        insist(self._app, settings.get("tls_hsts"))
        return context

    async def _lead_here(self, port):
        from .https import redirecting

        server = Server(*redirecting(self._limits, port))
        try:
            self._redirect = await server.__aenter__()
        except OSError:
            self._server.close()
            raise

    async def __aexit__(self, *exc_info):
        if self._redirect:
            await self._redirect.__aexit__()
        self._server.close()
        self._limits.keep = False
        await drain(self._protocols, self._limits.stop, lambda elapsed: None)
        self._clock.cancel()
        await asyncio.gather(*[protocol.close() for protocol in self._protocols])
        await self._server.wait_closed()

    async def _tick(self):
        origin = time.monotonic()
        while True:
            await asyncio.sleep(1)
            self._limits.now = int(time.monotonic() - origin)
            self._tell_date()
            for protocol in list(self._protocols):
                protocol.tick()

    def _tell_date(self):
        if self._limits.date:
            dates.tell(self._app, time.time())


def serve(app, limits):
    """Serve `app` until Ctrl-C: what `WindUp.run` does here."""

    async def for_ever():
        async with Server(app, limits):
            await asyncio.Event().wait()

    asyncio.run(for_ever())
