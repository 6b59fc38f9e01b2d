"""Requests of every kind, good and bad, from clients that behave and from others: nothing is left over.

The sample sends a few thousand with a fixed seed; in full it is a million.
"""

import contextlib
import os
import random
import re
import socket
import struct
import time
from pathlib import Path

import pytest
from accounts import PASSWORD, users
from host import PATIENCE, Host

from bench.web.board import compiled

HERE = Path(__file__).parent
BLOB = b"".join(bytes([n]) * 256 for n in range(32))
SEED = 20261121
CRASH = "ValueError: on purpose"

MAIN = """
import sys
sys.path.append('/lib')
from modcore import Controller
from modcore.repl import Repl
from soak_app import make_app
from windup.auth_service import AuthService
from windup.service import WebServer

class Soak(WebServer):
    def init(self):
        super().init()
        self.app = make_app(lambda: len(self._server._open))

    def start(self):
        super().start()
        print('ready', self.url())

modc = Controller()
modc.add(Soak())
modc.add(AuthService())
modc.add(Repl())
modc.run()
"""


def head(path, *fields, method="GET", version="1.1"):
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *fields, "", ""]).encode()


def post(path, body, kind="text/plain"):
    return head(path, f"Content-Type: {kind}", f"Content-Length: {len(body)}", method="POST") + body


def receive(sock):
    data = sock.recv(65536)
    if not data:
        raise ConnectionError
    return data


