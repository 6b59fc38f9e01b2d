"""WebSocket and event streams with clients that nobody here wrote, on both transports."""

import asyncio
import contextlib
import json
import random
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import browser
import httpx
import pytest
import websockets
from host import PATIENCE, Host, free_port
from socket_app import make_app
from websockets.sync.client import connect
from windup.aio import Server
from windup.limits import Limits

HERE = Path(__file__).parent

MAIN = """
import sys
sys.path.append('/lib')
from socket_app import make_app
make_app().run(port=%d, connections=8)
"""


@contextlib.contextmanager
def on_cpython():
    port = free_port()
    ready = threading.Event()
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def main():
        limits = Limits({"host": "127.0.0.1", "port": port, "connections": 8})
        async with Server(make_app(), limits):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    assert ready.wait(PATIENCE)
    yield SimpleNamespace(url=f"http://127.0.0.1:{port}", port=port, output="")
    loop.call_soon_threadsafe(stop.set)
    thread.join()


@contextlib.contextmanager
def on_firmware(folder, bits):
    port = free_port()
    app = (HERE / "socket_app.py").read_text()
    host = Host(folder, bits=bits, files={"/main.py": MAIN % port, "/lib/socket_app.py": app})
    host.port = port
    try:
        host.start(ready=False)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                host.connect().close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, host.output
                time.sleep(0.05)
        yield host
        assert "Traceback" not in host.output, host.output
    finally:
        host.stop()


@pytest.fixture(scope="module", params=["cpython", "firmware-64", "firmware-32"])
def served(request, tmp_path_factory):
    """A server of `socket_app`, with `url` and `port`."""
    if request.param == "cpython":
        with on_cpython() as server:
            yield server
    else:
        bits = int(request.param.partition("-")[2])
        with on_firmware(tmp_path_factory.mktemp("host"), bits) as host:
            yield host


def at(served, path):
    return f"ws://127.0.0.1:{served.port}{path}"


# The package `websockets`


def test_echo_of_many_sizes(served, soak):
    generator = random.Random(5)
    sizes = [0, 1, 2, 124, 125, 126, 127, 128, 1000, 1023, 1024, 1025, 4096, 65535, 65536]
    if soak:
        sizes += [generator.randrange(65536) for _ in range(500)]
    with connect(at(served, "/echo"), compression=None, max_size=None) as ws:
        for size in sizes:
            data = generator.randbytes(size)
            ws.send(data)
            assert ws.recv(PATIENCE) == data, size
            text = "".join(generator.choices("aé€𐍈\n\0", k=size // 4))
            ws.send(text)
            assert ws.recv(PATIENCE) == text, size


def test_fragments_with_pings_between_them(served):
    with connect(at(served, "/echo"), compression=None) as ws:
        pongs = []

        def parts():
            for number in range(20):
                pongs.append(ws.ping(b"%d" % number))
                yield "κ" * number

        ws.send(parts())
        assert ws.recv(PATIENCE) == "κ" * sum(range(20))
        for pong in pongs:
            assert pong.wait(PATIENCE)
        ws.send([b"a", b"", b"b" * 3000])
        assert ws.recv(PATIENCE) == b"ab" + b"b" * 2999


def test_compression_is_not_agreed_on(served):
    with connect(at(served, "/echo")) as ws:
        assert ws.response.headers.get("Sec-WebSocket-Extensions") is None
        ws.send("x")
        assert ws.recv(PATIENCE) == "x"


def test_the_end_comes_from_either_side(served):
    with connect(at(served, "/chat"), subprotocols=["x", "superchat", "chat"]) as ws:
        assert ws.subprotocol == "superchat"
        assert ws.recv(PATIENCE) == "protocol superchat"
        ws.send("bye")
        with pytest.raises(websockets.ConnectionClosed) as caught:
            ws.recv(PATIENCE)
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4000, "see you")
    with connect(at(served, "/small")) as ws:
        ws.close(3333, "enough")
    with connect(at(served, "/small")):
        pass
    ended = []
    while ended[-2:] != [3333, 1000]:
        ended = httpx.get(served.url + "/ended").json()["ended"]


def test_a_message_too_big_is_told_and_ends_it(served):
    with connect(at(served, "/small"), compression=None) as ws:
        ws.send("x" * 4096)
        assert len(ws.recv(PATIENCE)) == 4096
        ws.send("x" * 4097)
        with pytest.raises(websockets.ConnectionClosedError) as caught:
            ws.recv(PATIENCE)
    assert caught.value.rcvd.code == 1009


@pytest.mark.parametrize(
    ("origin", "right"),
    [(None, True), ("same", True), ("https://app.example", True), ("http://evil.example", False), ("null", False)],
)  # fmt: skip
def test_pages_of_others(served, origin, right):
    if origin == "same":
        origin = served.url
    if right:
        with connect(at(served, "/chat"), origin=origin):
            pass
    else:
        with pytest.raises(websockets.InvalidStatus) as caught:
            connect(at(served, "/chat"), origin=origin).__enter__()
        assert caught.value.response.status_code == 403


def test_what_is_no_handshake(served):
    response = httpx.get(served.url + "/echo")
    assert response.status_code == 426 and response.headers["upgrade"] == "websocket"
    fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "8"}
    response = httpx.get(served.url + "/echo", headers=fields)
    assert response.status_code == 426 and response.headers["sec-websocket-version"] == "13"


