"""What docs/coming-from.md shows runs on the booted firmware and answers as the originals do."""

import re

import httpx
import pytest
from host import TOP, free_port
from test_run import reach

FOLDER = TOP / "examples" / "windup"
PAGE = (TOP / "docs" / "coming-from.md").read_text()
EXAMPLES = sorted(
    path.stem.removeprefix("coming_from_") for path in FOLDER.glob("coming_from_*.py")
)


def read(name):
    """The text of an example, and where it goes on the device."""
    text = (FOLDER / f"coming_from_{name}.py").read_text()
    (path,) = re.findall(r"^Run as: (/\S+)$", text.split('"""')[1], re.MULTILINE)
    return text, path


@pytest.fixture(params=["esp32", "esp8266"])
def run(make_host, request):
    """Starts a board with an example on it: `run("picoweb")`; a client of it."""
    chip = request.param
    clients = []

    def start(name, **files):
        text, path = read(name)
        port = free_port()
        if path == "/main.py":
            assert "app.run(port=80)" in text
            text = text.replace("app.run(port=80)", f"app.run(port={port})")
        bits = 32 if chip == "esp8266" else 64
        host = make_host(files={path: text} | files, bits=bits, profile=chip)
        if path == "/main.py":
            host.port = port
            host.start(ready=False)
            reach(host).close()
        else:
            host.start()
        clients.append(httpx.Client(base_url=host.url))
        return clients[-1]

    yield start
    for client in clients:
        client.close()


def test_there_is_a_test_of_each_example():
    assert set(EXAMPLES) == {
        name.removeprefix("test_example_") for name in globals() if name.startswith("test_example_")
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_shows_the_example(name):
    blocks = re.findall(
        rf"^\[coming_from_{name}\.py\]\(\.\./examples/windup/coming_from_{name}\.py\)\n\n```python\n(.*?)```$",
        PAGE,
        re.MULTILINE | re.DOTALL,
    )
    assert len(blocks) == 1
    # All of it but what stands before its first object
    text = read(name)[0]
    assert text.endswith("\n" + blocks[0])
    before = text[: -len(blocks[0])].split('"""')[2]
    assert all(line.startswith(("from ", "import ")) for line in before.split("\n") if line)


def test_example_picoweb(run):
    client = run("picoweb")
    answer = client.get("/")
    assert answer.text == "I can show you a table of <a href='squares'>squares</a>."
    assert answer.headers["content-type"].startswith("text/html")
    answer = client.get("/squares")
    assert re.findall(r"<td>(\d+)<td>(\d+)", answer.text) == [
        (str(number), str(number * number)) for number in range(10)
    ]


def test_example_aioweb(run):
    client = run("aioweb")
    assert client.get("/").text == "Hello world!"
    with client.stream("GET", "/count") as answer:
        pieces = answer.iter_text()
        assert [next(pieces), next(pieces)] == [
            "<div>Hello world #1!</div>",
            "<div>Hello world #2!</div>",
        ]
    assert client.get("/").text == "Hello world!"


def test_example_micropie(run):
    client = run("micropie")
    assert client.get("/").text == "Welcome"
    assert client.get("/greet").text == "Hello, Guest!"
    assert client.get("/greet/Alice").text == "Hello, Alice!"
    assert client.get("/greet?name=Alice").text == "Hello, Alice!"
    assert client.post("/submit").text == "Form submitted by: Anonymous"
    assert client.post("/submit", data={"username": "Ada"}).text == "Form submitted by: Ada"
    assert client.get("/submit").status_code == 405
    assert client.get("/_request").status_code == 404


def test_example_microdot(run):
    assert run("microdot").get("/").text == "Hello, world!"


def test_example_tinyweb(run):
    client = run("tinyweb", **{"/static/index.html": "<h1>Hi</h1>", "/static/images/a.png": "png"})
    for path in ("/", "/index.html"):
        answer = client.get(path)
        assert (answer.text, answer.headers["content-type"]) == (
            "<h1>Hi</h1>",
            "text/html; charset=utf-8",
        )
    answer = client.get("/images/a.png")
    assert (answer.text, answer.headers["content-type"]) == ("png", "image/png")
    assert client.get("/images/b.png").status_code == 404
    assert client.get("/customers").json() == {"1": {"name": "Jack"}, "2": {"name": "Bob"}}
    answer = client.post("/customers", json={"name": "Ann"})
    assert (answer.status_code, answer.json()) == (201, {"message": "created"})
    assert client.get("/customers").json()["3"] == {"name": "Ann"}
    assert client.delete("/customers").headers["allow"] == "GET, POST, HEAD, OPTIONS"


def test_example_mpymodcore(run):
    client = run("mpymodcore")
    assert client.get("/app").text == "hello world"
    assert client.get("/api/v1/status").status_code == 200
