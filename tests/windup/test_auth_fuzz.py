"""Whatever is sent or stands in the files, nobody gets in who has no password, and nothing breaks."""

import asyncio
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modcore import log
from windup import WindUp, passwords
from windup.auth import Auth
from windup.guard import guarded
from windup.login import Login
from wire import Wire, get, parse, post

PASSWORD = "correct horse"
FORM = "Content-Type: application/x-www-form-urlencoded"
NOT_A_FAULT = {200, 303, 400, 401, 403, 413, 415, 429, 503}

few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
# What may stand in a field's value
values = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))
values = values.map(lambda text: "".join(c for c in text if not 127 <= ord(c) < 160))


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    async def pause(ms):
        await asyncio.sleep(0)

    monkeypatch.setattr(passwords, "sleep_ms", pause)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        auth = Auth(WindUp(), name, None, {"iterations": 10})
        auth.add_user("ann", PASSWORD, ("admin",))
        auth.add_token("backup", ("admin",))
        yield Path(name)


def application(folder):
    app = WindUp()
    Auth(app, str(folder), None, {"iterations": 10})
    Login(app)
    app.get("/admin")(guarded(lambda request: "inside", ("admin",)))
    app.post("/admin")(guarded(lambda request: "inside", ("admin",)))
    return app


def ask(app, data):
    wire = Wire(app)
    out = wire.send(data)
    while wire.spawned:
        out += wire.drive()
    return parse(out)[0]


def refused(app, data):
    """The answer, which let nobody in and is no failure of ours."""
    status, headers, body = ask(app, data)
    assert status in NOT_A_FAULT, (status, body)
    assert body != b"inside"
    assert app.auth.sessions == [] and "set-cookie" not in headers
    return status


schemes = st.sampled_from(
    ["", "Basic ", "basic ", "Bearer ", "Bearer backup.", "Digest ", "Basic\t"]
)


@few
@given(scheme=schemes, rest=values)
def test_authorization(folder, scheme, rest):
    refused(application(folder), get("/admin", "Authorization: " + scheme + rest))


@few
@given(pair=st.binary(max_size=60))
def test_basic(folder, pair):
    import base64

    field = "Authorization: Basic " + base64.b64encode(pair).decode()
    assert refused(application(folder), get("/admin", field)) == 401


@few
@given(cookie=values, method=st.sampled_from(["GET", "POST"]))
def test_cookies(folder, cookie, method):
    app = application(folder)
    session = app.auth.sessions
    app.auth.sessions = []
    for start in ("", "sid=", "sid=00", "remember=", "a=b; sid=0"):
        refused(app, get("/admin", "Cookie: " + start + cookie, method=method))
    assert session == []


@few
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.builds(
            lambda name, password: b"name=" + name + b"&password=" + password,
            st.binary(max_size=40),
            st.binary(max_size=40),
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.dictionaries(
                    st.sampled_from(["name", "password", "remember", "x"]), inner, max_size=4
                )
                | st.lists(inner, max_size=3)
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    kind=st.sampled_from([FORM, "Content-Type: application/json", "Content-Type: text/plain"]),
)
def test_the_login_form(folder, body, kind):
    refused(application(folder), post("/login", body, kind, "Origin: http://device"))


@few
@given(target=st.text(max_size=60))
def test_the_way_on_stays_here(folder, target):
    from urllib.parse import urlencode, urlsplit

    app = application(folder)
    form = urlencode({"name": "ann", "password": PASSWORD, "next": target}).encode()
    status, headers, _ = ask(app, post("/login", form, FORM, "Origin: http://device"))
    assert status in (303, 400)
    if status == 303:
        there = urlsplit(headers["location"])
        assert not there.scheme and not there.netloc and there.path.startswith("/")
        assert not headers["location"].startswith(("//", "/\\"))


@pytest.mark.parametrize("name", ["users", "tokens"])
def test_a_file_that_was_cut_anywhere_lets_nobody_in(folder, tmp_path, name, monkeypatch):
    whole = (folder / f"{name}.json").read_bytes()
    lines = []
    monkeypatch.setattr(log, "sinks", [lambda line: lines.append(line[3])])
    for end in range(len(whole)):
        (tmp_path / f"{name}.json").write_bytes(whole[:end])
        app = application(tmp_path)
        del lines[:]
        body = json.dumps({"name": "ann", "password": PASSWORD}).encode()
        refused(app, post("/login", body, "Content-Type: application/json"))
        refused(app, get("/admin", "Authorization: Bearer backup." + "0" * 32))
        assert any("Mend or remove it" in line for line in lines), end


@few
@given(
    content=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.dictionaries(
                st.sampled_from(["ann", "hash", "roles", "backup", "0"]), inner, max_size=4
            )
            | st.lists(inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_files_of_any_content_let_nobody_in(content):
    with tempfile.TemporaryDirectory() as name:
        for file in ("users", "tokens", "remember", "sessions"):
            (Path(name) / f"{file}.json").write_text(json.dumps(content))
        app = WindUp()
        Auth(app, name, None, {"iterations": 10, "keep": True})
        Login(app)
        app.get("/admin")(guarded(lambda request: "inside", ("admin",)))
        body = json.dumps({"name": "ann", "password": PASSWORD}).encode()
        refused(app, post("/login", body, "Content-Type: application/json"))
        refused(app, get("/admin", "Authorization: Bearer backup." + "0" * 32))
        refused(app, get("/admin", "Cookie: sid=00" + "0" * 32))
        refused(app, get("/admin", "Cookie: remember=" + "0" * 16 + "." + "0" * 32))
