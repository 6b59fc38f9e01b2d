"""The handshake of a WebSocket (RFC 6455 section 4.2): what a client asks with, and what it is told.

Needed once a connection, so it is borrowed.
"""

from binascii import a2b_base64, b2a_base64

from . import tok
from .response import HTTPError

BORROWED = ("modcore.sha1",)

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept(request, protocols, origins):
    """The answer to a client that may have a WebSocket, and the subprotocol that it gets, `str` or `None`.

    Args:
        request: a `Request` that asks for one.
        protocols: names of the subprotocols that the handler speaks, `str`.
        origins: whose pages may connect besides the device's own, `"https://host:port"`; `"*"`: everybody's.

    Raises:
        HTTPError: 400, 403, 405 or 426.
    """
    head = request.head
    if head.method != tok.GET:
        raise HTTPError(405, "A WebSocket begins with GET", (("Allow", "GET"),))
    if not head.flags & tok.UPGRADE_WEBSOCKET:
        # RFC 9110 section 15.5.22
        fields = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
        raise HTTPError(426, "This is a WebSocket: open it with new WebSocket(…)", fields)
    if head.get(tok.SEC_WEBSOCKET_VERSION) != b"13":
        fields = (
            ("Sec-WebSocket-Version", "13"),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
        )
        raise HTTPError(426, "WebSocket version 13 is spoken here", fields)
    key = head.get(tok.SEC_WEBSOCKET_KEY) or b""
    if not _is_key(key):
        raise HTTPError(400, "Sec-WebSocket-Key has to be 16 bytes in base64")
    if request.body_pending or request.body:
        raise HTTPError(400, "No body goes before a WebSocket")
    if not _is_allowed(request, origins):
        raise HTTPError(403, "Pages of this origin may not connect; name it in origins=")
    protocol = _protocol(head, protocols)
    lines = [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        b"Sec-WebSocket-Accept: ",
        b2a_base64(_sha1(key + _GUID))[:-1],
    ]
    if protocol is not None:
        lines.append(b"\r\nSec-WebSocket-Protocol: ")
        lines.append(protocol.encode())
    lines.append(b"\r\n")
    lines.append(request.values.get("fields", b""))  # cookies, each with its CRLF
    lines.append(b"\r\n")
    return b"".join(lines), protocol


def _is_key(key):
    if len(key) != 24:
        return False
    try:
        nonce = a2b_base64(key)
    except ValueError:
        return False
    # Decoders pass over what is no base64
    return len(nonce) == 16 and b2a_base64(nonce)[:-1] == bytes(key)


def _is_allowed(request, origins):
    # Browsers send their cookies to any WebSocket that any page opens, and tell only here which page it was
    origin = request.head.get(tok.ORIGIN)
    if origin is None:
        return True
    for allowed in origins:
        if allowed == "*" or allowed.encode() == origin:
            return True
    origin = origin.lower()
    host = (request.head.get(tok.HOST) or b"").lower()
    for scheme, port in ((b"http://", b":80"), (b"https://", b":443")):
        if origin.startswith(scheme):
            origin = origin[len(scheme) :]
            return bool(host) and _without(origin, port) == _without(host, port)
    return False


def _without(host, port):
    return host[: -len(port)] if host.endswith(port) else host


def _protocol(head, protocols):
    # The client names those that it prefers first, in one field or several
    if protocols:
        for number in range(head.count):
            name, value = head.item(number)
            if name.lower() == b"sec-websocket-protocol":
                for offered in value.split(b","):
                    for spoken in protocols:
                        if spoken.encode() == offered.strip():
                            return spoken
    return None


def _sha1(data):
    try:
        from hashlib import sha1
    except ImportError:  # the ESP8266's hashlib has none
        from modcore.sha1 import sha1

        return sha1(data)
    return sha1(data).digest()
