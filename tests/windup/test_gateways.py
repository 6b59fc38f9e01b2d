"""The same application under gunicorn and uvicorn, and under those who judge what they are given."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import httpx
import pytest
import windup.asgi
import windup.wsgi
from host import PATIENCE, TOP, free_port
from sample_app import make_app
from windup import Response, WindUp

PROGRAM = """
import sys
import windup.asgi, windup.wsgi
from windup import Response
from sample_app import make_app

app = make_app()

@app.get("/about/<path:rest>")
def about(request, rest):
    return {"rest": rest, "query": request.query.get("q"), "peer": request.peer[0], "secure": request.secure,
            "x": request.header("x-name"), "host": request.header("host")}

@app.get("/cookies")
def cookies(request):
    return Response("ok", 200, (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")))

@app.get("/endless")
async def endless(request):
    import asyncio
    app.waiting += 1
    try:
        await asyncio.Event().wait()
    finally:
        app.waiting -= 1

wsgi = windup.wsgi.application(app)
asgi = windup.asgi.application(app)
"""


@contextlib.contextmanager
def running(command, folder, program=PROGRAM):
    (folder / "garden.py").write_text(program)
    port = free_port()
    paths = [str(folder), str(TOP / "frozen"), str(TOP / "tests/windup")]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [Path(sys.executable).parent / command[0], *command[1:]]
        + [f"127.0.0.1:{port}"] * (command[0] == "gunicorn")
        + ["--port", str(port)] * (command[0] == "uvicorn"),
        env={"PYTHONPATH": ":".join(paths), "PATH": "/usr/bin:/bin"},
        cwd=folder,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            assert process.poll() is None and time.monotonic() < deadline, (
                folder / "log"
            ).read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(PATIENCE) in (0, -15), (folder / "log").read_text()


SERVERS = {
    "gunicorn": ["gunicorn", "garden:wsgi", "--bind"],
    "gunicorn-threads": ["gunicorn", "garden:wsgi", "--threads", "8", "--bind"],
    "uvicorn": ["uvicorn", "garden:asgi", "--log-level", "warning"],
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request, tmp_path_factory):
    with running(SERVERS[request.param], tmp_path_factory.mktemp("gateway")) as url:
        yield url


@pytest.fixture
def browser(server):
    with httpx.Client(base_url=server, timeout=PATIENCE) as browser:
        yield browser


def test_handlers_of_every_kind(browser):
    for _ in range(3):
        assert browser.get("/hello").text == "hello"
        assert browser.get("/slow/5").json() == {"slept": 5}
        assert browser.get("/in-time/1").text == "in time"
    assert browser.get("/slow-error").status_code == 409
    assert browser.get("/slow-crash").status_code == 500
    assert browser.get("/none").status_code == 404
    assert browser.head("/hello").headers["content-length"] == "5"
    assert "GET" in browser.delete("/hello").headers["allow"]
    assert browser.get("/cookies").headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_what_a_handler_sees(browser):
    seen = browser.get("/about/a%20b/%C3%BC%25?q=%26%C3%A4", headers={"X-Name": "some"}).json()
    assert seen == {
        "rest": "a b/ü%",
        "query": "&ä",
        "peer": "127.0.0.1",
        "secure": False,
        "x": "some",
        "host": browser.base_url.netloc.decode(),
    }


def test_bodies_both_ways(browser):
    body = bytes(range(256)) * 700
    assert browser.post("/echo", content=body).content == body

    def pieces():
        for at in range(0, len(body), 5000):
            yield body[at : at + 5000]

    assert browser.post("/echo", content=pieces()).content == body
    assert browser.post("/echo", content=b"").content == b""
    assert browser.post("/echo", content=b"x" * 200001).status_code == 413
    assert browser.get("/hello").text == "hello"
    for path in ("/stream", "/sized", "/body"):
        assert browser.get(path).content == b"0123456789" * 20000
    assert browser.get("/count/500").text.split() == [str(n) for n in range(500)]


def test_half_an_answer_is_none(server):
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(server + "/late-crash", timeout=PATIENCE)
    assert httpx.get(server + "/hello", timeout=PATIENCE).text == "hello"


def test_many_at_once(server):
    with ThreadPoolExecutor(8) as pool, httpx.Client(base_url=server, timeout=PATIENCE) as browser:
        answers = list(
            pool.map(lambda n: browser.get(f"/slow/{n % 30}").json()["slept"], range(100))
        )
    assert answers == [n % 30 for n in range(100)]


def test_a_client_that_leaves_takes_its_handler_along_where_the_server_tells(tmp_path):
    with running(SERVERS["uvicorn"], tmp_path) as url:
        with contextlib.suppress(httpx.ReadTimeout):
            httpx.get(url + "/endless", timeout=0.5)
        deadline = time.monotonic() + PATIENCE
        while httpx.get(url + "/waiting", timeout=PATIENCE).text != "0":
            assert time.monotonic() < deadline
            time.sleep(0.05)


# Judges


def called(application, path="/", **environ):
    import io

    environ = {"SCRIPT_NAME": "", "PATH_INFO": path, **environ}
    if isinstance(environ.get("wsgi.input"), bytes):
        environ["CONTENT_LENGTH"] = str(len(environ["wsgi.input"]))
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"])
    setup_testing_defaults(environ)
    environ.setdefault("QUERY_STRING", "")
    told = []
    result = validator(application)(environ, lambda *head: told.append(head))
    try:
        return told[0][0], dict(told[0][1]), b"".join(result)
    finally:
        result.close()


def test_what_wsgi_demands():
    application = windup.wsgi.application(make_app(), body=300000)
    status, fields, body = called(application, "/hello")
    assert (status, body, fields["content-length"]) == ("200 OK", b"hello", "5")
    assert called(application, "/slow/1")[2] == b'{"slept": 1}'
    assert called(application, "/count/3")[2] == b"0\n1\n2\n"
    assert called(application, "/none")[0] == "404 Not Found"
    post = {"REQUEST_METHOD": "POST", "wsgi.input": b"x" * 100000}
    assert called(application, "/echo", **post)[2] == b"x" * 100000
    assert called(application, "/hello", REQUEST_METHOD="HEAD")[2] == b""
    for bad in ({"HTTP_X": "a\r\nEvil: 1"}, {"QUERY_STRING": "a\r\nb"}, {"HTTP_X": "\0"}):
        with pytest.raises(ValueError):
            called(application, "/hello", **bad)


def test_a_response_that_nobody_wants_ends():
    app = WindUp()
    ended = []

    @app.get("/")
    def endless(request):
        try:
            while True:
                yield "x" * 1000
        finally:
            ended.append(True)

    environ = {}
    setup_testing_defaults(environ)
    environ["QUERY_STRING"] = ""
    pieces = windup.wsgi.application(app)(environ, lambda *head: None)
    assert next(pieces).startswith(b"xxx")
    pieces.close()
    deadline = time.monotonic() + PATIENCE
    while not ended:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def asked(application, messages, **scope):
    """What `application` sends; `messages` is what it receives, the last one again and again."""
    sent = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"device")],
        **scope,
    }
    waiting = list(messages)

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    async def main():
        await asyncio.wait_for(application(scope, receive, send), PATIENCE)

    asyncio.run(main())
    return sent


def test_what_asgi_demands():
    application = windup.asgi.application(make_app())
    nothing = {"type": "http.request", "body": b"", "more_body": False}
    sent = asked(application, [nothing], path="/hello")
    assert sent[0]["type"] == "http.response.start"
    assert all(isinstance(part, bytes) for field in sent[0]["headers"] for part in field)
    assert sent[0]["status"] == 200 and sent[1]["body"] == b"hello"
    assert not sent[-1].get("more_body") and sent[-1]["type"] == "http.response.body"
    # A body in pieces, its end in a message of its own; no length
    pieces = [
        {"type": "http.request", "body": part, "more_body": True} for part in (b"ab", b"", b"c")
    ]
    headers = [(b"host", b"device"), (b"transfer-encoding", b"chunked")]
    post = {"method": "POST", "path": "/echo"}
    assert asked(application, [*pieces, nothing], headers=headers, **post)[1]["body"] == b"abc"
    headers = [(b"host", b"device"), (b"content-length", b"3")]
    assert asked(application, [*pieces, nothing], headers=headers, **post)[1]["body"] == b"abc"
    # The client goes in the middle of its body
    gone = [pieces[0], {"type": "http.disconnect"}]
    with pytest.raises(OSError):
        asked(application, gone, headers=headers, **post)
    # Over TLS, and without a raw path
    app = WindUp()
    app.get("/ü b")(lambda request: json.dumps([request.secure, request.path]))
    sent = asked(windup.asgi.application(app), [nothing], path="/ü b", scheme="https")
    assert json.loads(sent[1]["body"]) == [True, "/ü b"]
    sent = asked(windup.asgi.application(app), [nothing], path="/x", raw_path=b"/%C3%BC%20b")
    assert json.loads(sent[1]["body"]) == [False, "/ü b"]


def test_lifespan_and_what_is_not_there():
    application = windup.asgi.application(make_app())
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = asked(application, messages, type="lifespan")
    assert [m["type"] for m in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    sent = asked(application, [{"type": "websocket.connect"}], type="websocket")
    assert sent == [{"type": "websocket.close", "code": 1000}]


def test_who_reads_slowly_is_waited_for():
    app = WindUp()
    made = []

    @app.get("/")
    def many(request):
        for n in range(1000):
            made.append(n)
            yield b"x" * 10000

    environ = {}
    setup_testing_defaults(environ)
    environ["QUERY_STRING"] = ""
    pieces = windup.wsgi.application(app)(environ, lambda *head: None)
    next(pieces)
    time.sleep(0.3)
    assert len(made) < 100
    assert sum(map(len, pieces)) + 16384 >= 9_900_000
    pieces.close()
    assert len(made) == 1000


def test_limits_are_the_applications():
    app = WindUp()
    app.get("/")(lambda request: Response("x"))
    application = windup.wsgi.application(app, target=64, head=512)
    assert called(application, "/", QUERY_STRING="x" * 100)[0].startswith("414 ")
    assert called(application, "/", HTTP_X="x" * 600)[0].startswith("431 ")
