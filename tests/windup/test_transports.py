"""The same application on both transports: CPython's asyncio and the firmware's poller."""

import asyncio
import contextlib
import socket
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from host import PATIENCE, Host, free_port
from sample_app import make_app
from windup.aio import Server
from windup.limits import Limits

MAIN = """
import sys
sys.path.append('/lib')
from modcore import Controller
from modcore.repl import Repl
from sample_app import make_app
from windup.service import WebServer

class Sample(WebServer):
    def init(self):
        super().init()
        self.app = make_app()
    def config(self, values):
        super().config(values)
        self.app.body_max = 200000
    def start(self):
        super().start()
        print('ready', self.url())

modc = Controller()
modc.add(Sample())
modc.add(Repl())
modc.run()
"""


@contextlib.contextmanager
def on_cpython(**settings):
    port = free_port()
    ready = threading.Event()
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def main():
        values = {"host": "127.0.0.1", "port": port, "between_bytes": 2, "connections": 16}
        async with Server(make_app(), Limits(values | settings)):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    assert ready.wait(PATIENCE)

    def stop_and_join():
        loop.call_soon_threadsafe(stop.set)
        thread.join()

    yield SimpleNamespace(url=f"http://127.0.0.1:{port}", port=port, stop=stop_and_join)
    if thread.is_alive():
        stop_and_join()


@contextlib.contextmanager
def on_firmware(folder, bits, *settings):
    files = {
        "/main.py": MAIN,
        "/lib/sample_app.py": (Path(__file__).parent / "sample_app.py").read_text(),
    }
    host = Host(folder, bits=bits, files=files, settings=["windup.between_bytes=2", *settings])
    try:
        yield host.start()
    finally:
        host.stop()


@pytest.fixture(scope="module", params=["cpython", "firmware-64", "firmware-32"])
def server(request, tmp_path_factory):
    if request.param == "cpython":
        running = on_cpython()
    else:
        running = on_firmware(tmp_path_factory.mktemp("host"), int(request.param[-2:]))
    with running as server:
        yield server


def get(server, path, **keywords):
    return httpx.get(server.url + path, timeout=PATIENCE, **keywords)


def test_plain_and_coroutine_handlers(server):
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        for _ in range(3):
            assert client.get("/hello").text == "hello"
            assert client.get("/slow/5").json() == {"slept": 5}
            assert client.get("/slow-error").status_code == 409
            assert client.get("/slow-crash").status_code == 500


def test_error_handlers_that_take_time(server):
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        for _ in range(3):
            for path in ("/dry", "/dry-at-once"):
                answer = client.get(path)
                assert (answer.status_code, answer.text) == (503, path + ": no water")
            answer = client.get("/pieces-of-an-error")
            assert (answer.status_code, answer.text) == (422, "0\n1\n2\n")
            assert client.head("/pieces-of-an-error").status_code == 422
            assert client.get("/hello").text == "hello"


def test_timeouts_inside_a_handler(server):
    assert get(server, "/in-time/1").text == "in time"
    assert get(server, "/in-time/5000").text == "late"


