"""TLS on the booted firmware, with clients that nobody here wrote."""

import asyncio
import socket
import ssl
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import browser
import httpx
import pytest
import websockets.sync.client
from host import PATIENCE, free_port
from modcore_cli.certificate import make
from windup import WindUp
from windup.aio import Server
from windup.limits import Limits

MAIN = """
import gc
from modcore import Controller
from windup import Response
from windup.service import WebServer

class Sample(WebServer):
    def start(self):
        super().start()
        print('ready', self.url())

modc = Controller()
web = modc.add(Sample())

def route(path):
    return lambda handler: web.app.get(path)(handler)

def mount():
    app = web.app

    @app.get('/')
    def index(request):
        return {'secure': request.secure, 'header': len(request.header('x-long') or '')}

    @app.get('/big')
    def big(request):
        return b'0123456789abcdef' * 4096

    @app.get('/file')
    def file(request):
        return Response(open('/big.bin', 'rb'), length=300000)

    @app.get('/small')
    def small(request):
        return Response(open('/small.bin', 'rb'), length=1500)

    @app.get('/pieces')
    def pieces(request):
        for n in range(3000):
            yield '%d,' % n

    @app.get('/later')
    async def later(request):
        import asyncio
        await asyncio.sleep_ms(50)
        return 'later'

    @app.post('/echo', body_max=100000)
    def echo(request):
        return Response(bytes(request.body))

    @app.websocket('/ws', message_max=70000)
    async def ws(request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                return
            await ws.send(message)

    @app.event_stream('/events')
    async def events(request, stream):
        for n in range(50):
            await stream.send('x' * 500 + str(n), id=str(n))

    @app.get('/free')
    def free(request):
        gc.collect()
        return str(gc.mem_free())

web.mount = mount
modc.run()
"""
CONTENT = bytes((n * 7 + n // 256) & 0xFF for n in range(300000))


@pytest.fixture(scope="module")
def pair():
    return make(["localhost", "127.0.0.1"], 10)


def files(pair, main=MAIN):
    return {
        "/main.py": main,
        "/etc/tls.crt": pair[0],
        "/etc/tls.key": pair[1],
        "/big.bin": CONTENT,
        "/small.bin": CONTENT[:1500],
    }


SETTINGS = ("windup.tls_cert=tls.crt", "windup.tls_key=tls.key")


@pytest.fixture
def start(make_host, pair, tmp_path):
    """Boots a board that speaks TLS."""
    (tmp_path / "ca.pem").write_bytes(pair[0])

    def boot(*settings, **options):
        host = make_host(files=files(pair), settings=[*SETTINGS, *settings], **options).start()
        assert f"https://127.0.0.1:{host.port}/" in host.output
        return host

    return boot


@pytest.fixture
def trust(pair, tmp_path):
    """What a client believes that trusts the board's certificate."""
    context = ssl.create_default_context(cadata=pair[0].decode())
    return context


def client(host, trust, **options):
    return httpx.Client(
        base_url=f"https://127.0.0.1:{host.port}", verify=trust, timeout=PATIENCE, **options
    )


def test_everything_that_plain_http_does(start, trust, tmp_path):
    host = start()
    with client(host, trust) as browser:
        assert browser.get("/").json() == {"secure": True, "header": 0}
        # A head that outgrows the connection's buffer
        assert browser.get("/", headers={"x-long": "x" * 2500}).json() == {
            "secure": True,
            "header": 2500,
        }
        assert browser.get("/big").content == b"0123456789abcdef" * 4096
        assert browser.get("/file").content == CONTENT
        assert browser.get("/pieces").text == "".join(f"{n}," for n in range(3000))
        assert browser.get("/later").text == "later"
        assert browser.post("/echo", content=CONTENT[:90000]).content == CONTENT[:90000]
        assert browser.get("/none").status_code == 404
        assert "strict-transport-security" not in browser.get("/").headers
    curl = [
        "curl",
        "-sS",
        "--fail",
        "--cacert",
        tmp_path / "ca.pem",
        f"https://localhost:{host.port}/file",
    ]
    assert subprocess.run(curl, capture_output=True, check=True).stdout == CONTENT
    curl[3:5] = ["--cacert", "/etc/ssl/certs/ca-certificates.crt"]
    assert subprocess.run(curl, capture_output=True, check=False).returncode == 60  # not trusted
    s_client = [
        "openssl",
        "s_client",
        "-connect",
        f"127.0.0.1:{host.port}",
        "-CAfile",
        tmp_path / "ca.pem",
    ]
    request = b"GET / HTTP/1.0\r\n\r\n"
    shown = subprocess.run(
        [*s_client, "-ign_eof", "-verify_return_error"],
        input=request,
        capture_output=True,
        check=False,
    )
    assert b"Verify return code: 0 (ok)" in shown.stdout and b'{"secure": true' in shown.stdout
    for old in ("-tls1", "-tls1_1"):
        assert (
            b"Cipher is (NONE)"
            in subprocess.run([*s_client, old], input=b"", capture_output=True, check=False).stdout
        )


def last_answer(port, trust, target):
    """What `target` is answered with on a connection that ends then, and whether close_notify came before its end."""
    data = b""
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False) as sock,
    ):
        sock.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % target)
        while True:
            try:
                more = sock.recv(65536)
            except ssl.SSLEOFError:
                return data, False
            if not more:
                return data, True
            data += more