def test_a_slow_reader_gets_everything(served):
    with connect(at(served, "/flood"), compression=None, max_queue=1) as ws:
        for number in range(200):
            if number % 50 == 0:
                time.sleep(0.1)
            assert ws.recv(PATIENCE).split()[0] == str(number)


def test_several_at_once_and_requests_beside_them(served):
    async def echo(number):
        async with websockets.connect(at(served, "/echo"), compression=None) as ws:
            for round_ in range(30):
                await ws.send(f"{number} {round_}")
                assert await ws.recv() == f"{number} {round_}"

    async def ticks():
        async with websockets.connect(at(served, "/ticks")) as ws:
            return [message async for message in ws]

    async def get():
        async with httpx.AsyncClient() as client:
            for _ in range(20):
                assert (await client.get(served.url + "/hello")).text == "hello"

    async def main():
        results = await asyncio.gather(ticks(), echo(1), echo(2), echo(3), get())
        assert results[0] == [f"tick {number}" for number in range(50)]

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


def test_clients_that_vanish_leave_nothing(served):
    def vanish():
        for path in ("/echo", "/ticks", "/flood"):
            broken = contextlib.suppress(websockets.ConnectionClosed, OSError)
            with broken, connect(at(served, path), compression=None) as ws:
                if path == "/echo":
                    ws.send("x")
                ws.recv(PATIENCE)
                ws.socket.close()
        with httpx.stream("GET", served.url + "/lines") as response:
            next(response.iter_bytes())

    def used():
        for _ in range(3):
            value = httpx.get(served.url + "/heap").json()["used"]
        return value

    vanish()
    time.sleep(0.2)
    before = used()
    for _ in range(8):
        vanish()
    time.sleep(0.2)
    assert used() - before < 3000


# Event streams


def events_of(lines):
    """The events in `lines`, as `(event, id, data)`, as WHATWG HTML 9.2.6 has it."""
    event, id_, data = "message", None, []
    for line in lines:
        if not line:
            if data:
                yield event, id_, "\n".join(data)
            event, data = "message", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "id":
            id_ = value
        elif name == "data":
            data.append(value)


def test_events_of_every_kind(served):
    with httpx.stream("GET", served.url + "/lines", timeout=PATIENCE) as response:
        assert response.headers["content-type"] == "text/event-stream"
        found = []
        for event in events_of(response.iter_lines()):
            found.append(event)
            if event[0] == "end":
                break
    assert found == [
        ("poem", "1", "first\nsecond\nthird"),
        ("poem", "1", "κόσμε"),
        ("end", "1", ""),
    ]


def test_a_stream_goes_on_where_it_was(served):
    def numbers(**headers):
        with httpx.stream("GET", served.url + "/count", headers=headers) as response:
            return [
                (id_, json.loads(data)["number"])
                for _, id_, data in events_of(response.iter_lines())
            ]

    assert numbers() == [("1", 1), ("2", 2), ("3", 3)]
    assert numbers(**{"Last-Event-ID": "41"}) == [("42", 42), ("43", 43), ("44", 44)]


def test_head_of_a_stream(served):
    response = httpx.head(served.url + "/lines")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream"


# A browser


def test_chromium(served):
    seen = browser.run("tests/windup/sockets.mjs", served.url)
    assert seen["messages"] == []
    assert seen["echo"] == {
        "same": [True] * 6,
        "extensions": "",
        "code": 3001,
        "reason": "enough",
        "wasClean": True,
    }
    assert seen["chat"] == {
        "messages": ["protocol superchat"],
        "protocol": "superchat",
        "code": 4000,
        "reason": "see you",
        "wasClean": True,
    }
    assert seen["tooBig"] == {"code": 1009, "wasClean": True}
    assert seen["count"] == {
        "found": [[str(number), number] for number in range(1, 10)],
        "opened": 3,
    }
    assert seen["lines"] == [["1", "first\nsecond\nthird"], ["1", "κόσμε"]]
    assert seen["foreign"] == {"opened": False, "code": 1006}
