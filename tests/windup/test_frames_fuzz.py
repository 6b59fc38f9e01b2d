"""Frames that nobody wrote on purpose: the same messages and the same errors as the package `websockets` finds, on CPython;
and on the firmware no crash, no error of its own, and no memory that stays in use."""

import codecs
import random
import socket

import httpx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from masked import masked
from socket_app import make_app  # noqa: F401  what the firmware serves
from test_sockets import on_firmware
from unit_frames import Taker
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

MOST = 600

PAYLOADS = st.one_of(
    st.binary(max_size=20),
    st.text(max_size=20).map(str.encode),
    st.integers(0, 700).map(lambda size: b"x" * size),
    st.sampled_from([b"\xce", b"\xba", b"\xf0\x90", b"\x8d\x88", b"\xed\xa0\x80", b"\xf4\x90"]),
)
RIGHT = st.builds(
    masked,
    st.sampled_from([0, 0, 0, 1, 1, 2, 9, 10]),
    PAYLOADS,
    final=st.booleans(),
    key=st.binary(min_size=4, max_size=4),
)
WRONG = st.builds(
    masked,
    st.integers(0, 15),
    PAYLOADS,
    final=st.booleans(),
    reserved=st.integers(0, 7),
    length=st.one_of(st.none(), st.integers(0, 700), st.integers(65536, 1 << 63)),
)
STREAMS = st.lists(st.one_of(RIGHT, RIGHT, RIGHT, RIGHT, WRONG, st.binary(max_size=12))).map(
    b"".join
)


def expected(data):
    """What `websockets` finds in `data`: messages, pings and pongs; then the code of the error, if there is one."""
    protocol = ServerProtocol(max_size=MOST, state=State.OPEN)
    protocol.receive_data(data)
    found, parts, decoder = [], b"", None
    for frame in protocol.events_received():
        if frame.opcode in (Opcode.PING, Opcode.PONG, Opcode.CLOSE):
            found.append((int(frame.opcode), bytes(frame.data)))
            if frame.opcode is Opcode.CLOSE:
                return found
            continue
        if frame.opcode is not Opcode.CONT:
            parts = b""
            decoder = (
                codecs.getincrementaldecoder("utf-8")() if frame.opcode is Opcode.TEXT else None
            )
        parts += bytes(frame.data)
        if decoder:
            try:
                decoder.decode(bytes(frame.data), frame.fin)
            except UnicodeDecodeError:
                return [*found, 1007]
        if frame.fin:
            found.append(parts.decode() if decoder else parts)
    if protocol.parser_exc is not None:
        found.append(protocol.close_sent.code)
    return found


def found(data, cuts):
    taker = Taker(message_max=MOST)
    random_ = random.Random(cuts)
    at = 0
    while at < len(data):
        size = random_.choice((1, 2, 5, 30, 1000))
        assert taker.feed(data[at : at + size]) == len(data[at : at + size])
        at += size
        if taker.seen and isinstance(taker.seen[-1], tuple) and taker.seen[-1][0] == 8:
            break  # what follows a close frame is for nobody
        held = taker._message
        assert held is None or len(held) <= MOST
    return taker.seen


def _lengths_are_minimal(data):
    # `websockets` does not mind others; `unit_frames` has them
    at = 0
    while len(data) - at > 1:
        length = data[at + 1] & 127
        size = {126: 2, 127: 8}.get(length, 0)
        if size:
            length = int.from_bytes(data[at + 2 : at + 2 + size].ljust(size, b"\xff"), "big")
            if length < (126 if size == 2 else 65536):
                return False
        at += 6 + size + length
    return True


def _agree(data, ours, theirs):
    if ours == theirs:
        return True
    *before, code = ours or [None]
    if before != theirs[: len(before)]:
        return False
    if code == 1007:
        return True  # a text that cannot be UTF-8 any more: they wait for the end of its frame
    if len(theirs) == len(ours) and {code, theirs[-1]} == {1002, 1009}:
        return True  # one frame broke two rules
    # Of a header that is wrong from its first bytes they wait for the rest
    more = expected(data + bytes(66000))
    return before == theirs and more[len(before) :] in ([1002], [1009])


@settings(max_examples=400, deadline=None, derandomize=True)
@given(STREAMS, st.integers(0, 1000))
def test_the_same_as_websockets(data, cuts):
    assume(_lengths_are_minimal(data))
    ours, theirs = found(data, cuts), expected(data)
    assert _agree(data, ours, theirs), (ours, theirs)


@pytest.fixture(scope="module", params=[64, 32])
def board(request, tmp_path_factory):
    with on_firmware(tmp_path_factory.mktemp("host"), request.param) as host:
        yield host


HANDSHAKE = (
    b"GET /small HTTP/1.1\r\nHost: device\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def mutated(generator):
    """Some frames, mostly right, with some bytes changed, left out or put in."""
    frames = [
        masked(
            generator.choice((0, 1, 1, 1, 2, 9, 8, 10, 3)),
            generator.randbytes(generator.choice((0, 2, 10, 125, 126, 300, 4000))),
            final=generator.random() < 0.8,
            reserved=generator.choice((0, 0, 0, 0, 0, 0, 1)),
        )
        for _ in range(generator.randrange(1, 8))
    ]
    data = bytearray(b"".join(frames))
    for _ in range(generator.choice((0, 0, 1, 3))):
        at = generator.randrange(len(data))
        data[at : at + generator.randrange(3)] = generator.randbytes(generator.randrange(3))
    return bytes(data)


def test_the_firmware_bears_anything(board, soak):
    generator = random.Random(7)

    def round_(count):
        for _ in range(count):
            with socket.create_connection(("127.0.0.1", board.port), 60) as sock:
                data = HANDSHAKE + mutated(generator)
                cut = generator.randrange(len(data))
                try:
                    sock.sendall(data[:cut])
                    sock.sendall(data[cut:])
                    sock.shutdown(socket.SHUT_WR)
                    while sock.recv(65536):
                        pass
                except OSError:
                    pass  # it was closed before all had been sent
        for _ in range(3):
            used = httpx.get(board.url + "/heap").json()["used"]
        return used

    before = round_(50)
    after = round_(10000 if soak else 300)
    # `ended` of the application is a list that grows: 8 bytes for each
    assert after - before < (200000 if soak else 8000)
    assert "Traceback" not in board.output and "Error" not in board.output, board.output
