"""Frames as a WebSocket client sends them, right ones and wrong ones."""

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def masked(
    opcode, payload=b"", final=True, reserved=0, key=b"\x37\xfa\x21\x3d", length=None, size=None
):
    """One frame; `length` is what it says instead of its payload's, in a field of `size` bytes."""
    if type(payload) is str:
        payload = payload.encode()
    length = len(payload) if length is None else length
    if size is None:
        size = 0 if length < 126 else 2 if length < 65536 else 8
    first = (128 if final else 0) | reserved << 4 | opcode
    second = length if not size else 126 if size == 2 else 127
    head = bytes((first, 128 | second)) + (length.to_bytes(size, "big") if size else b"")
    return head + key + bytes([byte ^ key[at & 3] for at, byte in enumerate(payload)])


def closing(code=None, reason=""):
    """A close frame."""
    return masked(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason.encode())


def frames(data):
    """The frames in what a server sent, as `(opcode, payload)`; a message in parts is not expected."""
    found = []
    while data:
        assert data[0] & 0x80 and not data[0] & 0x70, data
        at, length = 2, data[1]
        assert length < 128, "a server does not mask"
        if length > 125:
            at = 4 if length == 126 else 10
            length = int.from_bytes(data[2:at], "big")
            assert length >= (126 if at == 4 else 65536)
        assert len(data) >= at + length, "short frame"
        found.append((data[0] & 15, data[at : at + length]))
        data = data[at + length :]
    return found
