"""Templates on the booted firmware: the same bytes as on CPython, piece by piece, in a small heap."""

import subprocess
import sys

import httpx
import pytest
from host import PATIENCE, TOP, free_port
from modcore_cli.templates.folder import compile_folder

PAGES = {
    "list.html": """{% args title, lines %}
<!DOCTYPE html>
<title>{{ title }}</title>
<ul class="{{ title }}">
{% for n in range(lines) %}
  <li><a href="{{ "/x?a=%d&b" % n }}">{{ title }}</a>{% if n % 2 %} odd{% endif %}
{% endfor %}
</ul>
{% include "foot.html" "é" %}
""",
    "foot.html": "{% args text %}<p>{{ text }}{{! '<b>' }}\n",
    "late.html": "{% args n %}{% for i in range(n) %}{{ 'x' * 100 }}{% endfor %}{{ None + 1 }}",
}

MAIN = """
import gc, sys
sys.path.append('/lib')
from windup import Response, WindUp
from windup.templates import Templates

pages = Templates('garden.pages')
app = WindUp()
TITLE = "<Tom's & \\"Jerry\\">"

@app.get('/list/<int:lines>')
def listed(request, lines):
    return pages.render('list.html', TITLE, lines=lines)

@app.get('/missing')
def missing(request):
    return Response(pages.render('list.html', 'missing', 0), 404)

@app.get('/late/<int:n>')
def late(request, n):
    return pages.render('late.html', n)

@app.get('/heap')
def heap(request):
    gc.collect()
    return str(gc.mem_alloc())

app.run(port=%d)
"""
TITLE = '<Tom\'s & "Jerry">'


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, source in PAGES.items():
        (folder / name).write_text(source, encoding="utf-8")
    return compile_folder(folder)


@pytest.fixture
def on_cpython(modules, tmp_path, monkeypatch):
    package = tmp_path / "pages_on_cpython"
    package.mkdir()
    for name, text in modules.items():
        (package / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    from windup.templates import Templates

    yield Templates("pages_on_cpython")
    for name in [name for name in sys.modules if name.startswith("pages_on_cpython")]:
        del sys.modules[name]


def start(make_host, modules, bits, profile="esp32"):
    port = free_port()
    files = {f"/lib/garden/pages/{name}": text for name, text in modules.items()}
    files["/lib/garden/__init__.py"] = ""
    files["/main.py"] = MAIN % port
    host = make_host(bits=bits, profile=profile, files=files).start(ready=False)
    host.port = port
    for _ in range(600):
        try:
            host.connect().close()
            return host
        except ConnectionRefusedError:
            subprocess.run(["sleep", "0.1"], check=True)
    raise AssertionError(host.output)


@pytest.mark.parametrize("bits, profile", [(64, "esp32"), (32, "esp8266")])
def test_the_firmware_renders_what_cpython_does(make_host, modules, on_cpython, bits, profile):
    host = start(make_host, modules, bits, profile)
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        for lines in (0, 1, 12, 13, 14, 15, 300):
            answer = client.get(f"/list/{lines}")
            page = on_cpython.render("list.html", TITLE, lines)
            expected = page if isinstance(page, bytes) else b"".join(page)
            assert answer.content == expected, lines
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert ("content-length" in answer.headers) == (len(expected) <= 1024)
        assert client.get("/missing").status_code == 404
        # Half a page that fails is no page
        assert client.get("/late/3").status_code == 500
    with pytest.raises(httpx.RemoteProtocolError):
        host.get("/late/300")
    assert "TypeError" in host.output and "MemoryError" not in host.output


def test_a_long_page_costs_a_small_heap_nothing(make_host, modules):
    host = start(make_host, modules, 32, "esp8266")
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        client.get("/list/300")
        before = int(client.get("/heap").text)
        for _ in range(3):
            assert len(client.get("/list/3000").content) > 200000
        assert int(client.get("/heap").text) - before < 512
    # A client that leaves in the middle
    for _ in range(5):
        with host.connect() as sock:
            sock.sendall(b"GET /list/3000 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert sock.recv(100)
    curl = ["curl", "-s", "--http1.0", f"{host.url}/list/3000"]
    assert subprocess.run(curl, capture_output=True, check=True).stdout.endswith(b"<b>\n")
    assert "MemoryError" not in host.output


@pytest.mark.parametrize("bits, profile", [(64, "esp32"), (32, "esp8266")])
def test_the_example(make_host, tmp_path, bits, profile):
    source = TOP / "examples/windup/valves"
    out = tmp_path / "pages"
    command = [sys.executable, "-m", "modcore_cli", "template", source / "pages", out, "--mpy"]
    subprocess.run(command, check=True, cwd=TOP, env={"PYTHONPATH": str(TOP / "tools")})
    files = {f"/apps/valves/pages/{path.name}": path.read_bytes() for path in out.iterdir()}
    program = tmp_path / "__init__.py"
    program.write_text((source / "__init__.py").read_text())
    subprocess.run([TOP / "build/mpy-cross/mpy-cross", program], check=True)
    files["/apps/valves/__init__.mpy"] = program.with_suffix(".mpy").read_bytes()
    host = make_host(bits=bits, profile=profile, files=files).start()
    with httpx.Client(base_url=host.url, timeout=PATIENCE, follow_redirects=True) as client:
        page = client.get("/valves", params={"note": "<script>alert(1)</script>"}).text
        assert "&lt;script&gt;alert(1)" in page and "<script>" not in page
        assert "<h2>Tomatoes &amp; basil</h2>" in page
        assert 'value="1" title="&lt;Lawn&gt;">\n    Open\n' in page
        page = client.post("/valves/1", data={"open": "1"}).text
        assert 'value="0" title="&lt;Lawn&gt;">\n    Close\n' in page
        assert '<p role="status">done</p>' in page
        assert client.post("/valves/2", data={"open": "1"}).status_code == 404
        for _ in range(20):
            assert client.get("/valves").status_code == 200
    assert "MemoryError" not in host.output and "Traceback" not in host.output
