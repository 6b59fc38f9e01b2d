"""WebSockets under ASGI.

The server in front has taken the frames apart. They are made anew, and go through the same connection, handshake and
handler as on a device: with its limits, origins, roles and codes.
"""

import asyncio
from binascii import b2a_base64
from os import urandom

from .client_response import ClientResponse
from .frames import BINARY, CLOSE, PING, PONG, TEXT
from .gateway import fields_of, head_of

_OURS = b"sec-websocket-"  # what the handshake says: in front it was another one
_NO_CODE = 1005
_LOST = 1006
_GOING_AWAY = 1001


async def serve(gateway, scope, target, peer, receive, send):
    """One WebSocket of the ASGI `scope`, from its first message to its end."""
    await receive()  # websocket.connect
    link = gateway.link(peer, scope.get("scheme") == "wss")
    response = ClientResponse("GET", target)
    up = None
    try:
        link.send(_request(target, scope))
        while not response.started:
            response.feed(await _some(link))
        if response.status != 101:
            await _refuse(link, response, scope, send)
            return
        await send(_accepted(response))
        side = _Side(link, send)
        up = asyncio.ensure_future(side.up(receive))
        await side.down(response)
    finally:
        link.close()
        if up:
            up.cancel()
            await asyncio.wait([up])
            if not up.cancelled() and up.exception():
                raise up.exception()


class _Side:
    # What both ways know
    def __init__(self, link, send):
        self._link = link
        self._send = send
        self._over = False  # one side has said so

    async def up(self, receive):
        link = self._link
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                break
            text = message.get("text")
            if text is None:
                link.send(_frame(BINARY, message.get("bytes") or b""))
            else:
                link.send(_frame(TEXT, text.encode()))
            await link.reads()
        if self._over:
            return
        self._over = True
        code = message.get("code") or _NO_CODE
        if code == _LOST:
            link.close()
        elif code == _NO_CODE:
            link.send(_frame(CLOSE, b""))
        else:
            reason = (message.get("reason") or "").encode()
            link.send(_frame(CLOSE, code.to_bytes(2, "big") + reason))

    async def down(self, response):
        link = self._link
        came = b""
        while True:
            came += response.take()
            while True:
                frame = _whole(came)
                if frame is None:
                    break
                opcode, payload, size = frame
                came = came[size:]
                if opcode == PING:
                    # Whether the client lives the server in front finds out
                    link.send(_frame(PONG, payload))
                elif opcode == CLOSE:
                    await self._close(payload)
                elif not self._over:
                    await self._say(opcode, payload)
            data = await link.take()
            if not data:  # the handler has ended, too
                await self._close(_GOING_AWAY.to_bytes(2, "big"))
                return
            response.feed(data)

    async def _say(self, opcode, payload):
        content = {"text": payload.decode()} if opcode == TEXT else {"bytes": payload}
        try:
            await self._send({"type": "websocket.send", **content})
        except OSError:  # the client has gone; `up` hears of it
            pass

    async def _close(self, payload):
        if self._over:
            return
        self._over = True
        self._link.send(_frame(CLOSE, payload))
        message = {"type": "websocket.close", "code": int.from_bytes(payload[:2], "big") or 1000}
        if payload[2:]:
            message["reason"] = payload[2:].decode()
        try:
            await self._send(message)
        except OSError:
            pass


def _request(target, scope):
    fields = [pair for pair in scope["headers"] if not pair[0].lower().startswith(_OURS)]
    fields.append((b"Sec-WebSocket-Version", b"13"))
    fields.append((b"Sec-WebSocket-Key", b2a_base64(urandom(16))[:-1]))
    for protocol in scope.get("subprotocols") or ():
        fields.append((b"Sec-WebSocket-Protocol", protocol.encode()))
    head = head_of(b"GET", target, fields, 0)
    return head[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def _accepted(response):
    fields = [
        (name, value)
        for name, value in fields_of(response)
        if name != b"upgrade" and not name.startswith(_OURS)
    ]
    return {
        "type": "websocket.accept",
        "subprotocol": response.headers.get("sec-websocket-protocol"),
        "headers": fields,
    }


async def _refuse(link, response, scope, send):
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1000})  # before it was accepted: 403
        return
    await send(
        {
            "type": "websocket.http.response.start",
            "status": response.status,
            "headers": fields_of(response),
        }
    )
    while not response.done:
        response.feed(await _some(link))
    await send({"type": "websocket.http.response.body", "body": response.take()})


async def _some(link):
    data = await link.take()
    if not data:
        raise OSError("the application closed the connection before it had answered")
    return data


def _frame(opcode, payload):
    # As a client sends it (RFC 6455 section 5.2), masked with zeros: nobody stands between
    size = len(payload)
    if size < 126:
        length = bytes((0x80 | size,))
    elif size < 65536:
        length = b"\xfe" + size.to_bytes(2, "big")
    else:
        length = b"\xff" + size.to_bytes(8, "big")
    return bytes((0x80 | opcode,)) + length + b"\0\0\0\0" + payload


def _whole(data):
    # The first frame in `data`, as `(opcode, payload, size)`; `None`: it has not come whole. Ours are not fragmented
    if len(data) < 2:
        return None
    start, length = 2, data[1]
    if length >= 126:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        return None
    return data[0] & 15, data[start : start + length], start + length
