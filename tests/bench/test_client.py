"""The benchmark's client finds out when an answer is not the right one."""

import contextlib
import socket
import threading

import pytest

from bench.web.client import WAYS, Client, WrongAnswer
from bench.web.kinds import KINDS

KEEP_ALIVE, NEW_CONNECTION = WAYS
HELLO, JSON = KINDS[0], next(kind for kind in KINDS if kind.is_json)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Kept: yes\r\n"
RIGHT = HEAD + b"Content-Length: 13\r\n\r\nHello, world!"


@pytest.fixture
def serve():
    """Serves `answer` on every connection, for each request while `keeps_alive`; returns a `Client` of it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def start(answer, keeps_alive=True):
        def work():
            with contextlib.suppress(OSError):
                while True:
                    sock, _ = listener.accept()
                    with sock:
                        while sock.recv(65536):
                            sock.sendall(answer)
                            if not keeps_alive:
                                break

        threading.Thread(target=work, daemon=True).start()
        port = listener.getsockname()[1]
        return Client(port, headers=(("x-kept", "yes"),), keeps_alive=keeps_alive, patience=10)

    yield start
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_right_answer(serve, way):
    client = serve(RIGHT)
    way.send(client, HELLO, 3)
    client.close()


def test_a_server_that_closes(serve):
    without_length = HEAD + b"\r\nHello, world!"
    NEW_CONNECTION.send(serve(without_length, keeps_alive=False), HELLO, 2)


def test_json_counts_by_its_value(serve):
    NEW_CONNECTION.send(serve(HEAD + b'Content-Length: 22\r\n\r\n{"on":true,"level":80}'), JSON, 1)


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT.replace(b"200 OK", b"404 Not Found"),
        RIGHT.replace(b"world", b"World"),
        RIGHT.replace(b"X-Kept: yes\r\n", b""),
        RIGHT.replace(b"X-Kept: yes", b"X-Kept: no"),
        RIGHT.replace(b"Content-Type", b"X-Type"),
        RIGHT + b"!",
    ],
)
def test_a_wrong_answer(serve, answer):
    with pytest.raises(WrongAnswer):
        NEW_CONNECTION.send(serve(answer), HELLO, 1)


def test_a_server_that_keeps_no_connection(serve):
    with pytest.raises((EOFError, ConnectionError)):
        KEEP_ALIVE.send(serve(RIGHT, keeps_alive=False), HELLO, 2)
