"""The transport on MicroPython: sockets driven by callbacks from asyncio's own poller.

No task is switched to and nothing is copied between a socket and its `Connection`: the poller calls the channel, the
channel reads into the connection's buffer and writes what the connection has to say. A task exists only while a
handler that is a coroutine or generator works on an answer.
"""

import asyncio
import errno
import select
import socket

from modcore import log, loop
from modcore.port import const, ticks_diff, ticks_ms

from .connection import Connection

_POLLIN = select.POLLIN
_POLLOUT = select.POLLOUT
_IPPROTO_TCP = socket.IPPROTO_TCP
_TCP_NODELAY = socket.TCP_NODELAY
_TICK_MS = const(1000)
_BACKLOG = const(8)

_log = log.get("windup")


class _Channel:
    """One socket and its connection. Both slots are used again for later clients."""

    def __init__(self, server):
        self._server = server
        self._connection = Connection(server.app, server.limits, self._spawn)
        self._received = self._connection.received
        self._chunk = server.limits.chunk
        self._socket = None
        self._events = 0
        self._task = None
        self._drained = None
        # One bound method for the poller, instead of one made for each client
        self._callback = self._ready

    def open(self, sock, peer):
        self._socket = sock
        sock.setblocking(False)
        # An answer's last piece must not wait for the client's delayed acknowledgement
        sock.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
        self._connection.open(peer)
        self._events = _POLLIN
        self._server.poller.watch(sock, self._callback, _POLLIN)

    def _ready(self, events):
        try:
            if events == _POLLIN:
                buffer = self._connection.buffer
                if buffer is None:
                    buffer = self._connection.get_buffer()
                if buffer:
                    count = self._socket.readinto(buffer)
                    if count:
                        length = self._received(count)
                        if length:
                            count = self._socket.write(self._chunk, length)
                            if count == length:
                                return
                            self._connection.unsent(count or 0, length)
                    elif count is not None:
                        self._connection.eof_received()
            elif not events & _POLLOUT:
                self.close()
                return
            self._flush()
        except Exception as exc:
            self.broken(exc)

    def flush(self):
        """Send what the connection has to say, as far as the socket takes it."""
        try:
            self._flush()
        except Exception as exc:
            self.broken(exc)

    def broken(self, exc):
        """Close because of `exc`."""
        # The other connections must not suffer: neither from a client that has gone, nor from
        # a heap that is full just now, nor from a mistake of ours
        self.close()
        if not isinstance(exc, OSError):
            _log.exception(exc, "connection closed")

    def _flush(self):
        connection = self._connection
        want = _POLLIN
        while connection.out is not None:
            length = connection.out_len
            count = self._socket.write(connection.out, length) if length else 0
            if count != length:
                connection.sent(count or 0)
                want = _POLLOUT
                break
            if not connection.more():
                break
        if connection.out is None:
            if connection.closing:
                self.close()
                return
            if self._drained:
                self._drained.set()
            if connection.busy() and not connection.get_buffer():
                want = 0
        if want != self._events:
            self._events = want
            self._server.poller.modify(self._socket, want)

    def tick(self):
        try:
            if self._connection.timed_out():
                self._flush()
        except Exception as exc:
            self.broken(exc)

    def close(self):
        sock = self._socket
        if sock is None:
            return
        self._socket = None
        self._connection.close()
        server = self._server
        server.poller.unwatch(sock)
        sock.close()
        if self._task:
            self._drop_task()
        server.closed(self)

    def _drop_task(self):
        task, self._task = self._task, None
        # None is running in a callback of the poller
        if task is not asyncio.core.cur_task:
            task.cancel()

    def idle_since(self):
        """Since when it is the one to close when another client waits; -1: it is not."""
        return self._connection.since if self._connection.idle() else -1

    def _spawn(self, work, serial):
        self._drained = asyncio.Event()
        self._task = asyncio.create_task(self._drive(work, serial))

    # A generator, not an `async def`: what `work` waits for must reach the loop as it is
    def _drive(self, work, serial):
        connection = self._connection
        thrown = None
        try:
            while connection.serial == serial:
                try:
                    piece = work.throw(thrown) if thrown else work.send(None)
                except StopIteration as stop:
                    if connection.serial == serial:
                        connection.finished(stop.value)
                    break
                thrown = None
                if piece is None:
                    try:
                        yield
                    except BaseException as exc:
                        thrown = exc  # a timeout, or the end: it is meant for `work`
                elif connection.serial == serial:
                    connection.send_piece(piece)
                    self._drained.clear()
                    self._flush()
                    if connection.serial == serial and connection.out is not None:
                        yield from self._drained.wait()
                    else:
                        yield from asyncio.sleep_ms(0)
            if connection.serial != serial:
                work.close()
            self._flush()
        except Exception as exc:
            if connection.serial == serial:
                connection.fail(exc)
                self.flush()
        except BaseException:  # cancelled: by us because the client has gone, or by the handler
            if connection.serial == serial:
                self.close()
            raise


class Server:
    """Listens on a TCP port and serves an application.

    Args:
        app: a `WindUp`.
        limits: a `Limits`.
    """

    def __init__(self, app, limits):
        self.app = app
        self.limits = limits
        self.poller = loop.install()
        self._free = []
        self._open = []
        self._socket = None
        self._accepting = False
        self._full = False

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

    async def run(self):
        """Watch the deadlines, once a second, for ever."""
        start = ticks_ms()
        while True:
            await asyncio.sleep_ms(_TICK_MS)
            elapsed = ticks_diff(ticks_ms(), start)
            if elapsed >= _TICK_MS:
                self.limits.now += elapsed // _TICK_MS
                start = ticks_ms()
            try:
                for channel in list(self._open):
                    channel.tick()
                self._accept_more()
            except MemoryError:
                pass  # the next turn does what this one could not

    def close(self):
        """Stop to listen, and close every connection."""
        if self._socket:
            self.poller.unwatch(self._socket)
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
            self._accepting = True
            self.limits.keep = True
            self.poller.watch(self._socket, self._accept, _POLLIN)

    def _accept_later(self):
        # Clients wait in the backlog. Until one of them had its turn, answers end their connection
        self._accepting = self._full = False
        self.limits.keep = False
        self.poller.unwatch(self._socket)

    def _accept(self, events):
        if len(self._open) >= self.limits.connections and not self._close_idle():
            # MicroPython's poll may name a stream twice when one was registered meanwhile: only
            # the next turn of the loop tells whether somebody waits
            if self._full:
                self._accept_later()
            self._full = True
            return
        self._full = False
        try:
            sock, peer = self._socket.accept()
        except OSError as exc:
            if exc.errno != errno.EAGAIN and not self._close_idle():
                self._accept_later()
            return
        try:
            channel = self._free.pop() if self._free else _Channel(self)
            self._open.append(channel)
        except MemoryError:
            sock.close()
            raise
        try:
            channel.open(sock, peer)
        except Exception as exc:
            channel.broken(exc)

    def _close_idle(self):
        oldest, least = None, 0
        for channel in self._open:
            since = channel.idle_since()
            if since >= 0 and (oldest is None or since < least):
                oldest, least = channel, since
        if oldest:
            oldest.close()
        return oldest is not None
