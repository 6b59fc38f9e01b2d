"""Cookies, downloads, redirects, forms, error pages and other origins, on the booted firmware with clients that others wrote."""

import json
import subprocess

import browser
import httpx
import pytest
from host import PATIENCE, Host, free_port
from test_run import reach

MAIN = """
from windup import HTTPError, Response, WindUp, redirect
from windup.cors import CORS
from windup.disposition import attachment
from windup.pages import Pages

app = WindUp()
stored = []

@app.get('/cookies')
def cookies(request):
    response = Response('cookies')
    response.set_cookie('plain', '1')
    response.set_cookie('hidden', '2', max_age=600, http_only=True, same_site='strict')
    response.set_cookie('deep', '3', path='/deep')
    return response

@app.get('/echo')
@app.get('/deep/echo')
def echo(request):
    return dict(request.cookies.items())

@app.get('/forget')
def forget(request):
    response = redirect('/echo')
    response.delete_cookie('plain')
    return response

@app.get('/log')
def log(request):
    return 'a line', 200, (attachment('K\\u00fcche "1".txt'),)

@app.get('/go')
def go(request):
    return redirect(request.query.get('next', ''), local=True)

@app.get('/page')
def page(request):
    return '<title>elsewhere</title>'

@app.get('/closed')
def closed(request):
    return 'closed'

@app.errorhandler(404)
def not_found(request, error):
    if request.accepts('text/html', 'application/json') == 'application/json':
        return {'error': 'not found', 'path': request.path}
    return '<h1>Nothing at %%s</h1>' %% request.path

class Garden:
    def index(self, request):
        return 'garden'
    def water(self, request, bed, minutes):
        return {'bed': bed, 'minutes': minutes}

app.mount('/garden', Pages(Garden(), index='', water='POST bed:int minutes:int=10'))

open_ = WindUp()
open_.add_filter(CORS(('http://localhost:%(port)d',), ('GET', 'PUT'), expose=('X-Total',)))

@open_.get('/get')
def get(request):
    return 'got', 200, {'X-Total': '7'}

@open_.put('/put')
def put(request):
    return {'put': request.json()}

app.mount('/open', open_)

other = WindUp()
other.add_filter(CORS(('https://garden.example',)))
other.get('/get')(get)
app.mount('/other', other)

app.run(port=%(port)d, connections=%(connections)d)
"""


# The limits of the chip, and connections at once
CHIPS = {"esp32": (64, 12), "esp8266": (32, 4)}


@pytest.fixture(scope="module", params=CHIPS)
def host(tmp_path_factory, request):
    port = free_port()
    bits, connections = CHIPS[request.param]
    main = MAIN % {"port": port, "connections": connections}
    folder = tmp_path_factory.mktemp("host")
    host = Host(folder, bits=bits, profile=request.param, files={"/main.py": main})
    host.port = port
    host.start(ready=False)
    reach(host).close()
    yield host
    assert "MemoryError" not in host.output
    host.stop()


def curl(*args):
    """What curl prints."""
    command = ["curl", "-sS", "--max-time", str(PATIENCE), *args]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def test_httpx_keeps_our_cookies(host):
    with httpx.Client(base_url=host.url) as client:
        client.get("/cookies")
        assert client.get("/echo").json() == {"plain": "1", "hidden": "2"}
        assert client.get("/deep/echo").json() == {"plain": "1", "hidden": "2", "deep": "3"}
        assert client.get("/forget", follow_redirects=True).json() == {"hidden": "2"}


def test_curl_keeps_our_cookies(host, tmp_path):
    jar = str(tmp_path / "jar")
    curl("-c", jar, f"{host.url}/cookies")
    assert json.loads(curl("-b", jar, f"{host.url}/echo")) == {"plain": "1", "hidden": "2"}
    assert "#HttpOnly_" in (tmp_path / "jar").read_text()
    curl("-b", jar, "-c", jar, f"{host.url}/forget")
    assert json.loads(curl("-b", jar, f"{host.url}/echo")) == {"hidden": "2"}


def test_curl_names_a_download(host, tmp_path):
    curl("-OJ", "--output-dir", str(tmp_path), f"{host.url}/log")
    assert [path.name for path in tmp_path.iterdir()] == ["K_che _1_.txt"]


def test_redirects_stay_here(host):
    with httpx.Client(base_url=host.url) as client:
        assert (
            client.get("/go", params={"next": "/page?a=b c"}).headers["location"] == "/page?a=b c"
        )
        for away in (
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
        ):
            answer = client.get("/go", params={"next": away})
            assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_pages_by_path_query_and_form(host):
    water = {"bed": 3, "minutes": 5}
    with httpx.Client(base_url=f"{host.url}/garden") as client:
        assert client.get("").text == "garden"
        assert client.post("/water/3/5").json() == water
        assert client.post("/water", params=water).json() == water
        assert client.post("/water", data=water).json() == water
        assert client.post("/water/3").json() == {"bed": 3, "minutes": 10}
        assert client.get("/water/3/5").status_code == 405
        answer = client.post("/water")
        assert (answer.status_code, "bed is missing" in answer.text) == (400, True)
    assert json.loads(curl("-d", "bed=3&minutes=5", f"{host.url}/garden/water")) == water


def test_error_pages_for_people_and_programs(host):
    with httpx.Client(base_url=host.url) as client:
        answer = client.get("/x", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()) == (404, {"error": "not found", "path": "/x"})
        answer = client.get("/x", headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"})
        assert (answer.status_code, answer.text) == (404, "<h1>Nothing at /x</h1>")


def test_chromium(host):
    # One device, two origins: its number and its name
    seen = browser.run("tests/windup/elsewhere.mjs", host.url, f"http://localhost:{host.port}")
    assert seen["script"] == "plain=1"
    assert seen["echo"] == {"plain": "1", "hidden": "2"}
    jar = {cookie["name"]: cookie for cookie in seen["jar"]}
    assert (jar["hidden"]["sameSite"], jar["hidden"]["httpOnly"]) == ("Strict", True)
    assert sorted(jar) == ["deep", "hidden", "plain"]
    assert seen["left"] == ["hidden"]
    assert seen["download"].startswith("Küche")
    assert seen["fetches"] == {
        "open": [200, "got", "7"],
        "put": [200, '{"put": {}}', None],
        "credentials": "TypeError",
        "closed": "TypeError",
        "refused": "TypeError",
        "lost": [404, "<h1>Nothing at /open/nowhere</h1>", None],
    }
