"""A heap that has no room for an answer: a client gets a whole one, or hears that there is none."""

import contextlib
import hashlib
import json
import re

import pytest

from bench.web.board import compiled

PASSWORD = b"correct horse"
SALT = b"salt" * 4

# What an ESP8266 has room for, and a handler that fills its heap but for so many bytes
APP = """
import gc
from modcore import Controller, Module
from windup.auth_service import AuthService
from windup.service import WebServer
from windup.static import StaticFiles

hog = None

class Hog(Module):
    depends = ("windup", "auth")

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/fill/<int:left>")(fill)
        app.mount("/files", StaticFiles("/rom/www"))

    def start(self):
        print("ready", self.modc.modules["windup"].url())

def fill(request, left):
    global hog
    hog = None
    gc.collect()
    gc.collect()
    while gc.mem_free() > left:
        hog = (hog, bytearray(40))
    return str(gc.mem_free())

modc = Controller()
for module in (WebServer(), AuthService(), Hog()):
    modc.add(module)
modc.run()
"""


@pytest.fixture
def host(make_host):
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD, SALT, 1000)
    user = {"hash": f"pbkdf2-sha256:1000:{SALT.hex()}:{key.hex()}", "roles": []}
    files = {
        "/etc/auth.json": "{}",
        "/etc/users.json": json.dumps({"ann": user}),
        "/lib/hog.mpy": compiled("hog.py", APP.encode()),
        "/main.py": "import hog",
    }
    options = ("--heap", str(46 * 1024))
    return make_host(bits=32, profile="esp8266", files=files, options=options).start()


def ask(host, path):
    """Status, header section and body of the answer, which must be a whole one."""
    data = b""
    with host.connect() as sock, contextlib.suppress(ConnectionResetError):
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: device\r\nConnection: close\r\n\r\n".encode())
        while more := sock.recv(65536):
            data += more
    head, end, body = data.partition(b"\r\n\r\n")
    assert end, f"{path}: {data!r}\n{host.output}"
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    assert length and len(body) == int(length[1]), f"{path}: {data!r}\n{host.output}"
    return int(head.split()[1]), head, body


@pytest.mark.parametrize("path", ["/login", "/files/index.html", "/files/none"])
def test_an_answer_is_whole_or_an_apology(host, path):
    seen = set()
    for left in range(9000, 0, -150):
        ask(host, f"/fill/{left}")
        status, head, _ = ask(host, path)
        seen.add(status)
        if status == 503:
            assert re.search(rb"\r\nRetry-After: \d+", head)
    good = 404 if path.endswith("none") else 200
    assert seen == {good, 503}, host.output
    ask(host, "/fill/100000")
    assert ask(host, path)[0] == good
