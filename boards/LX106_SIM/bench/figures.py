"""Prints what the firmware costs on the ESP8266's processor: instructions and stack, the same in every run.

    python boards/LX106_SIM/bench/figures.py

Instructions are counted by the plugin (see README.md): those of MicroPython, littlefs, our packages and C modules, and
of what stands for the chip's ROM; not those of the simulated hardware and network. A request's figure is the mean of
many on one connection, garbage collection included, from one wait for events to the next. The exit status is 1 when a
figure is over its limit.
"""

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
sys.path[:0] = [str(TOP / "tools"), str(TOP / "boards" / "LX106_SIM")]

from lx106 import flash  # noqa: E402
from lx106.machine import Counters, Machine  # noqa: E402
from lx106.scripted import Scripted  # noqa: E402
from modcore_cli import image_content, littlefs_image  # noqa: E402

BUILD = TOP / "build" / "LX106_SIM"
REQUEST = TOP / "bench" / "tokenise" / "chrome.http"
TOKENISE_MAX = 15000
REQUESTS = 100
WARM_UP = 5
WWW_SIZE = 128 * 1024
FILE_SIZE = 64 * 1024
BODY = b'{"name": "lamp", "values": [1, 2, 3, 4]}'

HELLO = b"GET /hello HTTP/1.1\r\nHost: 192.168.4.1\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n"


def chrome(method, path, body=b""):
    """Chrome's request with another request line and, with a `body`, the two headers that it takes."""
    _, _, fields = REQUEST.read_bytes().partition(b"\r\n")
    if body:
        length = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        fields = fields.removesuffix(b"\r\n") + length
    return b"%s %s HTTP/1.1\r\n%s%s" % (method, path, fields, body)


REQUESTS_MEASURED = [
    ("hello, 3 headers", HELLO),
    ("hello, Chrome's 15 headers", chrome(b"GET", b"/hello")),
    ("JSON POST, Chrome", chrome(b"POST", b"/json", BODY)),
    ("64 KiB file, Chrome", chrome(b"GET", b"/file.bin")),
]


def make_flash(path, files):
    """A flash chip with the dashboard, a file to fetch, the factory configuration, and `files` of the user."""
    content = image_content.compressed(image_content.tree(TOP / "www_fs", "/www"))
    content["/www/file.bin"] = bytes(range(256)) * (FILE_SIZE // 256)
    folders = [TOP / "etc", TOP / "boards/ESP8266_GENERIC/etc", TOP / "boards/LX106_SIM/etc"]
    content |= image_content.configuration(folders, ())
    flash.create(path, littlefs_image.build(content, WWW_SIZE, 0), files)


def run(files, script=None, on_mark=None, functions=None, chain=None, heap=0):
    """Run a firmware with `files` until the end of `script`, which is called with network and counters.

    Without a script the run ends at the prompt; `on_mark` is called with label and counters. For the rest see
    `lx106.machine.Machine`.
    """
    counters = Counters()
    network = Scripted(lambda net: script(net, counters) if script else iter(()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "flash.bin")
        make_flash(path, files)
        machine = Machine(
            *(BUILD, path, network),
            still=True,
            on_mark=lambda label: on_mark(label, counters),
            counters=counters,
            functions=functions,
            chain=chain,
            heap=heap,
        )
        # When the script is over, the firmware loses its far end, and ends.
        output = machine.read_all() if script else machine.read_until(b">>> ")
        machine.stop()
    if machine.failure or (script and not network.finished):
        raise SystemExit(f"{machine.failure or 'the firmware stopped'}\n{output.decode()}")


def answered(client):
    """Whether a whole answer has come, which must be a success."""
    head, end, body = bytes(client.received).partition(b"\r\n\r\n")
    if not end:
        return False
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(head.decode())
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return len(body) == int(fields[b"content-length"])


def ask(client, request):
    """For a script: send `request` and wait until it is answered and the firmware rests."""
    client.received.clear()
    client.send(request)
    yield
    while not answered(client):
        yield


def boot(figures):
    """From reset to the first answer, as `esp8266_default` boots."""

    def script(network, counters):
        yield from ask(network.connect(), chrome(b"GET", b"/api/v1/status"))
        figures["boot to first answer"] = counters.instructions
        figures["stack"] = counters.stack

    run(None, script)


def requests(figures):
    """Each kind of request, again and again on one connection."""

    def script(network, counters):
        for name, request in REQUESTS_MEASURED:
            client = network.connect()
            for _ in range(WARM_UP):
                yield from ask(client, request)
            before = counters.instructions
            for _ in range(REQUESTS):
                yield from ask(client, request)
            figures[name] = (counters.instructions - before) / REQUESTS
        figures["stack"] = max(figures["stack"], counters.stack)

    run({"/main.py": (HERE / "app.py").read_bytes()}, script)


def tokeniser(figures):
    """One call of `head.parse()`, less what marking itself costs."""
    counts = {}

    def on_mark(label, counters):
        counts[label] = counters.instructions

    files = {
        "/main.py": (HERE / "tokenise.py").read_bytes(),
        "/chrome.http": REQUEST.read_bytes(),
    }
    run(files, on_mark=on_mark)
    nothing = counts["nothing"] - counts["start"]
    figures["tokeniser alone, Chrome"] = counts["parse"] - counts["nothing"] - nothing


def measure():
    """All figures by name."""
    figures = {}
    for part in (boot, requests, tokeniser):
        part(figures)
    stack = figures.pop("stack")
    return figures | {"peak stack": stack}


def main():
    figures = measure()
    print("Instructions on the ESP8266's processor (lx106)")
    stack = figures.pop("peak stack")
    for name, count in figures.items():
        limit = f"   at most {TOKENISE_MAX:,}" if name.startswith("tokeniser") else ""
        print(f"  {name:28}{count:12,.0f}{limit}")
    print(f"Peak stack{stack:32,} bytes")
    (BUILD / "figures.json").write_text(json.dumps(figures | {"peak stack": stack}, indent=1))
    return 0 if figures["tokeniser alone, Chrome"] <= TOKENISE_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
