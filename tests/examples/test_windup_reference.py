"""docs/windup.md says what the code says.

The tables of settings are those of the firmware, the costs those of the benchmarks; `RECORD=1 pytest
tests/examples/test_windup_reference.py` writes them anew.
"""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from host import TOP, free_port
from test_reference import ask, between, lines, put, render
from test_run import reach
from windup import Request, Response, WindUp, auth, limits
from windup.bridge import Bridge
from windup.client import TestClient
from windup.cors import CORS
from windup.event_stream import EventStream, event_stream
from windup.files import send_file
from windup.guard import guarded
from windup.login import Login
from windup.multipart import Part, Parts
from windup.nesting import DEPTH
from windup.resource import resource
from windup.router import Router
from windup.static import StaticFiles
from windup.stream import Stream
from windup.websocket import WebSocket, websocket

PAGE = TOP / "docs" / "windup.md"
EXAMPLES = TOP / "examples" / "windup"
BEGIN = "<!-- settings: written by tests/examples/test_windup_reference.py -->"
COSTS = "<!-- costs: written by tests/examples/test_windup_reference.py -->"
END_OF_COSTS = "<!-- end of costs -->"
PLACES = (("windup", "windup.limits", ""), ("auth", "windup.auth", ""))


def reference():
    return PAGE.read_text().split("\n# Reference\n", 1)[1]


def named(name):
    """Whether the reference has `name` in one of its pieces of code."""
    pieces = re.findall(r"`([^`\n]+)`", reference())
    return any(re.search(rf"\b{name}\b", piece) for piece in pieces)


def test_settings_are_those_of_the_firmware(make_host):
    table = render(ask(make_host, PLACES))
    if os.environ.get("RECORD") == "1":
        PAGE.write_text(put(PAGE.read_text(), table, BEGIN))
    assert between(PAGE.read_text(), BEGIN) == table


def test_what_boards_change_of_the_settings():
    defaults = {"windup": limits.schema, "auth": auth.schema}
    expected = []
    for name, board in (("ESP32", "ESP32_PSRAM"), ("ESP8266", "ESP8266_GENERIC")):
        for file, schema in defaults.items():
            values = {}
            for folder in (TOP / "etc", TOP / "boards" / board / "etc"):
                path = folder / f"{file}.json"
                values |= json.loads(path.read_text()) if path.exists() else {}
            for row in schema:
                if values.get(row[0], row[2]) != row[2]:
                    value = values[row[0]]
                    value = f"`{json.dumps(value)}`" if row[1] == "bool" else f"{value:,}"
                    cells = (name, f"`{file}`", f"`{row[0]}`", value)
                    expected.append("| " + " | ".join(cells) + " |")
    table = reference().split("| board | file | key | value |\n|---|---|---|---:|\n")[1]
    assert table.split("\n\n")[0].splitlines() == expected


def test_what_the_page_quotes_is_in_the_examples():
    paths = [path for path in EXAMPLES.rglob("*") if path.suffix in (".py", ".html")]
    everything = ["\n" + lines(path.read_text()) for path in paths]
    blocks = re.findall(r"^```(?:python|html)\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    assert len(blocks) > 15
    for block in blocks:
        assert any("\n" + lines(block) in text for text in everything), block


def test_the_page_shows_every_example():
    page = PAGE.read_text()
    paths = list(EXAMPLES.glob("*.py")) + list(EXAMPLES.glob("*/__init__.py"))
    assert len(paths) > 15
    for path in paths:
        if not path.stem.startswith("coming_from_"):
            assert f"(../examples/windup/{path.relative_to(EXAMPLES)})" in page, path.name


def anchors(page):
    return {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", page, re.M)
    }


def test_links_lead_somewhere():
    for link, anchor in re.findall(r"\]\(([^)#:]*)#?([^)]*)\)", PAGE.read_text()):
        path = PAGE.parent / link if link else PAGE
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path.read_text()), (link, anchor)


def public(kind):
    return [name for name in vars(kind) if not name.startswith("_")]


# Of these the page speaks by another name, or they are for who extends the server
NOT_FOR_HANDLERS = {
    Request: {"begin", "later", "resume", "too_long", "who"},
    Response: {"head"},
    WindUp: {"handle", "finish", "on_error", "set_date", "auth", "error_handlers", "mounts"},
    Router: {"handle", "handle_route", "outer"},
    Stream: {
        "fill",
        "full",
        "skip",
        "get_buffer",
        "buffer_updated",
        "eof_received",
        "tick",
        "lost",
    },
    Parts: {"more"},
    Part: set(),
    TestClient: {"loop", "close"},
}


@pytest.mark.parametrize("kind", NOT_FOR_HANDLERS, ids=lambda kind: kind.__name__)
def test_every_attribute_is_in_the_page(kind):
    names = set(public(kind)) - NOT_FOR_HANDLERS[kind]
    assert names
    for name in names:
        assert named(name), name


