"""`ntp` on the booted firmware: against Debian's chrony, and against a server that gives every bad answer."""

import ast
import json
import os
import pwd
import socket
import struct
import subprocess
import threading
import time

import pytest

PROGRAM = """
import asyncio
import sys
import time
from modcore import Controller, Module, discipline
from modcore.fiber import sleep_ms
from modcore.ntp import Ntp


class Fast(Ntp):
    name = "ntp"

    def sync(self, wait_s=0):
        print('after', wait_s, 's')
        Ntp.sync(self, 0 if self.retry_s else wait_s)


class Watch(Module):
    subscribe = ("ntp",)

    def on_event(self, event):
        print("ntp", event.data, time.gmtime()[0])
        print("left", [part for part in BORROWED if "modcore." + part in sys.modules])

    async def run(self):
        while True:
            await sleep_ms(5)
            if ntp.question:
                print("alive")
                await sleep_ms(200)


BORROWED = "ntp_config", "question", "sntp", "tz"
AHEAD_MS = %d
now_ms = time.time_ns() // 1000000 + AHEAD_MS
discipline.step(now_ms // 1000, now_ms %% 1000)
modc = Controller()
ntp = modc.add(Fast())
modc.add(Watch())
modc.run()
"""


def start(make_host, servers, bits=64, ahead_ms=0, **values):
    """A board whose clock is ahead by `ahead_ms`, with `servers`."""
    values |= {"servers": servers}
    files = {"/main.py": PROGRAM % ahead_ms, "/etc/ntp.json": json.dumps(values)}
    profile = "esp32" if bits == 64 else "esp8266"
    return make_host(bits=bits, profile=profile, files=files).start(ready=False)


def result(host, count=1):
    """The data of the `count`th event `ntp`, and the year after it."""
    found = host.wait_for(r"ntp (\{.*\}) (\d+)", count)
    return ast.literal_eval(found[1]), int(found[2])


def udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture
def chrony(tmp_path):
    """chronyd as a server on loopback that leaves this computer's clock alone; its address."""
    port = udp_port()
    config = tmp_path / "chrony.conf"
    config.write_text(
        f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 8\n"
        f"cmdport 0\nbindcmdaddress /\npidfile {tmp_path}/pid\n"
    )
    user = pwd.getpwuid(os.getuid()).pw_name
    process = subprocess.Popen(
        ["/usr/sbin/chronyd", "-d", "-x", "-U", "-u", user, "-f", config],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        request = b"\x23" + bytes(39) + b"01234567"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.2)
            deadline = time.monotonic() + 30
            while True:
                assert process.poll() is None and time.monotonic() < deadline, process.stdout.read()
                sock.sendto(request, ("127.0.0.1", port))
                try:
                    if sock.recv(100)[0] >> 6 != 3:
                        break
                except OSError:
                    pass
                time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


@pytest.mark.parametrize("bits", [64, 32])
@pytest.mark.parametrize("ahead_ms", [-833000123457, 86400600, -700, 300, -300, 0])
def test_the_clock_is_that_of_chrony(make_host, chrony, bits, ahead_ms):
    host = start(make_host, [chrony], bits, ahead_ms)
    data, year = result(host)
    # Whatever the load of this computer: the server's time lies within the round trip
    assert abs(data["offset_ms"] + ahead_ms) <= data["delay_ms"] / 2 + 3
    assert data["step"] is (abs(ahead_ms) > 500)
    assert data["server"] == chrony
    assert year >= 2026


class Scripted:
    """An SNTP server that answers each request as the next step of a script says."""

    def __init__(self, *script):
        self.script = list(script)
        self.requests = []
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.name = f"127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        for step in self.script:
            try:
                request, client = self.sock.recvfrom(1000)
            except OSError:
                return
            self.requests.append(request)
            step(self, request, client)

    def close(self):
        self.sock.close()


