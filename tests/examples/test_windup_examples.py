"""Every example of docs/windup.md runs where its docstring says, and does what the page says of it."""

import contextlib
import gzip
import hashlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import websockets.sync.client
from host import PATIENCE, TOP, free_port
from modcore_cli.certificate import make
from test_run import reach

from bench.web.board import compiled

FOLDER = TOP / "examples" / "windup"
EXAMPLES = sorted(
    path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("coming_from_")
)
FILE = re.compile(r"^    (/etc/\w+\.json) +(\{.*\})$", re.MULTILINE)

# What they use is not frozen there: TLS, the test client, metrics
NOT_ON_ESP8266 = ("secure", "tested", "measured")
PASSWORD = "correct horse"
PAGE = TOP / "docs" / "windup.md"
BUTTON = 5
VALVE = 4


def read(name):
    """The text of an example, where it goes on the device, and the files that its docstring shows, by path."""
    text = (FOLDER / f"{name}.py").read_text()
    docstring = text.split('"""')[1]
    path = re.search(r"^Run as: (/[\w/]+\.py)", docstring, re.MULTILINE)[1]
    return text, path, {path: json.loads(values) for path, values in FILE.findall(docstring)}


def pytest_generate_tests(metafunc):
    if "run" in metafunc.fixturenames:
        name = metafunc.function.__name__
        small = not name.endswith(NOT_ON_ESP8266)
        chips = ["esp32", "esp8266"] if small else ["esp32"]
        metafunc.parametrize("run", chips, indirect=True)


@pytest.fixture
def run(make_host, request):
    """Starts a board with an example on it, `run("hello")`: the board, and as `host.client` a client of it."""
    chip = request.param
    bits = 32 if chip == "esp8266" else 64
    clients = []

    def start(name, files=None, changes=None, ready=True, **options):
        text, path, settings = read(name)
        for file, values in (changes or {}).items():
            settings[file] |= values
        files = {file: json.dumps(values) for file, values in settings.items()} | (files or {})
        if path == "/main.py":
            port = free_port()
            assert "app.run(port=80)" in text
            files["/lib/garden.mpy"] = compiled(
                "garden.py", text.replace("app.run(port=80)", f"app.run(port={port})").encode()
            )
            host = make_host(
                files=files | {"/main.py": "import garden"}, bits=bits, profile=chip, **options
            )
            host.port = port
            host.start(ready=False)
            reach(host).close()
        else:
            host = make_host(files=files | {path: text}, bits=bits, profile=chip, **options)
            host.control.timeout = PATIENCE
            host.start(ready=ready)
        host.client = httpx.Client(base_url=host.url, timeout=PATIENCE)
        clients.append(host.client)
        return host

    yield start
    for client in clients:
        client.close()


def users(**roles):
    """What /etc/users.json has for them."""
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 1000)
    hash = f"pbkdf2-sha256:1000:{salt.hex()}:{key.hex()}"
    return json.dumps({name: {"hash": hash, "roles": roles[name]} for name in roles})


def events(answer):
    """Each server-sent event of a response that streams, as a dict."""
    event = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(":")
            event[name] = value.lstrip()
        elif event:
            yield event
            event = {}


def test_there_is_a_test_of_each_example():
    tests = {
        name.removeprefix("test_example_") for name in globals() if name.startswith("test_example_")
    }
    assert not set(EXAMPLES) - tests


def test_example_hello(run):
    client = run("hello").client
    answer = client.get("/")
    assert (answer.text, answer.headers["content-type"]) == (
        "<h1>Garden</h1>",
        "text/html; charset=utf-8",
    )
    answer = client.get("/valve")
    assert answer.json() == {"name": "Roses", "minutes": 0}
    assert answer.headers["content-type"] == "application/json"
    assert client.head("/").headers["content-length"] == "15"
    assert client.get("/none").status_code == 404
    answer = client.post("/valve")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_example_parameters(run):
    client = run("parameters").client
    assert client.get("/valves/1").json()["name"] == "Lawn"
    answer = client.get("/valves/3")
    assert (answer.status_code, answer.text) == (404, "404 Not Found\nThe valves are 0 to 2\n")
    assert client.get("/valves/one").status_code == 404
    assert [valve["name"] for valve in client.get("/valves?name=ros").json()] == [
        "Roses",
        "Rosemary",
    ]
    assert len(client.get("/valves?name=ros&most=1").json()) == 1
    assert len(client.get("/valves?most=x").json()) == 3


