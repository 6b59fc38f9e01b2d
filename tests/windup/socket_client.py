"""What the tests of `windup.websocket` share: a client without a socket, and handlers."""

import asyncio

from masked import CLOSE, frames
from windup import WindUp
from windup.websocket import websocket
from wire import Wire, get

HANDSHAKE = get(
    "/ws",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)


class Client:
    """One WebSocket to `handler`; it is used within a running loop.

    Attributes:
        notes: for the handler to leave something in.
    """

    def __init__(self, handler, ahead=b"", step=65536, limits=None, **options):
        self.app = WindUp()
        websocket(self.app, "/ws", **options)(handler)
        self.wire = Wire(self.app, step, **(limits or {}))
        self.data = self.wire.send(HANDSHAKE + ahead)
        self.data += self.wire.drive()
        at = self.data.find(b"\r\n\r\n")
        self.head, self.data = self.data[:at], self.data[at + 4 :]
        assert self.head.startswith(b"HTTP/1.1 101 "), self.head

    async def come(self):
        """Let handlers go on; the frames that have come since the last call."""
        for _ in range(6):
            await asyncio.sleep(0)
            self.data += self.wire.take()
        data, self.data = self.data, b""
        return frames(data)

    async def say(self, *parts):
        """Send `parts`, each by itself; the frames that come back."""
        for part in parts:
            self.data += self.wire.send(part)
        return await self.come()

    async def wait(self, seconds):
        """Let time pass; the frames that come."""
        for _ in range(seconds):
            self.data += self.wire.wait(1)
        return await self.come()

    @property
    def closed(self):
        return self.wire.closing

    def gone(self):
        """The transport has lost the client."""
        self.wire.connection.close()


def running(test):
    """`test`, a coroutine function, as a function that runs it."""

    def run():
        asyncio.run(test())

    return run


async def echo(request, ws):
    while True:
        message = await ws.receive()
        if message is None:
            break
        await ws.send(message)


def end(code):
    return (CLOSE, code.to_bytes(2, "big"))


def reasons(found):
    """Codes of the close frames in `found`."""
    return [int.from_bytes(payload[:2], "big") for opcode, payload in found if opcode == CLOSE]
