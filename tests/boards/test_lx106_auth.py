"""Who a client is, on the ESP8266's stack of 8 KiB: whatever reads flash for that leaves some of it."""

import hashlib
import hmac
import importlib.util
import json
import re
from pathlib import Path

import httpx
import pytest
from host import PATIENCE
from sim import Sim

# The stack is the chip's. Its heap has no room for the source of these programs
HEAP = 80 * 1024
STACK_MAX = 7800

SECRET = b"0123456789abcdef" * 2
PASSWORD = "correct horse"

ROUTES = """
from modcore import Module

class Routes(Module):
    depends = ("windup", "auth")

    def mount(self):
        from windup import WindUp
        app = self.modc.modules["windup"].app
        for path in ("/admin", "/deep/<int:number>"):
            app.get(path, roles=("admin",))(self.who)
        inner = WindUp()
        inner.get("/in/<int:number>")(self.who)
        inner.post("/in")(self.length)
        app.mount("/mount", inner, roles=("admin",))
        for path in ("/who", "/who/<int:number>"):
            app.get(path)(self.who)
        app.get("/count")(self.count)
        app.event_stream("/once")(self.once)
        app.event_stream("/later")(self.later)

    def start(self):
        print(self.modc.modules["windup"].url())

    def who(self, request, number=0):
        return request.user.name if request.user else "nobody"

    def length(self, request):
        return str(len(request.body))

    def count(self, request):
        request.session["count"] = request.session.get("count", 0) + 1
        return str(request.session["count"])

    def once(self, request, stream):
        raise ValueError("at once")

    async def later(self, request, stream):
        await stream.send("one")
        raise ValueError("later")
"""
MAIN = (
    ROUTES
    + """
from modcore import Controller
from modcore.repl import Repl
from modcore.sysinfo import SysInfo
from windup.auth_service import AuthService
from windup.service import WebServer

modc = Controller()
for module in (SysInfo(), WebServer(), AuthService(), Routes(), Repl()):
    modc.add(module)
modc.run()
"""
)


def hashed(secret):
    return hmac.new(b"", secret, hashlib.sha256).hexdigest()


def files():
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"salt" * 4, 1000)
    text = f"pbkdf2-sha256:1000:{(b'salt' * 4).hex()}:{key.hex()}"
    etc = {
        "auth": {"keep": True, "iterations": 1000, "remember": 30},
        "users": {"ann": {"hash": text, "roles": ["admin"]}},
        "tokens": {"backup": {"hash": hashed(SECRET), "roles": ["admin"]}},
        "remember": {
            "f" * 16: {"user": "ann", "hash": hashed(SECRET)[:40], "before": "", "made": 0}
        },
        "sessions": {"0": [hashed(SECRET)[:40], "ann", 10, 5, {"count": 3}]},
    }
    named = {f"/etc/{name}.json": json.dumps(values).encode() for name, values in etc.items()}
    return named | {"/main.py": MAIN.encode()}


TOKEN = b"Authorization: Bearer backup." + SECRET
BROWSER = b"Cookie: remember=" + b"f" * 16 + b"." + SECRET
SESSION = b"Cookie: sid=00" + SECRET


@pytest.fixture(scope="module")
def figures():
    path = Path("boards/LX106_SIM/bench/figures.py")
    spec = importlib.util.spec_from_file_location("lx106_figures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def request(path, *fields, body=None):
    method = b"GET" if body is None else b"POST"
    fields = (b"Host: device", *fields)
    if body is not None:
        fields += (b"Content-Length: %d" % len(body),)
    return b"%s %s HTTP/1.1\r\n%s\r\n\r\n%s" % (method, path, b"\r\n".join(fields), body or b"")


def answers(figures, *requests):
    """`(status, body, stack)` for each of `requests`, after a boot, each on a connection of its own."""
    found = []

    def script(network, counters):
        for data in requests:
            client = network.connect()
            yield
            counters.forget_stack()
            client.send(data)
            for _ in range(100):
                yield
                head, end, body = bytes(client.received).partition(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", head)
                if end and length and len(body) == int(length[1]):
                    break
            found.append((int(head[9:12] or 0), body.decode(), counters.stack))
            for _ in range(3):  # what is kept is written
                yield

    figures.run(files(), script, heap=HEAP)
    return found


@pytest.mark.parametrize("path", [b"/admin", b"/deep/5", b"/mount/in/5", b"/who", b"/who/5"])
@pytest.mark.parametrize(
    "field, name",
    [(TOKEN, "token:backup"), (BROWSER, "ann"), (SESSION, "ann")],
    ids=["token", "remember", "session"],
)
def test_whoever_it_is_there_is_stack_to_find_out(figures, path, field, name):
    for status, body, stack in answers(figures, request(path, field)):
        assert (status, body) == (200, name)
        assert stack <= STACK_MAX


def test_who_is_nobody(figures):
    requests = [request(b"/deep/5"), request(b"/deep/5", TOKEN[:-1] + b"0"), request(b"/login")]
    for (status, _, stack), expected in zip(
        answers(figures, *requests), (401, 401, 200), strict=True
    ):
        assert status == expected
        assert stack <= STACK_MAX


def test_a_body_that_comes_with_a_token(figures):
    body = b"x" * 3000
    for status, text, stack in answers(figures, request(b"/mount/in", TOKEN, body=body)):
        assert (status, text) == (200, "3000")
        assert stack <= STACK_MAX


@pytest.fixture
def sim(tmp_path):
    sim = Sim(tmp_path, files=files(), heap=HEAP)
    yield sim
    sim.stop()


def test_a_browser_that_stays_logged_in_over_a_restart(sim):
    sim.start()
    with httpx.Client(base_url=sim.url, timeout=PATIENCE) as client:
        values = {"name": "ann", "password": PASSWORD, "remember": True}
        assert client.post("/login", json=values).status_code == 200
        assert client.get("/count").text == "1"
        sim.mpremote("exec", "from modcore import modc; modc.modules['auth'].save()")
        sim.mpremote("reset")
        sim.wait_for(rf":{sim.port}/", count=2)
        assert client.get("/deep/5").text == "ann"
        assert client.get("/count").text == "2"
        first = client.cookies["remember"]
        del client.cookies["sid"]
        assert client.get("/deep/5").text == "ann"
        assert client.cookies["remember"] != first
        assert client.get("/count").text == "1"


def test_a_handler_of_an_event_stream_that_raises(sim):
    sim.start()
    for path, text in (("/once", ""), ("/later", "data: one\n\n")):
        for _ in range(2):
            assert sim.get(path).text == text
    sim.wait_for(r"ValueError: at once", count=2)
    sim.wait_for(r"ValueError: later", count=2)
    assert "recursion" not in sim.output