def answer(request, **changes):
    """What a good server says, with bytes changed: `b1=b"\\0"`."""
    now = time.time() + 2208988800
    stamp = struct.pack(">LL", int(now) % 2**32, int(now % 1 * 2**32))
    good = bytearray(b"\x24\x02\x06\xe9" + bytes(8) + b"LOCL" + stamp + request[40:48] + stamp * 2)
    for name, value in changes.items():
        good[int(name[1:]) : int(name[1:]) + len(value)] = value
    return bytes(good)


def say(**changes):
    return lambda server, request, client: server.sock.sendto(answer(request, **changes), client)


def silent(server, request, client):
    pass


def short(server, request, client):
    server.sock.sendto(answer(request)[:47], client)


def long(server, request, client):
    server.sock.sendto(answer(request) + bytes(1300), client)


def from_another(address):
    def reply(server, request, client):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((address, 0))
            sock.sendto(answer(request, b40=b"\xe8"), client)

    return reply


def flood(server, request, client):
    for _ in range(300):
        server.sock.sendto(bytes(48), client)


def forged_first(server, request, client):
    server.sock.sendto(answer(request, b24=bytes(8), b40=b"\xa0"), client)
    server.sock.sendto(b"\xff" * 48, client)
    server.sock.sendto(answer(request), client)


BAD = (
    (silent, "no answer"),
    (short, "47 bytes are no NTP message"),
    (say(b24=bytes(8)), "it answers another request"),
    (say(b0=b"\x23"), "mode 3 is not that of a server"),
    (say(b0=b"\x25"), "mode 5 is not that of a server"),
    (say(b0=b"\x2c"), "version 5"),
    (say(b0=b"\xe4"), "its clock is not synchronised"),
    (say(b1=b"\x10"), "stratum 16: it is not synchronised"),
    (say(b40=bytes(8)), "it gives no time"),
    (say(b4=b"\x00\x02"), "it is more than a second away from its own source"),
    (from_another("127.0.0.1"), "no answer"),
    (from_another("127.0.0.2"), "no answer"),
    (flood, "it answers another request"),
    (say(b1=b"\0", b12=b"RATE"), "asks for fewer questions (RATE)"),
)


@pytest.mark.parametrize("bits", [64, 32])
def test_bad_answers_are_not_believed(make_host, bits):
    server = Scripted(*[step for step, _ in BAD], forged_first)
    host = start(make_host, [server.name], bits, ahead_ms=5000000, timeout_ms=150)
    data, _ = result(host)
    assert abs(data["offset_ms"] + 5000000) <= data["delay_ms"] / 2 + 3
    said = [line for line in host.output.splitlines() if " ntp: 127.0.0.1" in line]
    assert len(said) == len(BAD), host.output
    for line, (_, why) in zip(said, BAD, strict=True):
        assert line.endswith(why), host.output
    assert host.output.count("ntp {") == 1
    assert "alive" in host.output
    cookies = {request[40:] for request in server.requests}
    assert len(cookies) == len(server.requests) == len(BAD) + 1
    assert all(request[:40] == b"\x23" + bytes(39) for request in server.requests)


def test_a_long_answer_is_cut(make_host):
    server = Scripted(long)
    data, _ = result(start(make_host, [server.name]))
    assert data["server"] == server.name


def test_nothing_of_a_question_stays(make_host):
    host = start(make_host, [Scripted(say()).name], tz="CET-1CEST,M3.5.0,M10.5.0/3")
    assert host.wait_for(r"left (\[.*\])")[1] == "[]"


def test_a_server_that_refuses_is_not_asked_again(make_host):
    refusing = Scripted(say(b1=b"\0", b12=b"DENY"), say())
    nobody = f"127.0.0.1:{udp_port()}"
    good = Scripted(silent, say())
    host = start(make_host, [refusing.name, nobody, good.name], timeout_ms=150)
    data, _ = result(host)
    assert data["server"] == good.name
    assert f"{refusing.name} refuses to serve (DENY); it is not asked again" in host.output
    assert len(refusing.requests) == 1
    assert host.output.count(f"ntp: {nobody}: ") == 2