def test_example_bodies(run):
    client = run("bodies").client
    assert client.put("/valves/1", json={"minutes": 20}).json() == {"name": "Roses", "minutes": 20}
    answer = client.put("/valves/1", json={"minutes": 200})
    assert answer.status_code == 422 and 'Send {"minutes": 0 to 120}' in answer.text
    assert client.put("/valves/1", json=[20]).status_code == 422
    assert client.put("/valves/1", content="{", headers=JSON).status_code == 400
    assert client.put("/valves/1", content='{"minutes": 20}').status_code == 415
    assert client.put("/valves/1", content="x" * 201).status_code == 413
    assert client.put("/valves/9", json={"minutes": 20}).status_code == 404
    answer = client.post("/valves/new", data={"name": "Käthe's bed"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/valves/2")
    assert client.get("/valves/2").json()["name"] == "Käthe's bed"
    answer = client.post("/valves/new", data={"name": " "})
    assert answer.status_code == 422 and "A valve needs a name" in answer.text
    answer = client.delete("/valves/2")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get("/valves/2").status_code == 404


JSON = {"Content-Type": "application/json"}


def test_example_answers(run):
    client = run("answers").client
    answer = client.get("/version")
    assert (answer.text, answer.headers["content-type"], answer.headers["cache-control"]) == (
        "1.2",
        "text/plain",
        "max-age=60",
    )
    answer = client.get("/table")
    assert answer.text.count("<tr>") == 24 and answer.headers["transfer-encoding"] == "chunked"
    answer = client.get("/table.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.splitlines()[:2] == ["hour,litres", "0,0"]
    assert client.get("/flow").json() == {"litres": 3}
    answer = client.get("/log", headers={"Range": "bytes=-11"})
    assert (answer.status_code, answer.text) == (206, "06:10 Lawn\n")
    assert "filename*=UTF-8''Gie%C3%9Fen.txt" in answer.headers["content-disposition"]
    assert client.get("/greeting").text == "Hello"
    assert client.post("/language/de").status_code == 204
    assert client.get("/greeting").text == "Guten Tag"
    assert client.post("/language/fr").status_code == 404


def test_example_files(run):
    page = b"<!doctype html><title>Garden</title>" * 40
    host = run(
        "files",
        {
            "/site/index.html": "<h1>Garden</h1>",
            "/site/style.css.gz": gzip.compress(page, 9),
            "/site/app.3f2a9c1b.js": "start()",
            "/site/.secret": "x",
            "/photos/rose.jpg": b"jpeg",
        },
    )
    client = host.client
    answer = client.get("/")
    assert (answer.text, answer.headers["content-type"]) == (
        "<h1>Garden</h1>",
        "text/html; charset=utf-8",
    )
    answer = client.get("/style.css")
    assert (answer.content, answer.headers["content-encoding"]) == (page, "gzip")
    again = client.get("/style.css", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert "immutable" in client.get("/app.3f2a9c1b.js").headers["cache-control"]
    answer = client.get("/photos/rose.jpg")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "image/jpeg",
        "max-age=3600",
    )
    assert client.get("/valve").json()["name"] == "Roses"
    for path in ("/.secret", "/photos/../site/index.html", "/photos/%2e%2e/main.py"):
        assert client.get(path).status_code == 404, path


def test_example_filters(run):
    client = run("filters").client
    answer = client.get("/number")
    assert answer.json() == {"number": 1, "statuses": {}}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers
    answer = client.get("/none", headers={"Origin": "https://garden.example"})
    assert (answer.status_code, answer.json()) == (404, {"error": "There is no /none here"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "https://garden.example"
    assert client.get("/minutes/100/20").json() == {"minutes": 5.0}
    answer = client.get("/minutes/100/0")
    assert (answer.status_code, answer.text) == (503, "No water flows")
    assert client.post("/winter").status_code == 204
    answer = client.post("/winter")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "86400")
    assert client.get("/number").json() == {
        "number": 7,
        "statuses": {"200": 2, "404": 1, "503": 2, "204": 1},
    }


def test_example_parts(run):
    client = run("parts").client
    assert client.get("/").text == '<a href="/garden/beds/roses">Roses</a>'
    assert client.get("/garden/beds/roses").json() == {"bed": "roses", "pin": 3}
    assert client.put("/garden/beds/roses?pin=12").json() == {"bed": "roses", "pin": 12}
    assert client.put("/garden/beds/roses?pin=x").status_code == 400
    answer = client.get("/garden/beds/tulips")
    assert (answer.status_code, answer.json()) == (
        404,
        {"beds": ["/garden/beds/lawn", "/garden/beds/roses"]},
    )
    assert client.get("/beds/roses").text.startswith("404 Not Found")
    assert client.get("/routes").json() == [
        {"method": "GET", "path": "/", "name": "index"},
        {"method": "GET", "path": "/garden/beds/<bed:bed>", "name": "garden.bed"},
        {"method": "PUT", "path": "/garden/beds/<bed:bed>", "name": "garden.bed"},
        {"method": "GET", "path": "/routes", "name": "routes"},
    ]


def test_example_uploads(run):
    client = run("uploads").client
    photo = os.urandom(100_000)
    answer = client.post(
        "/photos/new",
        data={"bed": "roses"},
        files=[("photo", ("../rose.jpg", photo)), ("photo", ("lawn.jpg", b"green"))],
    )
    assert (answer.status_code, answer.json()) == (
        201,
        {"bed": "roses", "saved": {"rose.jpg": 100_000, "lawn.jpg": 5}},
    )
    assert client.get("/photos/rose.jpg").content == photo
    answer = client.post("/photos/new", files={"photo": ("big.jpg", bytes(250_001))})
    assert (answer.status_code, answer.text.splitlines()[1]) == (
        413,
        "At most 250000 bytes are taken of photo",
    )
    assert client.get("/photos/big.jpg").status_code == 404
    assert client.get("/photos/big.jpg.part").status_code == 404
    assert client.post("/photos/new", content=bytes(300_001)).status_code in (413, 415)
    assert client.put("/rain", content=b"3 mm\n" * 50_000).json() == {"lines": 50_000}


def test_example_live(run):
    host = run("live", options=("--fast-clock",))
    client = host.client
    assert "new WebSocket" in client.get("/garden").text
    with (
        client.stream("GET", "/garden/events") as answer,
        websockets.sync.client.connect(
            f"ws://127.0.0.1:{host.port}/garden/live", open_timeout=PATIENCE
        ) as page,
    ):
        told = events(answer)
        assert next(told) == {"retry": "5000"}
        host.control.press(BUTTON, 100)
        assert json.loads(page.recv(PATIENCE)) == {"name": "garden.valve", "data": "open"}
        assert [json.loads(next(told)["data"]) for _ in range(2)] == [
            {"name": "garden.open", "data": None},
            {"name": "garden.valve", "data": "open"},
        ]
        assert host.control.pin(VALVE)["level"] == 1
        page.send('{"name": "garden.close"}')
        assert json.loads(page.recv(PATIENCE)) == {"name": "garden.valve", "data": "closed"}
        assert host.control.pin(VALVE)["level"] == 0
        page.send('{"name": "factory_reset"}')
        assert "accept=" in page.recv(PATIENCE)
    with client.stream("GET", "/garden/clock") as answer:
        told = events(answer)
        first, second = next(told), next(told)
        assert first["event"] == "clock"
        assert json.loads(first["data"])["time"] <= json.loads(second["data"])["time"]


def test_example_talk(run):
    host = run("talk")
    url = f"ws://127.0.0.1:{host.port}/console"
    connect = websockets.sync.client.connect
    with (
        connect(url, subprotocols=["garden.1"], open_timeout=PATIENCE) as one,
        connect(url, open_timeout=PATIENCE) as two,
    ):
        assert (one.subprotocol, two.subprotocol) == ("garden.1", None)
        one.send("moss")
        assert one.recv(PATIENCE) == "What is moss?"
        one.send("all rain")
        assert (one.recv(PATIENCE), two.recv(PATIENCE)) == ("rain", "rain")
        two.send("bye")
        with pytest.raises(websockets.ConnectionClosedOK) as closed:
            two.recv(PATIENCE)
        assert closed.value.rcvd.reason == "The garden sleeps"
        one.send("all sun")
        assert one.recv(PATIENCE) == "sun"
        one.send("x" * 201)
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            one.recv(PATIENCE)
        assert closed.value.rcvd.code == 1009
    assert host.client.get("/console").status_code == 426


def hidden(page, name):
    """The value of a hidden field of a form."""
    return re.search(f'name="{name}" value="([^"]*)"', page)[1]


def test_example_users(run):
    host = run("users", {"/etc/users.json": users(ann=["admin"], bob=["gardener"])})
    client = host.client
    browser = {"Accept": "text/html"}
    assert client.get("/garden").status_code == 401
    assert client.get("/garden/settings/none").status_code == 401
    answer = client.get("/garden", headers=browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/garden")
    page = client.get(answer.headers["location"], headers=browser).text
    form = {name: hidden(page, name) for name in ("next", "csrf_token")}
    answer = client.post("/login", data=form | {"name": "bob", "password": "wrong horse"})
    assert answer.status_code == 403 and "Wrong name or password" in answer.text
    answer = client.post("/login", data=form | {"name": "bob", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/garden")
    assert "Hello bob, you were here 1 times." in client.get("/garden").text
    page = client.get("/garden").text
    assert "here 2 times" in page
    form = {"valve": "open"}
    assert client.post("/garden/valve", data=form).status_code == 403
    foreign = {"Origin": "https://evil.example"}
    assert client.post("/garden/valve", data=form, headers=foreign).status_code == 403
    form["csrf_token"] = hidden(page, "csrf_token")
    assert client.post("/garden/valve", data=form).headers["location"] == "/garden"
    host.wait_for("garden: bob says open")
    assert client.get("/garden/settings").status_code == 403
    assert client.post("/logout", data=form).status_code == 303
    assert client.get("/garden").status_code == 401
    ann = httpx.BasicAuth("ann", PASSWORD)
    assert client.get("/garden/settings", auth=ann).json() == {"user": "ann"}
    assert client.get("/garden/settings/none", auth=ann).status_code == 404
    host.wait_for("garden: auth.login bob")
    assert PASSWORD not in host.output


def test_the_first_user_of_users(run):
    host = run("users")
    (line,) = re.findall(r'modc\.modules\["auth"\]\.add_user\(.*\)', read("users")[0])
    assert f"`{line}`" in PAGE.read_text()
    assert host.client.get("/garden", auth=("ann", PASSWORD)).status_code == 401
    line = line.replace("PASSWORD", PASSWORD)
    host.mpremote("resume", "exec", "from modcore import modc; " + line)
    assert "Hello ann" in host.client.get("/garden", auth=("ann", PASSWORD)).text


def test_example_secure(run):
    cert, key = make(["localhost", "127.0.0.1"], 10)
    redirect = free_port()
    host = run(
        "secure",
        {"/etc/tls.crt": cert, "/etc/tls.key": key},
        {"/etc/windup.json": {"tls_redirect_port": redirect, "port": (port := free_port())}},
        ready=False,
    )
    host.wait_for(f"https://127.0.0.1:{port}/")
    trust = ssl.create_default_context(cadata=cert.decode())
    with httpx.Client(verify=trust, timeout=PATIENCE, follow_redirects=True) as client:
        answer = client.get(f"http://127.0.0.1:{redirect}/garden?a=b")
        assert answer.history[0].status_code == 308
        assert answer.json() == {"secure": True, "url": f"https://127.0.0.1:{port}/garden?a=b"}


def test_example_measured(run):
    host = run("measured")
    answer = host.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\n# TYPE modcore_busy_seconds_total counter\n" in "\n" + answer.text


def test_example_tested(make_host):
    host = make_host(files={"/main.py": read("tested")[0]})
    host.start(ready=False)
    host.wait_for("2 tests passed")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", FOLDER / "tested.py"],
        env=os.environ | {"PYTHONPATH": str(TOP / "frozen"), "PYTEST_ADDOPTS": ""},
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


@contextlib.contextmanager
def program(folder, *words):
    """Runs a command in `folder` where `elsewhere.py` is `garden.py`."""
    bin = Path(sys.executable).parent
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [bin / words[0], *words[1:]],
            cwd=folder,
            env={"PYTHONPATH": f"{TOP / 'frozen'}:{folder}", "PATH": "/usr/bin:/bin"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.mark.parametrize("server", ["python", "gunicorn", "uvicorn"])
def test_example_elsewhere(tmp_path, server):
    port = free_port()
    text = (FOLDER / "elsewhere.py").read_text()
    assert "app.run(port=8080)" in text
    (tmp_path / "garden.py").write_text(text.replace("port=8080", f"port={port}"))
    words = {
        "python": ("python", "garden.py"),
        "gunicorn": ("gunicorn", "garden:wsgi", "-b", f"127.0.0.1:{port}"),
        "uvicorn": ("uvicorn", "garden:asgi", "--port", str(port)),
    }[server]
    with program(tmp_path, *words) as process:
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            assert client.get("/").json() == {"server": "WindUp", "python": "cpython"}
            assert client.post("/lines", content=b"1\n" * 100_000).json() == {"lines": 100_000}
            assert client.post("/lines", content=bytes(1_000_001)).status_code == 413
            with client.stream("GET", "/numbers") as answer:
                assert [event["data"] for event in events(answer)] == ["0", "1", "2"]
        address = f"ws://127.0.0.1:{port}/echo"
        if server != "gunicorn":  # WSGI has none
            with websockets.sync.client.connect(address, open_timeout=PATIENCE) as ws:
                ws.send("moss")
                assert ws.recv(PATIENCE) == "moss"
        else:
            with pytest.raises(websockets.InvalidHandshake):
                websockets.sync.client.connect(address, open_timeout=PATIENCE)
