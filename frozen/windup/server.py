"""The transport on MicroPython: sockets driven by callbacks from the poller.

No task is switched to and nothing is copied between a socket and its `Connection`: the poller calls the channel, the
channel reads into the connection's buffer and writes what the connection has to say. A task exists only while a
handler that is a coroutine or generator works on an answer; until the first of them asyncio is not even needed.
"""

import errno
import socket
from time import ticks_diff, ticks_ms, time

from micropython import const
from modcore.poller import poller

from .limits import TOO_MANY

_POLLIN = const(1)  # select.POLLIN, the same on every port
_TICK_MS = const(1000)
_BACKLOG = const(8)


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
        self._dated = False  # whether the Date of answers is right
        self._security = None  # what a server has that speaks TLS

    def listen(self):
        """Start to listen.

        Raises:
            OSError: EADDRINUSE, or no network.
            ValueError: TLS is asked for, and something that it needs is missing.
        """
        limits = self.limits
        if limits.tls:
            self._secure()
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

    def _secure(self):
        try:
            from .tls import Security
        except ImportError:
            raise ValueError("etc/windup.json: tls_cert: this firmware has no TLS; remove it")
        self._security = Security(self)

    def serve(self):
        """Serve for ever. Where asyncio's loop runs already, `run` is for that."""
        start = ticks_ms()
        while self.plain:
            elapsed = ticks_diff(ticks_ms(), start)
            if elapsed >= _TICK_MS:
                start = ticks_ms()
                self.tick(elapsed)
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
                self.tick(elapsed)

    def tick(self, elapsed):
        """`elapsed` milliseconds have passed since the tick before."""
        self.limits.now += elapsed // _TICK_MS
        try:
            if self.app.auth is not None:
                self.app.auth.tick()
            if self._open:
                self._tell_date()
            else:
                self._dated = False  # it takes some heap each second, and nobody would see it
            for channel in list(self._open):
                channel.tick()
            self._accept_more()
        except MemoryError:
            pass  # the next turn does what this one could not
        if self._security:
            self._security.tick(elapsed)

    def _tell_date(self):
        self._dated = True
        if self.limits.date:
            from .dates import tell

            tell(self.app, time())

    async def stop(self):
        """Stop to listen, and close every connection when its client has the answer that is in progress.

        What takes longer than `limits.stop` seconds is cut off.
        """
        self._stop_listening()
        try:
            if self._open:
                from .stopping import drain

                await drain(self._open, self.limits.stop, self.tick)
        finally:
            self.close()

    def _stop_listening(self):
        self.limits.keep = False
        if self._security:
            self._security.close()
        if self._socket:
            poller.unwatch(self._socket)
            self._socket.close()
            self._socket = None
            self._accepting = self._full = False

    def close(self):
        """Stop to listen, and close every connection."""
        self._stop_listening()
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
            self._accepting = True  # not before: the heap may be full, and `tick` tries again

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
        if len(self._open) >= self.limits.connections and not self._close_idle(self._open):
            # MicroPython's poll may name a stream twice when one was registered meanwhile: only
            # the next turn of the loop tells whether somebody waits
            if self._full:
                self._accept_later()
            self._full = True
            return
        self._full = False
        if not self._dated:
            self._tell_date()
        sock, peer = self._socket.accept()
        if self.limits.per_client and self._crowded(sock, peer):
            return
        channel = self._opening = self._free.pop() if self._free else self._new_channel(sock)
        self._open.append(channel)
        channel.open(sock, peer)
        self._opening = None

    def _new_channel(self, sock):
        # What serves clients is imported with the first one
        try:
            if self._security:
                return self._security.channel()
            from .channel import Channel

            return Channel(self)
        except MemoryError:
            _say(sock, TOO_MANY)
            raise

    def _accept_failed(self, exc):
        if not isinstance(exc, Exception):
            exc = OSError(errno.EIO)  # poll has found an error
        channel, self._opening = self._opening, None
        if channel:
            channel.broken(exc)
        elif not isinstance(exc, OSError):
            raise exc
        elif exc.errno != errno.EAGAIN and not self._close_idle(self._open):
            self._accept_later()

    def _crowded(self, sock, peer):
        # Its own connections make room before others' do, and there is no backlog for one client alone
        own = [channel for channel in self._open if channel.connection.peer[0] == peer[0]]
        if len(own) < self.limits.per_client or self._close_idle(own):
            return False
        _say(sock, TOO_MANY)
        return True

    def _close_idle(self, channels):
        oldest, least = None, 0
        for channel in channels:
            since = channel.idle_since()
            if since >= 0 and (oldest is None or since < least):
                oldest, least = channel, since
        if oldest:
            oldest.close()
        return oldest is not None


def _say(sock, answer):
    # For a client that gets no channel
    try:
        sock.setblocking(False)
        sock.write(answer)
    except OSError:
        pass  # it has gone
    sock.close()
