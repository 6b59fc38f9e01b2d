"""A server that stops: answers in progress come to their end, who rests is let go, and who takes too long is cut off."""

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from host import PATIENCE
from test_transports import on_cpython, on_firmware

RESTART = "from modcore import modc; from modcore.fiber import spawn; spawn(modc.restart('windup'), 'test')"


@pytest.fixture(params=["cpython", "firmware-64", "firmware-32"])
def stopping(request, tmp_path):
    """A server and a function that makes it stop."""
    if request.param == "cpython":
        with on_cpython() as server:
            yield server, server.stop
    else:
        with on_firmware(tmp_path, int(request.param[-2:])) as server:
            yield server, lambda: server.mpremote("resume", "exec", RESTART)


def asking(server, path):
    """A connection that has asked for `path`."""
    sock = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    sock.settimeout(PATIENCE)
    sock.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
    return sock


def until_closed(sock):
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while more := sock.recv(65536):
            data += more
    return data


def test_what_is_in_progress_is_finished(stopping):
    server, stop = stopping
    with ThreadPoolExecutor(8) as pool:
        slow, late, forever = (
            asking(server, path) for path in (b"/slow/2500", b"/slow/1500", b"/forever")
        )
        late.sendall(b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        resting = asking(server, b"/hello")
        assert resting.recv(1000).endswith(b"hello")
        beat = asking(server, b"/beat")
        assert beat.recv(5) == b"made "
        count = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
        count.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        count.sendall(b"GET /sized HTTP/1.1\r\nHost: x\r\n\r\n")
        answers = [
            pool.submit(until_closed, sock) for sock in (slow, late, forever, resting, beat, count)
        ]
        while httpx.get(server.url + "/waiting").text != "1":
            pass
        stopped = pool.submit(stop)
        slow, late, forever, resting, beat, count = (answer.result(PATIENCE) for answer in answers)
        stopped.result(PATIENCE)
    assert b"\r\nConnection: close\r\n" in slow and slow.endswith(b'{"slept": 2500}')
    assert late.count(b"HTTP/1.1 200 OK") == 1 and late.endswith(b'{"slept": 1500}')
    assert b"HTTP/1.1 200" not in forever
    assert resting == b""
    assert beat.replace(b"tick ", b"") == b""
    assert count.endswith(b"0123456789" * 20000)


def test_a_server_that_has_stopped_can_start_again(tmp_path):
    with on_firmware(tmp_path, 32) as server:
        for count in (2, 3):
            with asking(server, b"/forever") as forever, asking(server, b"/hello") as resting:
                assert resting.recv(1000)
                server.mpremote("resume", "exec", RESTART)
                assert until_closed(forever) == until_closed(resting) == b""
            server.wait_for("ready", count=count)
            with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
                for path in ("/hello", "/waiting"):
                    answer = client.get(path)
                    assert answer.text in ("hello", "0")
                    assert "connection" not in answer.headers
