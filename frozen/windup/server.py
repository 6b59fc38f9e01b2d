"""The transport on MicroPython: sockets driven by callbacks from the poller.

No task is switched to and nothing is copied between a socket and its `Connection`: the poller calls the channel, the
channel reads into the connection's buffer and writes what the connection has to say. A task exists only while a
handler that is a coroutine or generator works on an answer; until the first of them asyncio is not even needed.
"""

import errno
import socket
from time import ticks_diff, ticks_ms

from micropython import const
from modcore.poller import poller

from .connection import Connection

_POLLIN = const(1)  # select.POLLIN and POLLOUT, the same on every port
_POLLOUT = const(4)
_TICK_MS = const(1000)
_BACKLOG = const(8)
_OF_FILES = (errno.EIO, 84)  # littlefs: LFS_ERR_IO, LFS_ERR_CORRUPT; the others are a socket's


class _Channel:
    """One socket and its connection. Both slots are used again for later clients."""

    def __init__(self, server):
        self._server = server
        self._connection = Connection(server.app, server.limits, self._spawn)
        self._received = self._connection.received
        self._chunk = server.limits.chunk
        self._socket = None
        self._events = 0
        self._work = None
        # One bound method for the poller, instead of one made for each client
        self._callback = self._ready

    def open(self, sock, peer):
        self._socket = sock
        sock.setblocking(False)
        # An answer's last piece must not wait for the client's delayed acknowledgement
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.open(peer)
        self._events = _POLLIN
        poller.watch(sock, self._callback, _POLLIN)

    # What it raises comes back from the poller: a `try` here would put its frame on the heap
    def _ready(self, events):
        if events != _POLLIN:
            self._go_on(events)
            return
        connection = self._connection
        buffer = connection.buffer
        if buffer is None:
            connection = connection.exchange
            buffer = connection.room
            if buffer is None:
                buffer = connection.get_buffer()
            count = buffer and self._socket.readinto(buffer)
            if not count:
                if buffer and count is not None:
                    connection.eof_received()
            elif not connection.received(count):
                return
        else:
            count = self._socket.readinto(buffer)
            if not count:
                if count is not None:
                    self.close()
                return
            length = self._received(count)
            if length:
                count = self._socket.write(self._chunk, length)
                if count == length:
                    return
                connection.unsent(count or 0, length)
        self._flush()

    def _go_on(self, events):
        if isinstance(events, Exception):
            self._raised(events)
        elif events & _POLLIN:
            self._ready(_POLLIN)  # there is something to read before the error
        elif events & _POLLOUT and self._connection.buffer is None:
            self._flush()
        else:
            self.close()

    def _raised(self, exc):
        try:
            self._connection.failed(exc)
            self._flush()
        except Exception as worse:
            self.broken(worse)

    def flush(self):
        """Send what the exchange has to say, as far as the socket takes it."""
        try:
            self._flush()
        except Exception as exc:
            self.broken(exc)

    def broken(self, exc):
        """Close because of `exc`."""
        # The other connections must not suffer: neither from a client that has gone, nor from
        # a heap that is full just now, nor from a mistake of ours
        self.close()
        if not isinstance(exc, OSError) or exc.errno in _OF_FILES:
            from modcore.log import get

            get("windup").exception(exc, "connection closed")

    def _flush(self):
        if self._socket is None:
            return
        exchange = self._connection.exchange
        want = _POLLIN
        while exchange.out is not None:
            length = exchange.out_len
            count = self._socket.write(exchange.out, length) if length else 0
            if count != length:
                exchange.sent(count or 0)
                want = _POLLOUT
                break
            if not exchange.more():
                break
        if exchange.out is None:
            if exchange.closing:
                self.close()
                return
            if self._work:
                self._work.drained()
            if exchange.busy() and not exchange.get_buffer():
                want = 0
        if want != self._events:
            self._events = want
            poller.modify(self._socket, want)

    def tick(self):
        try:
            connection = self._connection
            if connection.timed_out():
                if connection.buffer is None:
                    self._flush()
                else:
                    self.close()
        except Exception as exc:
            self.broken(exc)

    def close(self):
        sock = self._socket
        if sock is None:
            return
        self._socket = None
        self._connection.close()
        poller.unwatch(sock)
        sock.close()
        if self._work:
            self._work.cancel()
            self._work = None
        self._server.closed(self)

    def idle_since(self):
        """Since when it is the one to close when another client waits; -1: it is not."""
        return self._connection.since if self._connection.idle() else -1

    def _spawn(self, work, serial):
        from .tasks import Work

        self._work = Work(self, self._connection.exchange, work, serial)
        self._server.plain = False  # not before: there was room for asyncio


