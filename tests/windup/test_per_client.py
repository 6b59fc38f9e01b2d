"""How many connections one client may have."""

import contextlib
import socket
import time

import pytest
from host import PATIENCE
from test_transports import on_cpython, on_firmware

HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(params=["cpython", "firmware-64"])
def server(request, tmp_path):
    if request.param == "cpython":
        running = on_cpython(per_client=3, between_bytes=60)
    else:
        settings = ["windup.per_client=3", "windup.connections=8", "windup.between_bytes=60"]
        running = on_firmware(tmp_path, 64, *settings)
    with running as server:
        yield server


def connect(server, address="127.0.0.1"):
    sock = socket.create_connection(("127.0.0.1", server.port), PATIENCE, (address, 0))
    sock.settimeout(PATIENCE)
    return sock


def ask(sock):
    sock.sendall(HELLO)
    return sock.recv(1000)


def test_one_client_leaves_room_for_others(server):
    with contextlib.ExitStack() as stack:
        busy = [stack.enter_context(connect(server)) for _ in range(3)]
        for sock in busy:
            sock.sendall(HELLO[:10])
        # One connection's bytes may come before another's
        fourth = stack.enter_context(connect(server))
        assert fourth.recv(1000).startswith(b"HTTP/1.1 503 ")
        assert fourth.recv(1) == b""
        other = stack.enter_context(connect(server, "127.0.0.2"))
        assert ask(other).endswith(b"hello")
        for sock in busy:
            sock.sendall(HELLO[10:])
            assert sock.recv(1000).endswith(b"hello")
        time.sleep(3)  # who rests makes room for the same client
        assert ask(busy[1]).endswith(b"hello")
        assert ask(busy[2]).endswith(b"hello")
        fifth = stack.enter_context(connect(server))
        assert ask(fifth).endswith(b"hello")
        assert busy[0].recv(1) == b""
        assert ask(other).endswith(b"hello")
        busy[1].close()
        sixth = stack.enter_context(connect(server))
        assert ask(sixth).endswith(b"hello")