def test_a_connection_ends_without_a_close_notify(start, trust):
    # MicroPython's ssl object cannot send one (RFC 8446 section 6.1). What tells a client that nothing is missing is in
    # HTTP. When this fails, the firmware has learned it, and docs/windup.md says too little
    host = start()
    data, notified = last_answer(host.port, trust, b"/big")
    head, body = data.split(b"\r\n\r\n", 1)
    assert b"Content-Length: %d\r\n" % len(body) in head and not notified
    data, notified = last_answer(host.port, trust, b"/pieces")
    assert data.endswith(b"\r\n0\r\n\r\n") and not notified


def test_nobody_is_answered_in_plain(start):
    host = start()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{host.port}/", timeout=PATIENCE)
    with socket.create_connection(("127.0.0.1", host.port), PATIENCE) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        data = b""
        try:
            while more := sock.recv(1000):
                data += more
        except ConnectionResetError:
            pass
        assert b"HTTP" not in data


def slow_reader(host, trust):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", host.port))
    return trust.wrap_socket(sock, server_hostname="127.0.0.1")


@pytest.mark.parametrize(
    "path, content", [("/file", CONTENT), ("/big", b"0123456789abcdef" * 4096)]
)
def test_a_client_that_reads_slowly_gets_every_byte_once(start, trust, path, content):
    host = start("windup.chunk=5000", "windup.date=false")
    with slow_reader(host, trust) as sock:
        for _ in range(3):
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            sock.sendall(request + request)  # the second one waits for the first one's end
            data = b""
            while data.count(b"HTTP/1.1 200 OK") < 2 or len(data) < 2 * len(content):
                data += sock.recv(1500)
                if len(data) % 7 == 0:
                    time.sleep(0.001)
            head = data[: data.index(b"\r\n\r\n") + 4]
            while len(data) < 2 * (len(head) + len(content)):
                data += sock.recv(1500)
            assert data == (head + content) * 2