def test_what_is_imported_late_is_in_the_page():
    names = re.findall(r'name == "(\w+)"', inspect.getsource(Router.__getattr__))
    names += re.findall(r'name == "(\w+)"', inspect.getsource(Request.__getattr__))
    names += re.findall(r'name == "(\w+)"', (TOP / "frozen/windup/details.py").read_text())
    assert {"converter", "peer", "cookies"} < set(names)
    names += ["receive", "send", "push", "on_close", "last_event_id", "close_code"]
    for _, methods in auth._BORROWED:
        names += set(methods) - {"begin", "end", "drop", "user_changed", "save"}
    for name in names:
        assert named(name), name
    assert hasattr(EventStream, "push") and hasattr(WebSocket, "push")


@pytest.mark.parametrize(
    "function, shown",
    [
        (Response, "Response"),
        (send_file, "send_file"),
        (StaticFiles, "StaticFiles"),
        (Parts, "Parts"),
        (Bridge, "Bridge"),
        (guarded, "guarded"),
        (Login, "Login"),
        (WindUp.mount, "mount"),
        (resource, "resource"),
        (websocket, "websocket"),
        (event_stream, "event_stream"),
        (CORS, "CORS"),
        (TestClient, "TestClient"),
        (Part.save, "save"),
        (Part.text, "text"),
        (EventStream.send, "send"),
        (WebSocket.close, "close"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_defaults_are_those_of_the_code(function, shown):
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    rows = [row for row in reference().splitlines() if re.search(rf"\b{shown}\(", row)]
    assert rows, shown
    found = set()
    for row in rows:
        for name, value in re.findall(r"\b(\w+)=(\([^()]*\)|b?\"[^\"]*\"|-?\w+)", row):
            if name in defaults:
                assert ast.literal_eval(value) == defaults[name], (shown, name)
                found.add(name)
    assert found, shown


def test_what_an_esp8266_has_not():
    manifest = (TOP / "frozen/manifest.py").read_text()
    group = re.search(r"^    windup \+= \((.*?)^    \)", manifest, re.M | re.S)[1]
    missing = set(re.findall(r'"(\w+)"', group))
    assert {"tls", "client", "metrics"} <= missing
    sentence = re.search(r"firmware of that chip leaves out (.*?)\. ", reference(), re.S)[1]
    assert set(re.findall(r"`windup\.(\w+)`", sentence)) == {"tls", "client", "metrics"}


def test_how_deep_json_may_be():
    assert f"more than {DEPTH} lists and objects in each other" in reference()


def costs():
    """The table of costs, from that of the benchmarks."""
    page = (TOP / "docs/benchmarks.md").read_text()
    kept, new = (
        re.search(rf"^## Instructions a request, {which}\n(.*?)^## ", page, re.M | re.S)[1]
        for which in ("keep-alive", "new connection")
    )
    lines = ["| | connection kept | new connection |", "|---|---:|---:|"]
    rows = cells(kept, ""), cells(kept, "**WindUp**"), cells(new, "**WindUp**")
    for row in zip(*rows, strict=True):
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


def cells(table, first):
    """The cells of a table's row that begins with `first`, behind that."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("|")
    ]
    return next(row[1:] for row in rows if row[0] == first)


def test_costs_are_the_measured_ones():
    page = PAGE.read_text()
    if os.environ.get("RECORD") == "1":
        before, rest = page.split(COSTS + "\n", 1)
        page = f"{before}{COSTS}\n{costs()}{END_OF_COSTS}{rest.split(END_OF_COSTS, 1)[1]}"
        PAGE.write_text(page)
    assert page.split(COSTS + "\n", 1)[1].split(END_OF_COSTS, 1)[0] == costs()


def test_the_lines_to_type(make_host, tmp_path):
    host = make_host(files={"/main.py": ""}).start(ready=False)
    port = free_port()
    folder = tmp_path / "examples" / "windup"
    folder.mkdir(parents=True)
    text = (EXAMPLES / "hello.py").read_text()
    (folder / "hello.py").write_text(text.replace("port=80", f"port={port}"))
    alias, *typed = re.search(r"^```sh\n(.*?)^```", PAGE.read_text(), re.M | re.S)[1].splitlines()
    assert alias == "alias device='mpremote connect $(readlink -f build/HOST/pty)'"
    mpremote = Path(sys.executable).parent / "mpremote"
    function = f'device() {{ {mpremote} connect {host.pty.resolve()} "$@"; }}'
    subprocess.run(["bash", "-ec", "\n".join([function, *typed])], cwd=tmp_path, check=True)
    host.port = port
    reach(host).close()
    assert host.get("/valve").json() == {"name": "Roses", "minutes": 0}
