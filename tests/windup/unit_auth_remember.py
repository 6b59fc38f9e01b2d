"""Browsers that stay logged in."""

import json
import os

from auth_app import (
    FOLDER,
    Browser,
    clear_backup,
    read,
    with_login,
    write,
)
from wire import Wire, get, post


def test_remember_me():
    app = with_login()
    ann = Browser(app)
    assert ann.log_in(remember=True)[0] == 200
    assert ann.set_cookies[1].endswith("; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000")
    first = ann.cookies["remember"]
    with open(FOLDER + "/remember.json") as file:
        assert first[17:] not in file.read()
    del app.auth.sessions[:]
    assert ann.get("/admin")[2] == b"admin"
    second = ann.cookies["remember"]
    assert first != second and "sid" in ann.cookies
    assert ann.get("/danger")[0] == 401
    # A browser that starts sends the old one some times more
    late = Browser(app)
    late.cookies = {"remember": first}
    assert late.get("/admin")[0] == 200 and "remember" not in late.set_cookies[0]
    # Later it must be a thief, or have been stolen from
    app.clock.ms += 60000
    thief = Browser(app)
    thief.cookies = {"remember": first}
    assert thief.get("/admin")[0] == 401
    assert app.events[-1][1]["why"] == "reused"
    ann.cookies.pop("sid")
    assert ann.get("/admin")[0] == 401


def test_remember_me_ends():
    for end in (
        lambda app: app.auth.set_password("ann", "another horse"),
        lambda app: os.remove(FOLDER + "/remember.json"),
        lambda app: write("remember", "{"),
        lambda app: write("remember", read("remember").replace('"hash"', '"h"')),
        lambda app: app.auth.settings.update({"remember": 0}),
    ):
        app = with_login()
        ann = Browser(app)
        ann.log_in(remember=True)
        clear_backup("remember")
        end(app)
        del ann.cookies["sid"]
        assert ann.get("/admin")[0] == 401
    app = with_login(remember=0)
    ann = Browser(app)
    ann.log_in(remember=True)
    assert list(ann.cookies) == ["sid"]


def test_remember_me_is_bounded():
    app = with_login()
    for _ in range(20):
        assert Browser(app).log_in(remember=True)[0] == 200
    assert len(json.loads(read("remember"))) == 16 == app.auth.settings["sessions"]


def test_who_stays_logged_in_is_found_out_by_a_coroutine():
    app = with_login()
    ann = Browser(app)
    for path in ("/admin", "/pin/5", "/who"):
        ann.log_in(remember=True)
        del ann.cookies["sid"]
        cookie = "Cookie: remember=" + ann.cookies["remember"]
        wire = Wire(app)
        data = wire.send(get(path, cookie))
        # A request's stack has no room for reading flash; but who asks outside of a guard needs the answer at once
        assert (data == b"") == (path != "/who") == (len(wire.spawned) == 1), path
        data += wire.drive()
        assert data.startswith(b"HTTP/1.1 200 ") and b"\r\nSet-Cookie: sid=" in data, path


def test_another_site_has_no_use_of_it():
    app = with_login()
    ann = Browser(app)
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    for origin, status in (("http://evil.example", 403), ("http://device", 200)):
        ann.log_in(remember=True)
        del ann.cookies["sid"]
        assert ann.get("/admin", "Origin: " + origin, *upgrade)[0] == status
        ann.cookies.pop("sid", None)
        assert ann.ask(post("/admin", b"7", "Origin: " + origin))[0] == status
