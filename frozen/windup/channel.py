"""One client of the server: a socket and its connection."""

import errno
import socket

from micropython import const
from modcore.poller import poller

from .connection import Connection
from .limits import TOO_MANY

_POLLIN = const(1)  # select.POLLIN and POLLOUT, the same on every port
_POLLOUT = const(4)
_BOTH = const(5)
_OF_FILES = (errno.EIO, 84)  # littlefs: LFS_ERR_IO, LFS_ERR_CORRUPT; the others are a socket's


class Channel:
    """One socket and its connection. Both slots are used again for later clients."""

    answers_at_once = True  # an intake's `received` may return the length of an answer

    def __init__(self, server):
        self._server = server
        self.connection = Connection(server.app, server.limits, self._spawn)
        self.connection.transport = self
        self._received = self.connection.received
        self._chunk = server.limits.chunk
        self._socket = None
        self._out = None  # what answers are written to
        self._events = 0
        self._work = None
        # One bound method for the poller, instead of one made for each client
        self._callback = self._ready

    def open(self, sock, peer):
        self._socket = sock
        self._out = sock
        sock.setblocking(False)
        # An answer's last piece must not wait for the client's delayed acknowledgement
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.open(peer)
        self._events = _POLLIN
        poller.watch(sock, self._callback, _POLLIN)

    # What it raises comes back from the poller: a `try` here would put its frame on the heap
    def _ready(self, events):
        if events != _POLLIN:
            self._go_on(events)
            return
        connection = self.connection
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
            else:
                count = connection.received(count)
                if count is not True:
                    # Nothing to do but to wait; or an intake has left its answer in the buffer that was read to
                    if not count:
                        return
                    events = self._socket.write(buffer, count)
                    if events == count:
                        return
                    connection.intake.unsent(events or 0, count)
        else:
            count = self._socket.readinto(buffer)
            if not count:
                if count is not None:
                    self.close()
                return
            length = self._received(count)
            if length:
                count = self._out.write(self._chunk, length)
                if count == length:
                    return
                connection.unsent(count or 0, length)
        self._flush()

    def _go_on(self, events):
        if isinstance(events, BaseException):
            self._raised(events)
        elif events & _POLLIN:
            self._ready(_POLLIN)  # there is something to read before the error
        elif events & _POLLOUT and self.connection.buffer is None:
            self._flush()
        else:
            self.close()

    def _raised(self, exc):
        try:
            self.connection.failed(exc)
            self._flush()
        except Exception as worse:
            if isinstance(worse, MemoryError):
                self.apologize()
            self.broken(worse)

    def flush(self):
        """Send what the exchange has to say, as far as the socket takes it."""
        try:
            self._flush()
        except Exception as exc:
            self.broken(exc)

    def apologize(self):
        """There is no memory for the answer. It says so, if nothing of that has gone."""
        if self._socket is not None and self.connection.is_silent():
            try:
                self._out.write(TOO_MANY, len(TOO_MANY))
            except OSError:
                pass  # it has gone

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
        exchange = self.connection.exchange
        want = _POLLIN
        while exchange.out is not None:
            length = exchange.out_len
            count = self._out.write(exchange.out, length) if length else 0
            if count != length:
                exchange.sent(count or 0)
                # Who has taken over reads on: two that only write would wait for each other
                want = _POLLOUT if exchange.intake is None or not exchange.get_buffer() else _BOTH
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
            connection = self.connection
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
        poller.unwatch(sock)
        sock.close()
        self.connection.close()
        if self._work:
            self._work.cancel()
            self._work = None
        self._server.closed(self)

    def stop(self, first):
        """Close as soon as no answer is in progress; `first`: have it be the last one."""
        if self.connection.buffer is not None:
            self.close()
        elif first:
            self.connection.exchange.stop()
            self.flush()

    def idle_since(self):
        """Since when it is the one to close when another client waits; -1: it is not."""
        return self.connection.since if self.connection.idle() else -1

    def _spawn(self, work, serial):
        from .tasks import Work

        self._work = Work(self, self.connection.exchange, work, serial)
        self._server.plain = False  # not before: there was room for asyncio