def test_answers_that_wait_behind_each_other(start, trust):
    # Most records hold a head and a whole file: when the client does not take one, the file is read again
    host = start("windup.chunk=5000", "windup.date=false")
    count = 3300  # more than the computer's own buffers take
    with slow_reader(host, trust) as sock, ThreadPoolExecutor(1) as pool:
        sender = pool.submit(sock.sendall, b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n" * count)
        time.sleep(1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        data = sock.recv(5000)
        while b"\r\n\r\n" not in data:
            data += sock.recv(5000)
        answer = data[: data.index(b"\r\n\r\n") + 4] + CONTENT[:1500]
        while len(data) < count * len(answer):
            data += sock.recv(5000)
        sender.result()
    for at in range(count):
        assert data[at * len(answer) : (at + 1) * len(answer)] == answer, at


def test_a_stream_to_a_slow_reader(start, trust):
    host = start()
    with slow_reader(host, trust) as sock:
        sock.sendall(b"GET /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while not data.endswith(b"0\r\n\r\n"):
            data += sock.recv(100)
        chunks = data.split(b"\r\n\r\n", 1)[1].split(b"\r\n")[1::2]
        assert b"".join(chunks).decode() == "".join(f"{n}," for n in range(3000))


def test_who_stops_in_the_handshake_holds_nobody_up(start, trust):
    host = start("windup.first_byte=2", "windup.connections=6")
    hello = b"\x16\x03\x01\x02\x00\x01"
    stuck = [host.connect() for _ in range(4)]
    for at, sock in enumerate(stuck):
        sock.sendall(hello[: 1 + at])
    with client(host, trust) as browser:
        for _ in range(3):
            assert browser.get("/").status_code == 200
        for sock in stuck:
            assert sock.recv(100) == b""  # the server has closed: first_byte
        assert browser.get("/later").text == "later"
    # Byte by byte does not help
    with host.connect() as sock:
        try:
            for byte in hello + b"\0" * 500:
                sock.sendall(bytes([byte]))
                time.sleep(0.1)
            raise AssertionError("never closed")
        except (BrokenPipeError, ConnectionResetError):
            pass


def noise(host):
    for _ in range(50):
        with host.connect() as sock:
            sock.sendall(b"\x16\x03\x01\x00\x05\xff\xff\xff\xff\xff" * 3)
        with host.connect() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_what_is_no_handshake_costs_nothing(start, trust):
    host = start()
    with client(host, trust) as browser:
        browser.get("/later")
        noise(host)
        before = int(browser.get("/free").text)
        noise(host)
        for _ in range(30):  # every socket is given back, or these could not connect
            httpx.get(f"https://127.0.0.1:{host.port}/", verify=trust, timeout=PATIENCE)
        assert before - int(browser.get("/free").text) < 4000
    assert "Traceback" not in host.output


def test_plain_http_leads_to_tls(start, trust):
    port = free_port()
    host = start(f"windup.tls_redirect_port={port}", "windup.tls_hsts=31536000")
    with httpx.Client(timeout=PATIENCE) as plain:
        for path in ("/", "/later?a=b&c=%20d"):
            answer = plain.get(f"http://127.0.0.1:{port}{path}")
            assert answer.status_code == 308
            assert answer.headers["location"] == f"https://127.0.0.1:{host.port}{path}"
            assert "strict-transport-security" not in answer.headers
        answer = plain.post(f"http://127.0.0.1:{port}/echo", content=b"secret")
        assert answer.status_code == 308
        answer = plain.get(f"http://127.0.0.1:{port}/", headers={"Host": "garden.local:80"})
        assert answer.headers["location"] == f"https://garden.local:{host.port}/"
        answer = plain.get(f"http://127.0.0.1:{port}/", headers={"Host": "[::1]:80"})
        assert answer.headers["location"] == f"https://[::1]:{host.port}/"
        for odd in ("a/b", "a@b", "", 'a"b'):
            assert plain.get(f"http://127.0.0.1:{port}/", headers={"Host": odd}).status_code == 400
    answer = httpx.get(
        f"http://localhost:{port}/later", follow_redirects=True, verify=trust, timeout=PATIENCE
    )
    assert answer.text == "later"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_browser_gets_there(start):
    port = free_port()
    host = start(f"windup.tls_redirect_port={port}")
    secure = f"https://127.0.0.1:{host.port}/"
    seen = browser.run("tests/windup/tls.mjs", f"http://127.0.0.1:{port}/later?x=1", secure)
    assert seen["landed"] == secure + "later?x=1"
    assert seen["secure"] and seen["index"]["secure"] and seen["size"] == len(CONTENT)
    assert seen["protocol"].startswith("TLS 1.")
    assert "ERR_CERT_AUTHORITY_INVALID" in seen["refused"]


def test_cpython_speaks_it_too(pair, trust, tmp_path):
    for name, data in zip(("crt", "key"), pair, strict=True):
        (tmp_path / name).write_bytes(data)
    cert, key = str(tmp_path / "crt"), str(tmp_path / "key")
    app = WindUp()
    app.get("/")(lambda request: {"secure": request.secure})
    port, plain = free_port(), free_port()
    base = {"host": "127.0.0.1", "port": port}
    settings = {"tls_cert": cert, "tls_key": key, "tls_redirect_port": plain, "tls_hsts": 5}

    async def main():
        limits = Limits({**base, **settings})
        async with (
            Server(app, limits),
            httpx.AsyncClient(verify=trust, timeout=PATIENCE) as browser,
        ):
            answer = await browser.get(f"http://127.0.0.1:{plain}/", follow_redirects=True)
            assert answer.url == f"https://127.0.0.1:{port}/" and answer.json() == {"secure": True}
            assert answer.headers["strict-transport-security"] == "max-age=5"
            with pytest.raises(httpx.TransportError):
                await browser.get(f"http://127.0.0.1:{port}/")
            data, notified = await asyncio.to_thread(last_answer, port, trust, b"/")
            assert data.endswith(b'{"secure": true}') and notified
        for missing in ("tls_cert", "tls_key"):
            some = {key: value for key, value in settings.items() if key != missing}
            with pytest.raises(ValueError, match="both"):
                await Server(app, Limits({**base, **some})).__aenter__()
        (tmp_path / "key").write_bytes(OTHER[1])
        with pytest.raises(ssl.SSLError):
            await Server(app, Limits({**base, **settings})).__aenter__()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))

    asyncio.run(main())


def test_websockets_and_event_streams(start, trust):
    host = start()
    address = f"wss://127.0.0.1:{host.port}/ws"
    with websockets.sync.client.connect(address, ssl=trust, max_size=None, compression=None) as ws:
        for message in ("hello", "ü" * 5000, CONTENT[:60000], ""):
            ws.send(message)
            assert ws.recv(PATIENCE) == message
    with client(host, trust) as browser:
        text = browser.get("/events", headers={"Accept": "text/event-stream"}).text
        data = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
        assert data == ["x" * 500 + str(n) for n in range(50)]
        assert browser.get("/later").text == "later"


OTHER = make(["localhost"], 1)


@pytest.mark.parametrize(
    "changed, settings, reason",
    [
        ({"/etc/tls.key": None}, SETTINGS, "tls_key: there is no file tls.key in /etc"),
        ({"/etc/tls.crt": None}, SETTINGS, "tls_cert: there is no file tls.crt in /etc"),
        (
            {"/etc/tls.key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n"},
            SETTINGS,
            "tls_key: tls.key is no private key",
        ),
        ({"/etc/tls.crt": b"nothing"}, SETTINGS, "tls_cert: tls.crt is no certificate"),
        ({"/etc/tls.key": b""}, SETTINGS, "tls_key: tls.key is no private key"),
        ({"/etc/tls.key": OTHER[1]}, SETTINGS, "tls_key: tls.key is not the key of tls.crt"),
        ({}, SETTINGS[:1], "tls_key: it is not set"),
        ({}, SETTINGS[1:], "tls_cert: it is not set"),
        ({}, ("windup.tls_redirect_port=1234",), "tls_cert: it is not set"),
    ],
)
def test_without_its_files_it_serves_nothing(make_host, pair, changed, settings, reason):
    content = {path: data for path, data in (files(pair) | changed).items() if data is not None}
    host = make_host(files=content, settings=settings).start(ready=False)
    shown = host.wait_for(r"windup.*etc/windup\.json: (tls_.*)")[1]
    assert shown.startswith(reason) and shown.rstrip().endswith("`modcore cert` makes both files")
    with pytest.raises(ConnectionRefusedError):
        host.connect()


def test_a_redirect_port_that_is_taken(make_host, pair):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = [*SETTINGS, f"windup.tls_redirect_port={port}"]
        host = make_host(files=files(pair), settings=settings).start(ready=False)
        host.wait_for(f"tls_redirect_port: cannot listen on port {port}")
        with pytest.raises(ConnectionRefusedError):
            host.connect()


def test_a_firmware_without_tls_says_so(make_host, pair):
    host = make_host(files=files(pair), settings=SETTINGS, bits=32).start(ready=False)
    host.wait_for("tls_cert: this firmware has no TLS; remove it")
    with pytest.raises(ConnectionRefusedError):
        host.connect()
