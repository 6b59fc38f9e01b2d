"""Deadlines at their edges, on a board whose clock stands still until it is told to go on (DESIGN: nothing unbounded).

The server looks at them once a second, so a deadline of n seconds has passed after n + 1, and not after n - 1.
"""

import socket

import pytest
from case import post, request
from client import Talk
from servers import on_firmware

FIRST_BYTE = 4
BETWEEN_BYTES = 6
REQUEST = 20
KEEP_ALIVE = 9

LIMITS = {
    "first_byte": FIRST_BYTE,
    "between_bytes": BETWEEN_BYTES,
    "request": REQUEST,
    "keep_alive": KEEP_ALIVE,
}


@pytest.fixture(scope="module", params=[64, 32])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with on_firmware(folder, request.param, ["--fast-clock"], **LIMITS) as host:
        host.control.hold()
        yield host
        host.control.run()


def settle(server):
    """The server has had its turn with all that was sent before."""
    with Talk(server) as talk:
        for count in (1, 2):
            talk.send(request("/hello"))
            assert len(talk.answers(count)) == count


def wait(server, seconds):
    settle(server)
    server.control.step(1000 * seconds)
    settle(server)


def closed(talk):
    """All that came until the server closed, without a word from here."""
    while not talk.closed:
        talk._receive()
    return talk.data


def test_the_first_byte(server):
    with Talk(server) as talk:
        wait(server, FIRST_BYTE - 1)
        talk.send(request("/hello"))
        assert talk.answers(1)[0].status == 200
    with Talk(server) as talk:
        wait(server, FIRST_BYTE + 1)
        assert closed(talk) == b""


def test_a_connection_that_rests(server):
    with Talk(server) as talk:
        for count in range(1, 4):
            talk.send(request("/hello"))
            assert len(talk.answers(count)) == count
            wait(server, KEEP_ALIVE - 1)
        talk.data = b""
        wait(server, 2)
        assert closed(talk) == b""


HALVES = {
    "a head": (request("/hello"), 10),
    "an empty line": (b"\r\n" + request("/hello"), 2),
    "a head, all but the last byte": (request("/hello"), -1),
    "a body": (post("/echo", b"12345"), -3),
    "a chunked body": (
        request("/echo", "Transfer-Encoding: chunked", method="POST") + b"5\r\n12345\r\n0\r\n\r\n",
        -9,
    ),
}


@pytest.mark.parametrize("what", HALVES)
def test_between_two_bytes(server, what):
    data, at = HALVES[what]
    with Talk(server) as talk:
        talk.send(data[:at])
        wait(server, BETWEEN_BYTES - 1)
        talk.send(data[at:])
        assert talk.answers(1)[0].status == 200
    with Talk(server) as talk:
        talk.send(data[:at])
        wait(server, BETWEEN_BYTES + 1)
        (answer,) = talk.answers(1)
        assert (answer.status, answer.fields["connection"]) == (408, "close")
        talk.send(data[at:] + request("/hello"))
        assert len(talk.finish()) == 1


@pytest.mark.parametrize("what", ["a head", "a body"])
def test_a_whole_request_that_trickles_in(server, what):
    data, at = HALVES[what]
    step = BETWEEN_BYTES - 1
    with Talk(server) as talk:
        start = 0
        for _ in range((REQUEST - 1) // step):
            talk.send(data[start : start + 1])
            start += 1
            wait(server, step)
        talk.send(data[start:])
        assert talk.answers(1)[0].status == 200
    with Talk(server) as talk:
        for start in range(REQUEST // step + 1):
            talk.send(data[start : start + 1])
            wait(server, step)
        assert [answer.status for answer in talk.finish()] == [408]


def read_all(talk):
    while not talk.data.endswith(b"0\r\n\r\n"):
        data = talk.sock.recv(1000000)
        talk.data += data
        if not data:
            return False
    return True


@pytest.mark.parametrize("seconds", [BETWEEN_BYTES - 1, BETWEEN_BYTES + 1])
def test_a_client_that_does_not_read(server, seconds):
    with Talk(server) as talk:
        talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        talk.send(request("/much"))
        wait(server, seconds)
        talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        try:
            whole = read_all(talk)
        except ConnectionResetError:
            whole = False
        assert whole == (seconds < BETWEEN_BYTES)


def test_lingering(server):
    with Talk(server) as talk:
        talk.send(b"GET\r\n\r\n")
        assert talk.answers(1)[0].status == 400
        for _ in range(BETWEEN_BYTES - 1):  # a client that goes on sending does not stay for it
            talk.send(b"x")
            wait(server, 1)
        talk.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            talk.sock.recv(1)
        talk.sock.settimeout(30)
        wait(server, 2)
        talk.data = b""
        assert closed(talk) == b""


def test_a_handler_may_take_its_time(server):
    with Talk(server) as talk:
        talk.send(request("/slow/100"))
        wait(server, 101)
        assert talk.answers(1)[0].body == b"slow"