def read_response(sock):
    """One response with a Content-Length from `sock`; `(status, head, body)`. ConnectionError: it has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: (\d+)", head)
    length = int(found[1]) if found else 0
    while len(body) < length:
        body += receive(sock)
    return int(head.split()[1]), head, body


class Client:
    """Keeps one connection, and asks on it until something ends it. `count`: the answers that were as they have to be."""

    def __init__(self, host, seed, most):
        self._host = host
        self._random = random.Random(seed)
        self._most = most  # bytes of a body that the handler gets whole
        self._sock = None
        self._cookie = self._user = None
        self._seed, self._number = seed, 0
        self.count = 0
        self._kinds = [
            *[getattr(self, name) for name in dir(type(self)) if name.startswith("good_")] * 6,
            *[getattr(self, name) for name in dir(type(self)) if name.startswith("bad_")] * 2,
            *[getattr(self, name) for name in dir(type(self)) if name.startswith("rude_")],
        ]

    def go_on(self):
        self._random.choice(self._kinds)()

    def close(self):
        if self._sock:
            self._sock.close()
            self._sock = None

    def _send(self, data):
        if self._sock is None:
            self._sock = self._host.connect()
            self._sock.settimeout(PATIENCE)
        self._sock.sendall(data)

    def _ask(self, data, status, body=None):
        got = self._ask_any(data, (status,))
        assert body is None or got[2] == body, (data, got)
        return got

    def _ask_any(self, data, statuses):
        try:
            self._send(data)
            got = read_response(self._sock)
        except ConnectionError:
            # The server may have closed a connection that rested, to make room for another client
            self.close()
            self._send(data)
            got = read_response(self._sock)
        assert got[0] in statuses, (data, got)
        self.count += 1
        return got

    # What goes on

    def good_pages(self):
        self._ask(head("/hello"), 200, b"hello")
        self._ask(head("/pin/5/out"), 200)
        self._ask(head("/query?name=a%20b"), 200, b"a b")

    def good_pipeline(self):
        self._ask(head("/hello"), 200)
        number = self._random.randrange(2, 9)
        self._send(head("/hello") * number)
        data = b""
        while data.count(b"hello") < number:
            data += receive(self._sock)
        self.count += number

    def good_bodies(self):
        body = b'{"a": [%d]}' % self._random.randrange(1000)
        self._ask(post("/json", body, "application/json"), 200, body)
        self._ask(post("/form", b"name=%41", "application/x-www-form-urlencoded"), 200, b"A")
        body = self._random.randbytes(self._random.randrange(self._most))
        self._ask(post("/echo", body), 200, body)

    def good_chunks(self):
        data = head("/echo", "Transfer-Encoding: chunked", method="POST")
        self._ask(data + b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n", 200, b"abcde")

    def good_files(self):
        _, fields, _ = self._ask(head("/static/blob.bin"), 200, BLOB)
        tag = re.search(rb"ETag: (.*?)\r\n", fields)[1].decode()
        self._ask_304(head("/static/blob.bin", "If-None-Match: " + tag))
        start = self._random.randrange(len(BLOB))
        self._ask(head("/static/blob.bin", f"Range: bytes={start}-"), 206, BLOB[start:])
        self._ask(head("/file", "Range: bytes=-100", 'If-Range: "blob"'), 206, BLOB[-100:])
        self._ask_304(head("/file", 'If-None-Match: "blob"'))

    def _ask_304(self, data):
        self._send(data)
        got = b""
        while not got.endswith(b"\r\n\r\n"):
            got += receive(self._sock)
        assert got.startswith(b"HTTP/1.1 304 "), got
        self.count += 1

    def good_users(self):
        """One in twenty logs in, the others come with what that gave; half of them log out again."""
        if self._cookie is None or not self._random.randrange(20):
            name = self._random.choice(["ann", "bob"])
            body = b'{"name": "%s", "password": "%s"}' % (name.encode(), PASSWORD.encode())
            _, fields, _ = self._ask(post("/login", body, "application/json"), 200)
            cookie = re.search(rb"Set-Cookie: (sid=\w+)", fields)[1].decode()
            self._cookie = f"Cookie: {cookie}\r\nOrigin: http://x"
            self._user = name
        status, _, body = self._ask_any(head("/name", self._cookie), (200, 401))
        if status == 401:  # of so many sessions the oldest has made room
            self._cookie = None
            return
        assert body == self._user.encode()
        if self._user == "ann":
            self._ask(head("/count", self._cookie, "Content-Length: 0", method="POST"), 200)
        else:
            self._ask(head("/count", self._cookie, "Content-Length: 0", method="POST"), 403)
        self._ask(self._upload(2000), 200, b"saved")
        if self._random.randrange(2):
            self._ask(head("/logout", self._cookie, "Content-Length: 0", method="POST"), 204)
            self._cookie = None

    def _upload(self, size):
        # Of another name than one whose client has just gone, which the device may not know yet
        self._number += 1
        name = f'name="f"; filename="up{self._seed % 100}-{self._number % 8}"'
        body = f"--b\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode()
        body += b"x" * size + b"\r\n--b--\r\n"
        return (
            head(
                "/upload",
                self._cookie,
                "Content-Type: multipart/form-data; boundary=b",
                f"Content-Length: {len(body)}",
                method="POST",
            )
            + body
        )

    def good_slow_ones(self):
        self._ask(head("/later"), 200, b"later")
        self._send(head("/lines"))
        data = b""
        while not data.endswith(b"\r\n0\r\n\r\n"):
            data += receive(self._sock)
        self.count += 1

    def good_in_pieces(self):
        data = post("/echo", b"12345")
        at = self._random.randrange(1, len(data))
        self._send(data[:at])
        self._ask(data[at:], 200, b"12345")

    # What is answered with an error

    def bad_questions(self):
        self._ask(head("/nothing"), 404)
        self._ask(head("/hello", method="DELETE"), 405)
        self._ask(head("/query?name=%zz"), 400)
        self._ask(head("/error"), 409)
        self._ask(head("/static/../boot.py"), 404)
        self._ask(head("/file", "Range: bytes=9999-"), 416)
        self._ask(post("/json", b"[", "application/json"), 400)
        self._ask(head("/name"), 401)
        self._ask(head("/name", "Cookie: sid=00" + "0" * 32), 401)

    def _refused(self, data, status):
        self.close()
        self._ask(data, status)
        self.close()

    def bad_line(self):
        self._refused(b"GET /\r\n\r\n", 400)

    def bad_framing(self):
        self._refused(head("/echo", "Content-Length: 1", "Transfer-Encoding: chunked"), 400)

    def bad_chunk(self):
        self._refused(head("/echo", "Transfer-Encoding: chunked", method="POST") + b"x\r\n", 400)

    def bad_length(self):
        self._refused(head("/echo", "Content-Length: 100000", method="POST") + b"x" * 5000, 413)

    def bad_head(self):
        self._refused(head("/", "X: " + "a" * 5000), 431)

    def bad_handler(self):
        if not self._random.randrange(20):  # it fills the console
            self._ask(head("/crash"), 500)

    # Who does not wait for an answer

    def _leave(self, data, read=0, reset=False):
        self.close()
        with contextlib.suppress(ConnectionError):
            self._send(data)
            if read:
                self._sock.recv(read)
            if reset or self._random.randrange(2):
                linger = struct.pack("ii", 1, 0)  # close by RST
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()
        self.count += 1

    def rude_half_a_head(self):
        data = head("/hello", "X-Some: field")
        self._leave(data[: self._random.randrange(len(data))])

    def rude_half_an_upload(self):
        self._leave(post("/echo", b"x" * 2 * self._most)[: self._most])

    def rude_half_a_form(self):
        if self._cookie:
            self._leave(self._upload(4000)[:2000])

    def rude_half_a_chunk(self):
        self._leave(head("/echo", "Transfer-Encoding: chunked", method="POST") + b"fff\r\nabc")

    def rude_half_a_download(self):
        self._leave(head(self._random.choice(["/static/blob.bin", "/file", "/lines"])), 10)

    def rude_no_download(self):
        self._leave(head("/static/blob.bin") * 5)

    def rude_no_patience(self):
        # One who only shuts its side still gets its answer
        self._leave(head("/for-ever"), reset=True)


def fill(host, limit):
    socks = [host.connect() for _ in range(limit)]
    for sock in socks:
        sock.sendall(head("/lines"))
        while not receive(sock).endswith(b"0\r\n\r\n"):
            pass
    for sock in socks:
        sock.close()
    for _ in range(20):
        assert host.get("/crash").status_code == 500  # the log keeps the last lines


def left(host):
    """What the board has left, once the connections of those who went are closed."""
    deadline = time.monotonic() + PATIENCE
    while True:
        values = host.get("/left").json()
        gone = values["connections"] == 1 and values["files"] == 0
        if gone or time.monotonic() > deadline:
            children = Path(f"/proc/{host.pid}/task/{host.pid}/children").read_text().split()
            values["handles"] = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in children)
            return values


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("profile", "clients"), [("esp32", 12), ("esp8266", 1)])
def test_nothing_is_left_of_requests_of_all_kinds(tmp_path, soak, profile, clients):
    total = 500000 if soak else 2000
    files = {
        "/main.py": MAIN,
        "/lib/soak_app.mpy": compiled("soak_app.py", (HERE / "soak_app.py").read_bytes()),
        "/etc/users.json": users(),
    }
    heap = {"esp32": 150, "esp8266": 38}[profile] * 1024
    # Of what is taken whole there is room for less in the smaller heap
    most = {"esp32": 3000, "esp8266": 1000}[profile]
    settings = [f"windup.head={most + 1000}"]
    host = Host(tmp_path, 32, profile, files, settings, ["--heap", str(heap)]).start()
    try:
        people = [Client(host, SEED + number, most) for number in range(clients)]
        # As many connections at once as the server keeps: what each of them holds for ever is there then
        fill(host, {"esp32": 20, "esp8266": 2}[profile])
        chance = random.Random(SEED)
        levels = []
        for part in range(1, 6):
            while sum(client.count for client in people) < part * total // 5:
                chance.choice(people).go_on()
            for client in people:
                client.close()
            levels.append(left(host))
        print(f"{profile}: {sum(client.count for client in people)} requests, left {levels}")
    finally:
        host.stop()
    assert [level["files"] for level in levels] == [0] * 5
    assert [level["connections"] for level in levels] == [1] * 5
    assert max(level["sessions"] for level in levels) <= 32, levels
    # No part of an upload that was broken off
    assert all(re.fullmatch(r"blob.bin|up[\d-]+", name) for name in levels[-1]["folder"]), levels
    handles = [level["handles"] for level in levels]
    # The connection that asked may be closed by now
    assert max(handles) - min(handles) <= 1, levels
    # The first part has imported what there is, and filled what is used again
    grown, more = (levels[-1][key] - levels[1][key] for key in ("heap", "sessions"))
    assert grown < 1024 + 400 * max(more, 0), levels
    assert set(re.findall(r"windup: (\w+Error: .*?)\s*$", host.output, re.M)) <= {CRASH}, (
        host.output
    )
