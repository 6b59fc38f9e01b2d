"""What the test client has in place of a network: the server's own transport, without its sockets."""

import asyncio

from modcore.port import MICROPYTHON

_POLLIN = 1
_POLLOUT = 4
_IOCTL_POLL = 3  # MicroPython's MP_STREAM_POLL


class _Link:
    # One connection, seen from the client
    def __init__(self):
        self.came = b""  # what the server has said
        self.ended = False  # the server has closed
        self.response = None  # that has not come whole
        self._news = asyncio.Event()

    async def wait(self):
        await self._news.wait()
        self._news.clear()

    def _heard(self, data):
        self.came += data
        self._news.set()

    def _ended(self):
        self.ended = True
        self._news.set()


if MICROPYTHON:
    import io

    from modcore import loop

    from .channel import Channel

    class _Socket(io.IOBase):
        # A stream that is ready whenever one of its sides has something to do
        def __init__(self, link):
            self.link = link
            self.sent = b""  # by the client, to be read

        def ioctl(self, request, wanted):
            if request != _IOCTL_POLL:
                return 0
            return wanted & (_POLLOUT | (_POLLIN if self.sent else 0))

        def readinto(self, buf):
            count = min(len(buf), len(self.sent))
            if not count:
                return None
            buf[:count] = self.sent[:count]
            self.sent = self.sent[count:]
            return count

        def write(self, data, length=-1):
            data = bytes(data) if length < 0 else bytes(data[:length])
            self.link._heard(data)
            return len(data)

        def setblocking(self, on):
            pass

        def setsockopt(self, level, option, value):
            pass

        def close(self):
            self.link._ended()

    class Link(_Link):
        """One connection to `app`, from `peer`, over TLS if `secure`; it is the server that the channel wants, too."""

        def __init__(self, app, limits, peer, secure):
            loop.install()
            super().__init__()
            self.app = app
            self.limits = limits
            self.plain = True
            self._channel = Channel(self)
            self._channel.connection.secure = secure
            self._socket = _Socket(self)
            self._channel.open(self._socket, peer)

        def send(self, data):
            """The client says `data`."""
            self._socket.sent += data

        def close(self):
            """The client goes away."""
            self._channel.close()

        # Of a server

        def closed(self, channel):
            pass

    def run(client, work):
        """Run coroutine `work` to its end; what it returns."""
        return asyncio.run(work)

else:
    from .aio import Protocol

    class _Transport(asyncio.Transport):
        def __init__(self, link, peer, secure):
            super().__init__({"peername": peer, "sslcontext": secure})
            self.link = link

        def write(self, data):
            self.link._heard(bytes(data))

        def is_closing(self):
            return self.link.ended

        def close(self):
            if not self.link.ended:
                self.link._ended()
                asyncio.get_running_loop().call_soon(self.link.protocol.connection_lost, None)

        abort = close

        def pause_reading(self):
            pass

        resume_reading = pause_reading

    class Link(_Link):
        """One connection to `app`, from `peer`, over TLS if `secure`."""

        def __init__(self, app, limits, peer, secure):
            super().__init__()
            self.protocol = Protocol(app, limits, set())
            self._transport = _Transport(self, peer, secure)
            self.protocol.connection_made(self._transport)

        def send(self, data):
            """The client says `data`."""
            self.protocol.data_received(data)

        def close(self):
            """The client goes away."""
            self._transport.close()

    def run(client, work):
        """Run coroutine `work` to its end on `client`'s own loop; what it returns."""
        if client.loop is None:
            client.loop = asyncio.new_event_loop()
        return client.loop.run_until_complete(work)