class Server:
    """Listens on a TCP port and serves an application.

    Args:
        app: a `WindUp`.
        limits: a `Limits`.
    """

    def __init__(self, app, limits):
        self.app = app
        self.limits = limits
        self.plain = True  # no handler has needed asyncio yet
        self._free = []
        self._open = []
        self._socket = None
        self._accepting = False
        self._full = False
        self._opening = None  # the channel that a client has just got

    def listen(self):
        """Start to listen. OSError: EADDRINUSE, or no network."""
        limits = self.limits
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(socket.getaddrinfo(limits.host, limits.port)[0][-1])
            sock.listen(_BACKLOG)
        except OSError:
            sock.close()
            raise
        sock.setblocking(False)
        self._socket = sock
        self._accept_more()

    def serve(self):
        """Serve for ever. Where asyncio's loop runs already, `run` is for that."""
        start = ticks_ms()
        while self.plain:
            elapsed = ticks_diff(ticks_ms(), start)
            if elapsed >= _TICK_MS:
                start = ticks_ms()
                self._tick(elapsed)
                elapsed = 0
            poller.wait(_TICK_MS - elapsed)
        import asyncio

        asyncio.run(self.run())

    async def run(self):
        """Watch the deadlines, once a second, for ever."""
        from asyncio import sleep_ms

        from modcore import loop

        loop.install()
        start = ticks_ms()
        while True:
            await sleep_ms(_TICK_MS)
            elapsed = ticks_diff(ticks_ms(), start)
            if elapsed >= _TICK_MS:
                start = ticks_ms()
                self._tick(elapsed)

    def _tick(self, elapsed):
        self.limits.now += elapsed // _TICK_MS
        try:
            for channel in list(self._open):
                channel.tick()
            self._accept_more()
        except MemoryError:
            pass  # the next turn does what this one could not

    def close(self):
        """Stop to listen, and close every connection."""
        if self._socket:
            poller.unwatch(self._socket)
            self._socket.close()
            self._socket = None
            self._accepting = self._full = False
        for channel in list(self._open):
            channel.close()

    def closed(self, channel):
        """`channel` has closed: it can serve the next client."""
        self._open.remove(channel)
        self._free.append(channel)
        if not self._accepting:
            self._accept_more()

    def _accept_more(self):
        if self._socket and not self._accepting:
            self.limits.keep = True
            poller.watch(self._socket, self._accept, _POLLIN)
            self._accepting = True  # not before: the heap may be full, and `_tick` tries again

    def _accept_later(self):
        # Clients wait in the backlog. Until one of them had its turn, answers end their connection
        self._accepting = self._full = False
        self.limits.keep = False
        poller.unwatch(self._socket)

    # Like a channel's, these functions keep their frames off the heap
    def _accept(self, events):
        if events != _POLLIN:
            self._accept_failed(events)
            return
        if len(self._open) >= self.limits.connections and not self._close_idle():
            # MicroPython's poll may name a stream twice when one was registered meanwhile: only
            # the next turn of the loop tells whether somebody waits
            if self._full:
                self._accept_later()
            self._full = True
            return
        self._full = False
        sock, peer = self._socket.accept()
        channel = self._opening = self._free.pop() if self._free else self._new_channel(sock)
        self._open.append(channel)
        channel.open(sock, peer)
        self._opening = None

    def _new_channel(self, sock):
        try:
            return _Channel(self)
        except MemoryError:
            sock.close()
            raise

    def _accept_failed(self, exc):
        if not isinstance(exc, Exception):
            exc = OSError(errno.EIO)  # poll has found an error
        channel, self._opening = self._opening, None
        if channel:
            channel.broken(exc)
        elif not isinstance(exc, OSError):
            raise exc
        elif exc.errno != errno.EAGAIN and not self._close_idle():
            self._accept_later()

    def _close_idle(self):
        oldest, least = None, 0
        for channel in self._open:
            since = channel.idle_since()
            if since >= 0 and (oldest is None or since < least):
                oldest, least = channel, since
        if oldest:
            oldest.close()
        return oldest is not None
