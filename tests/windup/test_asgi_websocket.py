"""WebSockets under uvicorn, with a client that nobody here wrote, and under ASGI messages of our own."""

import asyncio
import socket
import time

import httpx
import pytest
import windup.asgi
from host import PATIENCE
from test_gateways import SERVERS, asked, running
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from windup import WindUp

PROGRAM = """
import asyncio
import windup.asgi
from windup import WindUp

app = WindUp()
last = []
open_now = []

@app.get("/last")
def ended(request):
    return {"last": last, "open": len(open_now)}

async def echo(request, ws, *args):
    open_now.append(ws)
    try:
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(message)
        last[:] = [ws.close_code, ws.close_reason]
    finally:
        open_now.remove(ws)

app.websocket("/echo", message_max=100000)(echo)
app.websocket("/small", message_max=10)(echo)
app.websocket("/pings", ping=1)(echo)
app.websocket("/closed", roles=("admin",))(echo)
app.websocket("/elsewhere", origins=("https://garden.example",))(echo)

@app.websocket("/about/<int:number>", protocols=("garden.1", "garden.2"))
async def about(request, ws, number):
    await ws.send("%d %s %s %s %s" % (number, request.query.get("q"), ws.protocol, request.peer[0], request.header("x-name")))

@app.websocket("/ends")
async def ends(request, ws):
    code, reason = (await ws.receive()).split(" ", 1)
    await ws.close(int(code), reason)

@app.websocket("/fails")
async def fails(request, ws):
    await ws.receive()
    1 // 0

@app.websocket("/flood")
async def flood(request, ws):
    for number in range(3000):
        await ws.send(b"%d " % number + b"x" * 2000)

asgi = windup.asgi.application(app)
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with running(SERVERS["uvicorn"], tmp_path_factory.mktemp("asgi"), PROGRAM) as url:
        yield url


def open_(url, path, **options):
    return connect(
        url.replace("http:", "ws:") + path, open_timeout=PATIENCE, max_size=None, **options
    )


def last(url):
    return httpx.get(url + "/last", timeout=PATIENCE).json()


def wait_for_none(url):
    deadline = time.monotonic() + PATIENCE
    while last(url)["open"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ending(ws):
    """What the server closes with, `(code, reason)`."""
    with pytest.raises(ConnectionClosed) as caught:
        ws.recv(PATIENCE)
    return caught.value.rcvd.code, caught.value.rcvd.reason


def test_messages_both_ways(url):
    sizes = (0, 1, 125, 126, 127, 65535, 65536, 100000)
    with open_(url, "/echo") as ws:
        for size in sizes:
            for message in ("x" * size, b"\x00\xff" * (size // 2), "ü" * (size // 2)):
                ws.send(message)
                assert ws.recv(PATIENCE) == message
        for number in range(200):
            ws.send(str(number))
        assert [ws.recv(PATIENCE) for _ in range(200)] == [str(number) for number in range(200)]


def test_what_handlers_see_of_the_request(url):
    with open_(
        url,
        "/about/3?q=%C3%BC",
        subprotocols=["other", "garden.2"],
        additional_headers={"X-Name": "ann"},
    ) as ws:
        assert ws.subprotocol == "garden.2"
        assert ws.recv(PATIENCE) == "3 ü garden.2 127.0.0.1 ann"
        assert ending(ws) == (1000, "")
    with open_(url, "/about/4") as ws:
        assert ws.subprotocol is None
        assert ws.recv(PATIENCE) == "4 None None 127.0.0.1 None"


@pytest.mark.parametrize("code, reason", [(1000, ""), (1001, "süß"), (4001, "enough"), (1011, "")])
def test_the_server_ends_it(url, code, reason):
    with open_(url, "/ends") as ws:
        ws.send(f"{code} {reason}")
        assert ending(ws) == (code, reason)


@pytest.mark.parametrize("code, reason", [(1000, ""), (1001, "gone"), (4001, "süß")])
def test_the_client_ends_it(url, code, reason):
    with open_(url, "/echo") as ws:
        ws.send("a")
        assert ws.recv(PATIENCE) == "a"
        ws.close(code, reason)
    wait_for_none(url)
    assert last(url)["last"] == [code, reason]


def test_a_client_that_is_lost(url):
    with open_(url, "/echo") as ws:
        ws.send("a")
        assert ws.recv(PATIENCE) == "a"
        assert last(url)["open"] == 1
        ws.socket.shutdown(socket.SHUT_RDWR)
        wait_for_none(url)


def test_limits_and_mistakes(url):
    with open_(url, "/small") as ws:
        ws.send("x" * 10)
        assert ws.recv(PATIENCE) == "x" * 10
        ws.send("x" * 11)
        assert ending(ws)[0] == 1009
    with open_(url, "/fails") as ws:
        ws.send("a")
        assert ending(ws)[0] == 1011


def test_our_own_pings_do_not_end_it(url):
    with open_(url, "/pings") as ws:
        time.sleep(4)  # after two seconds of silence it would be over
        ws.send("a")
        assert ws.recv(PATIENCE) == "a"


def test_a_client_that_reads_slowly_is_waited_for(url):
    with open_(url, "/flood", max_queue=1) as ws:
        time.sleep(0.5)
        for number in range(3000):
            message = ws.recv(PATIENCE)
            assert message.split(b" ")[0] == b"%d" % number and len(message) > 2000
        assert ending(ws)[0] == 1000


@pytest.mark.parametrize(
    "path, options, status, text",
    [
        ("/nowhere", {}, 404, "404 Not Found"),
        ("/last", {}, 200, "open"),
        ("/closed", {}, 403, "Nobody can log in here"),
        ("/echo", {"origin": "https://evil.example"}, 403, "this origin may not connect"),
    ],
)
def test_who_is_refused_hears_why(url, path, options, status, text):
    with pytest.raises(InvalidStatus) as caught:
        open_(url, path, **options)
    assert caught.value.response.status_code == status
    assert text in caught.value.response.body.decode()


def test_origins(url):
    for path, origin in (("/elsewhere", "https://garden.example"), ("/echo", url)):
        with open_(url, path, origin=origin) as ws:
            ws.send("a")
            assert ws.recv(PATIENCE) == "a"


CONNECT = {"type": "websocket.connect"}


def application(ended=()):
    app = WindUp()

    @app.websocket("/")
    async def echo(request, ws):
        ws.on_close = lambda: ended.append(ws.close_code)
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(f"{message} {request.secure}")

    return windup.asgi.application(app)


@pytest.mark.parametrize("code", [None, 1000, 1005, 1006, 1012])
def test_messages_of_the_specification(code):
    end = {"type": "websocket.disconnect"}
    if code is not None:
        end["code"] = code
    text = {"type": "websocket.receive", "text": "a", "bytes": None}
    ended = []
    sent = asked(application(ended), [CONNECT, text, end], type="websocket", scheme="wss")
    assert sent[0] == {"type": "websocket.accept", "subprotocol": None, "headers": []}
    # The client has gone: it is told nothing more
    assert sent[1:] in ([], [{"type": "websocket.send", "text": "a True"}])
    assert ended == [code or 1005]


def test_without_the_extension_a_refusal_is_a_close():
    sent = asked(application(), [CONNECT], type="websocket", path="/nowhere")
    assert sent == [{"type": "websocket.close", "code": 1000}]
    sent = asked(
        application(),
        [CONNECT],
        type="websocket",
        path="/nowhere",
        extensions={"websocket.http.response": {}},
    )
    assert [message["type"] for message in sent] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert sent[0]["status"] == 404 and sent[1]["body"].startswith(b"404 Not Found\n")


def test_a_server_that_stops_takes_them_along():
    async def main():
        app = WindUp()
        begun, ended = [], []

        @app.websocket("/")
        async def wait(request, ws):
            begun.append(1)
            try:
                await ws.receive()
            finally:
                ended.append(1)

        run = windup.asgi.application(app)
        sent = []
        scope = {
            "type": "websocket",
            "path": "/",
            "query_string": b"",
            "headers": [(b"host", b"device")],
        }

        async def receive():
            if not sent:
                return CONNECT
            await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        task = asyncio.ensure_future(run(scope, receive, send))
        async with asyncio.timeout(PATIENCE):
            while not begun:
                await asyncio.sleep(0)
        messages = [{"type": "lifespan.shutdown"}]
        told = []

        async def tell(message):
            told.append(message)

        async def take():
            return messages.pop(0)

        await run({"type": "lifespan"}, take, tell)
        await asyncio.wait_for(task, PATIENCE)
        async with asyncio.timeout(PATIENCE):
            while not ended:
                await asyncio.sleep(0)
        assert sent[-1] == {"type": "websocket.close", "code": 1001}

    asyncio.run(main())
