"""The watering example: only who may changes something, the schedule holds, and no valve stays open."""

import hashlib
import json
import os
import re
import subprocess
import sys

import httpx
import pytest
from host import PATIENCE, TOP

SOURCE = TOP / "examples/windup/watering"
FRONT, BACK = 12, 13
PASSWORD = "correct horse"
MINUTE_MS = 60_000
# 2026-11-21 06:29:00 UTC, in seconds since 2000-01-01
MORNING = 848_557_740


def user(*roles):
    """An entry of users.json, hashed by somebody else than the firmware."""
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 1000)
    return {"hash": f"pbkdf2-sha256:1000:{salt.hex()}:{key.hex()}", "roles": list(roles)}


@pytest.fixture
def host(make_host, tmp_path):
    out = tmp_path / "pages"
    command = [sys.executable, "-m", "modcore_cli", "template", SOURCE / "pages", out, "--mpy"]
    subprocess.run(command, check=True, cwd=TOP, env={"PYTHONPATH": str(TOP / "tools")})
    docstring = (SOURCE / "__init__.py").read_text().split('"""')[1]
    files = dict(re.findall(r"^(/etc/\S+): (.*)$", docstring, re.MULTILINE))
    files["/etc/users.json"] = json.dumps({"ann": user("admin"), "bob": user("guest")})
    files |= {f"/apps/watering/pages/{path.name}": path.read_bytes() for path in out.iterdir()}
    for name in ("__init__.py", "static/live.js", "static/watering.css"):
        files[f"/apps/watering/{name}"] = (SOURCE / name).read_text()
    return make_host(files=files, options=["--fast-clock"]).start()


@pytest.fixture
def browser(host):
    """Clients of the device that have logged in, by name; `None`: one that has not."""
    clients = []

    def open_as(name):
        client = httpx.Client(base_url=host.url, timeout=PATIENCE, headers={"Origin": host.url})
        clients.append(client)
        if name:
            answer = client.post("/login", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        return client

    yield open_as
    for client in clients:
        client.close()


def levels(host):
    return [host.control.pin(pin)["level"] for pin in (FRONT, BACK)]


def test_it_is_short():
    assert len((SOURCE / "__init__.py").read_text().splitlines()) < 150


def test_only_an_admin_changes_something(host, browser):
    program = {"at": "07:15", "days": "sat", "minutes": "3"}
    paths = (("/watering/front", {"open": "1"}), ("/watering/program", program))
    for name, status in ((None, 401), ("bob", 403)):
        client = browser(name)
        assert "front: closed" in client.get("/watering").text
        for path, form in paths:
            assert client.post(path, data=form).status_code == status
            assert client.get(path).status_code == 405
    assert levels(host) == [0, 0]
    client = browser("ann")
    for path, form in paths:
        other = {"Origin": "http://elsewhere.example"}
        assert client.post(path, data=form, headers=other).status_code == 403
        assert client.post(path, data=form).headers["location"] == "/watering"
    assert client.post("/watering/roof", data={"open": "1"}).status_code == 404


def test_a_valve_by_hand(host, browser):
    host.control.hold()
    client = browser("ann")
    with httpx.stream("GET", host.url + "/watering/events", timeout=PATIENCE) as events:
        lines = events.iter_lines()
        client.post("/watering/front", data={"open": "1"})
        assert levels(host) == [1, 0]
        said = next(line for line in lines if line.startswith("data:"))
        assert json.loads(said[5:])["data"] == {"valve": "front", "open": True}
    assert "front: open" in client.get("/watering").text
    client.post("/watering/front", data={"open": "0"})
    assert levels(host) == [0, 0]
    client.post("/watering/back", data={"open": "1"})
    assert levels(host) == [0, 1]
    host.control.step(10 * MINUTE_MS + 1000)
    assert levels(host) == [0, 0]


def test_the_schedule_survives_a_restart(host, browser):
    client = browser("ann")
    bad = client.post("/watering/program", data={"at": "07:15", "days": "sat", "minutes": "500"})
    assert bad.status_code == 422 and "minutes" in bad.text
    client.post("/watering/program", data={"at": "06:30", "days": "*", "minutes": "2"})
    host.control.hold()
    client.post("/watering/front", data={"open": "1"})
    assert levels(host) == [1, 0]
    host.control.reset()
    host.control.set_rtc(MORNING)
    host.control.run()
    host.wait_for(rf":{host.port}/", count=2)
    assert levels(host) == [0, 0]
    host.control.hold()
    page = host.get("/watering").text
    assert 'value="06:30"' in page and 'value="2"' in page
    seen = []
    for _ in range(24):
        host.control.step(MINUTE_MS // 4)
        if levels(host) not in seen[-1:]:
            seen.append(levels(host))
    assert seen[seen.index([1, 0]) :] == [[1, 0], [0, 1], [0, 0]]
