"""WebREPL, with a client from PyPI (`webrepl`, made from MicroPython's own command line) and with `websockets`."""

import re
import socket

import pytest
import websockets.sync.client
from host import PATIENCE, free_port
from webrepl import Webrepl

MAIN = """
from modcore import Controller
from modcore.repl import Repl
from modcore.webrepl import WebRepl
from modcore import config
if hasattr(config, "_KINDS"): WebRepl.schema = (("password", "str") + WebRepl.schema[0][2:], WebRepl.schema[1])
modc = Controller()
modc.add(Repl())
modc.add(WebRepl())
modc.run()
"""


class Device:
    """A board with WebREPL, and clients of it."""

    def __init__(self, make_host, password="secret99", bits=64, **files):
        self.port = free_port()
        config = f'{{"password": "{password}", "port": {self.port}}}'
        files = {"/main.py": MAIN, "/etc/webrepl.json": config} | files
        self.host = make_host(files=files, bits=bits).start(ready=False)
        self.host.wait_for("webrepl: |failed" if password else ">>> ")

    def client(self, password="secret99"):
        """A client from PyPI; it has logged in when `connected` says so."""
        client = Webrepl(host="127.0.0.1", port=self.port, noauto=True)
        client.connect("127.0.0.1", self.port)
        client.s.settimeout(PATIENCE)
        client.login(password)
        return client

    def browser(self):
        """A client that keeps to RFC 6455, as a browser does."""
        return websockets.sync.client.connect(f"ws://127.0.0.1:{self.port}", open_timeout=PATIENCE)


def read_until(browser, text):
    """What comes until `text` is there."""
    seen = ""
    while text not in seen:
        seen += browser.recv(PATIENCE)
    return seen


def log_in(browser, password="secret99"):
    read_until(browser, "Password: ")
    for key in password + "\r":
        browser.send(key)
    return read_until(browser, "\r\n")


@pytest.mark.parametrize("bits", [64, 32])
def test_commands_and_files(make_host, tmp_path, bits):
    device = Device(make_host, bits=bits)
    client = device.client()
    assert client.connected
    assert client.get_ver() == (1, 26, 1)
    assert b"42\r\n" in client.sendcmd("print(6 * 7)")
    for size in (0, 1, 255, 256, 257, 1024, 20000):
        local = tmp_path / f"{size}.bin"
        local.write_bytes(bytes(i * 7 & 255 for i in range(size)))
        client.put_file(str(local), f"/put{size}.bin")
        assert client.get_file_content(f"/put{size}.bin") == local.read_bytes()
    assert b"20000" in client.sendcmd("import os; print(os.stat('/put20000.bin')[6])")
    assert b"put20000.bin.new" not in client.sendcmd("print(os.listdir('/'))")
    # A missing file and a folder that is not there are answered, and the session goes on
    with pytest.raises(AssertionError):
        client.get_file_content("/nowhere.bin")
    with pytest.raises(AssertionError):
        client.put_file(str(tmp_path / "1.bin"), "/no/where.bin")
    client.disconnect()
    device.host.wait_for("webrepl: 127.0.0.1 is gone")
    assert device.client().connected


def test_a_browser(make_host):
    device = Device(make_host)
    with device.browser() as browser:
        log_in(browser)
        browser.send("1 + 1\r")
        assert "\r\n2\r\n" in read_until(browser, "2\r\n>>> ")
        browser.ping().wait(PATIENCE)
        browser.send("print('x' * 5000)\r")
        assert "x" * 5000 in read_until(browser, "x\r\n>>> ")
        browser.send("input('name? ')\r")
        read_until(browser, "name? ")
        browser.send("modcore\r")
        assert "'modcore'" in read_until(browser, "'modcore'")
        browser.send("print('both' + ' see')\r")
        read_until(browser, "both see")
        device.host.wait_for("both see")
    device.host.wait_for("webrepl: 127.0.0.1 is gone")
    with device.browser() as browser:
        assert "WebREPL connected" in log_in(browser)


def test_a_wrong_password(make_host):
    device = Device(make_host)
    for count, wrong in enumerate(("secret9", "secret98", "x" * 500), 1):
        client = device.client(wrong)
        assert not client.connected
        client.disconnect()
        device.host.wait_for("is gone", count=count)
    waits = re.findall(r"the next try has to wait (\d+) s", device.host.output)
    assert waits == ["1", "2", "4"]
    assert device.client().connected  # which waits until it may
    assert "secret" not in device.host.output


def test_one_client_at_a_time(make_host):
    device = Device(make_host)
    client = device.client()
    with socket.create_connection(("127.0.0.1", device.port), PATIENCE) as second:
        assert second.recv(100).startswith(b"HTTP/1.1 503 ")
    assert b"42" in client.sendcmd("print(6 * 7)")


@pytest.mark.parametrize(
    "request_text, answer",
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 426 "),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 2000, b"HTTP/1.1 431 "),
        (b"\0\r\n\r\n", b"HTTP/1.1 426 "),
    ],
)
def test_what_is_no_websocket(make_host, request_text, answer):
    device = Device(make_host)
    with socket.create_connection(("127.0.0.1", device.port), PATIENCE) as sock:
        sock.sendall(request_text)
        assert sock.recv(100).startswith(answer)
    device.host.wait_for("is gone")
    assert device.client().connected


@pytest.mark.parametrize("frame", [b"\x81\x7f" + b"\xff" * 8, b"\xf1\x00", b"\x89\x7e\x01\x00"])
def test_frames_that_end_it(make_host, frame):
    device = Device(make_host)
    client = device.client()
    client.s.sendall(frame)
    assert client.s.recv(100) == b""
    device.host.wait_for("is gone")
    assert device.client().connected


def test_a_put_that_breaks_off_leaves_the_old_file(make_host):
    device = Device(make_host, **{"/note.txt": "old"})
    client = device.client()
    client.ws.write(
        b"WA\x01\0" + bytes(8) + (1000).to_bytes(4, "little") + b"\x09\0/note.txt" + bytes(55)
    )
    assert client.read_resp() == 0
    client.ws.write(b"x" * 500)
    client.disconnect()
    device.host.wait_for("webrepl: 127.0.0.1 is gone")
    client = device.client()
    assert client.get_file_content("/note.txt") == b"old"
    assert b"note.txt.new" not in client.sendcmd("import os; print(os.listdir('/'))")


def test_off_without_a_password(make_host):
    device = Device(make_host, password="")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", device.port), PATIENCE)
    device = Device(make_host, password="abc")
    assert "password: expected at least 4 characters" in device.host.output


def test_a_client_that_takes_nothing_is_dropped(make_host):
    device = Device(make_host)
    client = device.client()
    client.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.ws.writetext(b"for i in range(8000): print('x' * 1000)\r\r")
    device.host.wait_for("webrepl: 127.0.0.1 is gone")
    assert device.client().connected
