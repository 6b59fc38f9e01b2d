"""The web server on the booted firmware, with clients that others wrote and with raw sockets."""

import json
import re
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from host import free_port

REQUEST = b"GET /api/v1/status HTTP/1.1\r\nHost: device\r\n\r\n"


def curl(host, path, *options):
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "30", *options, host.url + path],
        capture_output=True,
        check=True,
    ).stdout


def read_response(sock):
    """One response with a Content-Length from `sock`; `(status, head, body)`."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        assert more, f"closed after {data!r}"
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
    while len(body) < length:
        body += sock.recv(65536)
    return int(head.split()[1]), head, body


def test_curl(shared_host):
    assert json.loads(curl(shared_host, "/api/v1/status"))["name"] == "modcore"
    assert b"<!doctype html>" in curl(shared_host, "/", "--compressed")
    assert b"405 Method Not Allowed" in curl(shared_host, "/api/v1/status", "-X", "DELETE")
    head = curl(shared_host, "/app.js", "--head", "-H", "Accept-Encoding: gzip").decode()
    assert "200 OK" in head and "text/javascript" in head
    assert curl(shared_host, "/api/v1/status", "--http1.0").startswith(b"{")
    out = curl(shared_host, "/", "-d", "x" * 100000, "-w", "%{http_code}", "-o", "/dev/null")
    assert out == b"405"


def test_curl_keeps_the_connection(shared_host):
    url = shared_host.url + "/api/v1/status"
    out = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{num_connects} ", url, "-o", "/dev/null", url],
        capture_output=True,
        check=True,
    ).stdout
    assert out.split() == [b"1", b"0"]


def test_httpx_keep_alive_and_conditional(shared_host):
    with httpx.Client(base_url=shared_host.url) as client:
        page = client.get("/")
        assert page.headers["content-encoding"] == "gzip"
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        again = client.get("/", headers={"If-None-Match": page.headers["etag"]})
        assert again.status_code == 304 and not again.content
        assert client.get("/nothing").status_code == 404
        assert client.get("/../boot.py").status_code == 404
        assert client.get("/etc/windup.json").status_code == 404


def test_every_asset_is_what_lies_in_the_tree(shared_host):
    from host import TOP

    for path in (TOP / "www_fs").rglob("*"):
        if path.is_file():
            answer = shared_host.get("/" + str(path.relative_to(TOP / "www_fs")))
            assert answer.content == path.read_bytes(), path


def test_pipelining_on_a_raw_socket(shared_host):
    with shared_host.connect() as sock:
        sock.sendall(REQUEST * 20)
        data = b""
        while data.count(b"HTTP/1.1 200 OK") < 20 or not data.endswith(b"}"):
            data += sock.recv(65536)


def test_a_request_in_single_bytes(shared_host):
    with shared_host.connect() as sock:
        for byte in REQUEST:
            sock.sendall(bytes([byte]))
        assert read_response(sock)[0] == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: x\n\n", 400),
        (b"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        (b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 9000, 431),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
        ),
    ],
)
def test_bad_requests_get_their_status_and_the_connection_ends(shared_host, request_, status):
    with shared_host.connect() as sock:
        sock.sendall(request_)
        got, head, _ = read_response(sock)
        assert got == status
        assert b"Connection: close" in head
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass


def test_an_error_answer_is_not_lost_when_the_client_still_sends(shared_host):
    body = b"x" * 60000
    for _ in range(20):
        with shared_host.connect() as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + body)
            time.sleep(0.01)
            assert read_response(sock)[0] == 405


def test_slow_client_is_answered_408(make_host):
    host = make_host(settings=["windup.between_bytes=1", "windup.first_byte=1"]).start()
    with host.connect() as sock:
        sock.sendall(b"GET / HT")
        assert read_response(sock)[0] == 408
    with host.connect() as sock:
        assert sock.recv(1) == b""


def test_at_the_limit_the_oldest_idle_connection_goes(make_host):
    host = make_host(settings=["windup.connections=3"]).start()
    socks = [host.connect() for _ in range(3)]
    for sock in socks:
        sock.sendall(REQUEST)
        assert read_response(sock)[0] == 200
    with host.connect() as newest:
        newest.sendall(REQUEST)
        assert read_response(newest)[0] == 200
    assert socks[0].recv(1) == b""
    socks[2].sendall(REQUEST)
    assert read_response(socks[2])[0] == 200
    for sock in socks:
        sock.close()


def test_more_clients_than_connections_take_turns(make_host):
    host = make_host(settings=["windup.connections=2"]).start()

    def ask(number):
        for _ in range(40):
            assert host.get("/api/v1/status").status_code == 200
        with httpx.Client(base_url=host.url, timeout=60) as client:
            for _ in range(40):
                assert client.get("/api/v1/status").status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))


def test_busy_connections_make_others_wait_and_not_fail(make_host):
    host = make_host(settings=["windup.connections=2", "windup.between_bytes=2"]).start()
    busy = [host.connect() for _ in range(2)]
    for sock in busy:
        sock.sendall(b"GET / HTTP/1.1\r\nHo")
    with host.connect() as waiting:
        waiting.sendall(REQUEST)
        assert read_response(waiting)[0] == 200
    for sock in busy:
        assert read_response(sock)[0] == 408
        sock.close()


RUN = """
import asyncio
import sys
from windup import WindUp

app = WindUp()

@app.get("/")
def hello(request):
    return "Hello, world!"

@app.get("/modules")
def modules(request):
    return {"asyncio": "asyncio" in sys.modules and "windup.tasks" in sys.modules}

@app.get("/slow")
async def slow(request):
    await asyncio.sleep(0.05)
    return "slow"

print("starting")
app.run(port=%d, first_byte=2)
"""


@pytest.mark.parametrize("bits", [64, 32])
def test_an_application_runs_by_itself_and_takes_up_asyncio_for_a_coroutine(make_host, bits):
    port = free_port()
    host = make_host(bits=bits, files={"/main.py": RUN % port}).start(ready=False)
    host.port = port
    host.wait_for("starting")
    patient = httpx.HTTPTransport(retries=10)
    with httpx.Client(base_url=host.url, timeout=60, transport=patient) as client:
        assert client.get("/").text == "Hello, world!"
        assert client.get("/modules").json() == {"asyncio": False}
        assert client.get("/slow").text == "slow"
        assert client.get("/modules").json() == {"asyncio": True}
    with host.connect() as idle:
        assert idle.recv(1) == b""  # after `first_byte` seconds; deadlines run in either loop


def test_64_clients_that_send_a_byte_a_second_are_answered_408(make_host):
    settings = ["windup.connections=70", "windup.request=4", "windup.between_bytes=3"]
    host = make_host(settings=settings, options=["--sockets", "80"]).start()
    slow = [host.connect() for _ in range(64)]
    with host.connect() as other:
        for number in range(3):
            for sock in slow:
                sock.sendall(REQUEST[number : number + 1])
            other.sendall(REQUEST)
            assert read_response(other)[0] == 200
            time.sleep(1)
    for sock in slow:  # the next byte would have come too late
        assert read_response(sock)[0] == 408
        sock.close()
