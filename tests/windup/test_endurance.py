"""Many requests from clients that others wrote: no error, and a heap that stays as it was.

The sample sends a few thousand; in full it is more than a hundred thousand on each kind of firmware.
"""

import json
import re
import subprocess

import browser
import httpx
import pytest
from host import TOP

LONG = 600


def wrk(host, seconds, count):
    """Load with 16 connections until at least `count` requests were answered."""
    answered = 0
    while answered < count:
        out = subprocess.run(
            ["wrk", "-c16", "-t2", f"-d{seconds}s", host.url + "/api/v1/status"],
            capture_output=True,
            check=True,
            text=True,
            timeout=LONG,
        ).stdout
        assert "Non-2xx" not in out and "Socket errors" not in out, out
        answered += int(re.search(r"(\d+) requests in", out)[1])
    return answered


def curl(host, count):
    """`count` requests on one connection, each answer checked for its status."""
    out = subprocess.run(
        [
            "curl",
            "-s",
            "-S",
            "--compressed",
            "-w",
            "%{http_code}\n",
            "-o",
            "/dev/null",
            f"{host.url}/app.js?[1-{count}]",
        ],
        capture_output=True,
        check=True,
        timeout=LONG,
    ).stdout
    assert out.split() == [b"200"] * count
    return count


def chromium(host, count):
    seen = browser.run("tests/windup/fetch.mjs", host.url, str(count), patience=LONG)
    assert seen["good"] == count
    return count


def fill(host):
    """As many connections at once as the server keeps: what each of them holds for ever is there then."""
    limit = json.loads((TOP / "boards/ESP32_PSRAM/etc/windup.json").read_text())["connections"]
    socks = [host.connect() for _ in range(limit)]
    for sock in socks:
        sock.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        assert sock.recv(65536).startswith(b"HTTP/1.1 404 ")
    for sock in socks:
        sock.close()


def used(host):
    return int(
        host.mpremote(
            "resume", "exec", "import gc; gc.collect(); gc.collect(); print(gc.mem_alloc())"
        )
    )


@pytest.mark.timeout(6 * LONG)
@pytest.mark.parametrize(("bits", "profile"), [(64, "esp32"), (32, "esp32")])
def test_many_requests_leave_the_heap_as_it_was(make_host, soak, bits, profile):
    host = make_host(bits=bits, profile=profile).start()
    fill(host)
    levels = []
    total = 0
    for _ in range(4):  # the first makes what is kept for the others
        total += wrk(host, 5 if soak else 1, 30000 if soak else 1)
        total += curl(host, 3000 if soak else 200)
        total += chromium(host, 2000 if soak else 200)
        levels.append(used(host))
    if soak:
        assert total >= 100000
    assert min(levels[-2:]) - levels[1] < 1024, levels
    assert not re.search(r"^E ", host.output, re.M)
    print(f"{total} requests, heap after each round {levels}")


def test_the_page_is_served_a_thousand_times_from_38_kib(make_host):
    host = make_host(bits=32, profile="esp8266").start()
    pages = {
        path: (TOP / "www_fs" / path).read_bytes()
        for path in ("index.html", "app.css", "app.js", "favicon.svg")
    }
    with httpx.Client(base_url=host.url) as one, httpx.Client(base_url=host.url) as other:
        for number in range(1000):
            for client in (one, other):
                path = sorted(pages)[number % len(pages)]
                assert client.get("/" + path).content == pages[path]
            assert one.get("/api/v1/status").json()["heap"]["free"] > 0
    assert "MemoryError" not in host.output
