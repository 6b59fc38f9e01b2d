"""What a WebSocket message costs: 32 bytes of text there and back, on a connection that is open already."""

from .client import WrongAnswer
from .kinds import Kind
from .rig import under_callgrind
from .subjects import WINDUP

SIZE = 32

_KEY = b"\x37\xfa\x21\x3d"
_TEXT = b"x" * SIZE
_MASKED = bytes(byte ^ _KEY[at & 3] for at, byte in enumerate(_TEXT))
_MESSAGE = bytes((0x81, 0x80 | SIZE)) + _KEY + _MASKED
_ANSWER = bytes((0x81, SIZE)) + _TEXT
_HANDSHAKE = (
    b"GET /echo HTTP/1.1\r\nHost: 192.168.4.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

KIND = Kind("websocket", "WebSocket, 32 bytes echoed", _MESSAGE, _ANSWER)


class Way:
    """Like those of `client.WAYS`: one WebSocket for all messages of a measurement."""

    name = "echo"
    title = "open connection"

    def send(self, client, kind, count):
        client.say(_HANDSHAKE, b"\r\n\r\n")
        for _ in range(count):
            answer = client.say(kind.request, kind.body)
            if answer != kind.body:
                raise WrongAnswer(f"{kind.name}: {answer!r}")


def cost(count=100):
    """The `Cost` of one message and its echo."""
    with under_callgrind(WINDUP, options=("--heap", "16000000")) as (_, meter):
        return meter.measure(KIND, Way(), count)