def test_no_handler_outlives_its_client(server):
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.sendall(b"GET /forever HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.02)
    wait_for_no_handler(server)


def test_a_slow_handler_holds_nobody_up(server):
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(get, server, "/slow/1500")
        answered = 0
        while not slow.done():
            assert get(server, "/hello").text == "hello"
            answered += 1
        assert slow.result().json() == {"slept": 1500}
        assert answered > 5


def test_streams(server):
    lines = get(server, "/count/500").text.split()
    assert lines == [str(n) for n in range(500)]
    for path in ("/stream", "/sized", "/body"):
        assert get(server, path).content == b"0123456789" * 20000


def test_a_stream_to_a_slow_reader_waits(server):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", server.port))
        sock.sendall(
            b"GET /sized HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        data = b""
        while not data.endswith(b"hello"):
            data += sock.recv(1000)
        assert b"0123456789" * 20000 in data


def test_a_crash_in_a_stream_cuts_it_short(server):
    with pytest.raises(httpx.RemoteProtocolError):
        get(server, "/late-crash")
    assert get(server, "/hello").text == "hello"


def take_over(server, path):
    """A socket whose connection the handler of `path` has taken over."""
    sock = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    sock.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
    return sock


def receive(sock, count):
    """The next `count` bytes."""
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        assert more, data
        data += more
    return data


def wait_for_no_handler(server):
    while get(server, "/waiting").text != "0":
        time.sleep(0.05)


def test_a_connection_taken_over_echoes_both_ways_at_once(server):
    data = bytes(range(256)) * 4000
    with take_over(server, b"/mirror") as sock, ThreadPoolExecutor(1) as pool:
        echoed = pool.submit(receive, sock, len(data))
        sock.sendall(data)
        assert echoed.result() == data
    wait_for_no_handler(server)


def test_an_intake_without_a_task(server):
    with take_over(server, b"/beat") as sock:
        assert receive(sock, 15) == b"made tick tick "
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(100):
            pass


def test_who_has_taken_over_is_told_that_the_client_has_gone(server):
    for linger in (b"\0" * 8, struct.pack("ii", 1, 0)):
        for path in (b"/mirror", b"/flood"):
            with take_over(server, path) as sock:
                sock.sendall(b"0123456789")
                assert receive(sock, 10) == b"0123456789"
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    wait_for_no_handler(server)


def test_a_flood_leaves_others_their_turn_and_a_client_that_takes_nothing_is_dropped(server):
    with take_over(server, b"/flood") as sock:
        assert get(server, "/hello").text == "hello"
        with contextlib.suppress(OSError):
            while True:  # what it sends is no reason to keep it
                sock.sendall(b"0123456789")
                time.sleep(0.1)
    wait_for_no_handler(server)


def test_uploads(server):
    body = bytes(range(256)) * 700
    answer = httpx.post(server.url + "/echo", content=body, timeout=PATIENCE)
    assert answer.content == body

    def pieces():
        for at in range(0, len(body), 5000):
            yield body[at : at + 5000]

    answer = httpx.post(server.url + "/echo", content=pieces(), timeout=PATIENCE)
    assert answer.content == body
    assert httpx.post(server.url + "/echo", content=b"x" * 200001).status_code == 413


def test_uploads_of_any_length_are_read_as_they_come(server):
    body = bytes(range(256)) * 4000
    expected = f"{len(body)} bytes, {sum(body)}"

    def pieces():
        for at in range(0, len(body), 50000):
            yield body[at : at + 50000]

    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        for content in (body, pieces(), pieces()):
            assert client.post("/sum", content=content).text == expected
            assert client.get("/hello").text == "hello"


def test_curl_waits_for_continue_and_sends_nothing_that_is_refused(server, tmp_path):
    def upload(length):
        (tmp_path / "file").write_bytes(b"x" * length)
        return subprocess.run(
            ["curl", "-s", "-v", "-H", "Expect: 100-continue", "--expect100-timeout", "100"]
            + ["--data-binary", "@file", "-w", " %{http_code} %{size_upload}", server.url + "/sum"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    done = upload(300000)
    assert "< HTTP/1.1 100 Continue" in done.stderr
    assert done.stdout == "300000 bytes, 36000000 200 300000"
    done = upload(2000001)
    assert "100 Continue" not in done.stderr
    assert done.stdout.endswith("413 0")


def test_an_upload_whose_end_follows_at_once_is_read_to_the_end(server):
    body = bytes(range(256)) * 1000
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as sock:
        sock.sendall(b"POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 256000\r\n\r\n" + body)
        sock.shutdown(socket.SHUT_WR)
        data = b""
        while more := sock.recv(1000):
            data += more
    assert data.endswith(b"256000 bytes, %d" % sum(body))


def test_an_upload_that_stops_is_answered_408(server):
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as sock:
        sock.sendall(b"POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 256000\r\n\r\nabc")
        assert sock.recv(1000).startswith(b"HTTP/1.1 408 ")
    wait_for_no_handler(server)


def test_no_reader_outlives_its_client(server):
    for linger in (b"\0" * 8, struct.pack("ii", 1, 0)):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(b"POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nabc")
            while get(server, "/waiting").text == "0":
                time.sleep(0.05)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        wait_for_no_handler(server)


def test_a_client_that_leaves_takes_its_handler_along(server):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(b"GET /slow/600000 HTTP/1.1\r\nHost: x\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
    assert get(server, "/hello").text == "hello"


def test_a_client_that_shuts_its_side_still_gets_the_answer(server):
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as sock:
        sock.sendall(b"GET /slow/300 HTTP/1.1\r\nHost: x\r\n\r\n")
        sock.shutdown(socket.SHUT_WR)
        data = b""
        while more := sock.recv(1000):
            data += more
        assert data.endswith(b'{"slept": 300}')


def test_a_reader_that_stops_is_dropped(server):
    request = b"GET /sized HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", server.port))
        sock.settimeout(PATIENCE)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while True:
                sock.sendall(request)
                time.sleep(0.1)


def test_a_slow_request_is_answered_408(server):
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
        data = sock.recv(1000)
        assert data.startswith(b"HTTP/1.1 408 ")
        while not data.endswith(b"\r\n\r\ntoo slow"):  # its handler waits for something else
            more = sock.recv(1000)
            assert more, data
            data += more
