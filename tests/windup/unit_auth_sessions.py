"""Sessions: how they begin, whom they belong to, when they end."""

import json
import os
from binascii import hexlify

from auth_app import (
    FOLDER,
    Browser,
    clear_backup,
    make,
    names,
    note,
    read,
    with_login,
)
from check import raises
from windup import WindUp
from windup.auth import Auth
from windup.guard import guarded
from wire import Wire, get, parse, post


def test_a_login_gives_a_new_session_with_a_safe_cookie():
    app = with_login()
    app.get("/note/<text>")(lambda request, text: note(request, text))
    browser = Browser(app)
    assert browser.get("/note/a")[2] == b"a"
    first = browser.cookies["sid"]
    browser.log_in()
    second = browser.cookies["sid"]
    assert first[2:] != second[2:] and len(second) == 34
    line = browser.set_cookies[0]
    assert line == "sid=%s; Path=/; HttpOnly; SameSite=Lax" % second
    assert browser.get("/note/b")[2] == b"ab" and browser.set_cookies == []
    browser.cookies["sid"] = first
    assert browser.get("/who")[2] == b"nobody"
    assert browser.get("/note/c")[2] == b"c"


def test_another_users_login_leaves_nothing_of_the_first():
    app = with_login()
    app.get("/note/<text>")(lambda request, text: note(request, text))
    browser = Browser(app)
    browser.log_in("ann")
    browser.get("/note/a")
    browser.log_in("bob")
    assert browser.get("/note/b")[2] == b"b"


def test_a_session_is_like_a_dict():
    app = make()
    seen = []

    def use(request):
        session = request.session
        seen.append(("a" in session, len(session), session.get("a", 5), list(session)))
        assert session.pop("a", 1) == 1 and session.setdefault("a", 2) == 2
        session.update({"b": 3})
        session["c"] = 4
        del session["c"]
        seen.append((sorted(session.items()), sorted(session.keys()), session["a"]))
        session.clear()
        return {"left": len(session)}

    app.get("/use")(use)
    browser = Browser(app)
    assert browser.get("/use")[2] == b'{"left": 0}'
    assert seen == [(False, 0, 5, []), ([("a", 2), ("b", 3)], ["a", "b"], 2)]
    raises(KeyError, lambda: Wire(app).connection.request.session["none"])


def test_under_tls_the_cookie_is_one_that_no_other_page_can_set():
    app = with_login()
    plain, secure = Browser(app), Browser(app, secure=True)
    plain.log_in()
    secure.log_in("bob")
    assert [list(browser.cookies) for browser in (plain, secure)] == [["sid"], ["__Host-sid"]]
    assert secure.set_cookies[0].count("; Secure") == 1 and "Secure" not in plain.set_cookies[0]
    assert (plain.get("/who")[2], secure.get("/who")[2]) == (b"ann", b"bob")
    plain.wire.connection.secure = True
    secure.wire.connection.secure = False
    for _ in range(2):
        assert (plain.get("/who")[2], secure.get("/who")[2]) == (b"nobody", b"nobody")


def test_who_sent_the_request_before_counts_for_nothing():
    app = with_login()
    ann, bob = Browser(app), Browser(app)
    ann.log_in()
    bob.log_in("bob")
    wire = Wire(app)

    def ask(browser, path, before=b""):
        fields = ["Cookie: sid=" + browser.cookies["sid"]] if browser else []
        return parse(wire.send(before + get(path, *fields)))[-1][2]

    for before in (b"", get("/free"), get("/nowhere")):  # also behind what an exchange answers
        for path in ("/who", "/admin", "/pin/7", "/nowhere", "/danger"):
            ask(ann, path, before)
            assert ask(None, "/who", before) == b"nobody", path
            assert b"role" not in ask(ann, "/admin", before), path
            assert ask(bob, "/who", before) == b"bob", path
            assert b"You need the role" in ask(bob, "/admin", before), path
            assert b"Log in first" in ask(None, "/admin", before), path
    # ... and what it sent besides is forgotten with who it was
    app.post("/asks")(lambda request: request.user.name)
    app.get("/body")(lambda request: request.user.name + str(request.body, "ascii"))
    fields = ("Cookie: sid=" + ann.cookies["sid"], "Origin: http://device")
    assert parse(wire.send(post("/asks", b"body", *fields)))[0][2] == b"ann"
    assert ask(bob, "/body") == b"bob"


def test_cookies_that_are_none_of_ours():
    app = with_login()
    ann = Browser(app)
    ann.log_in()
    good = ann.cookies["sid"]
    for cookie in (
        "sid=",
        "sid=00",
        "sid=" + good[:-1],
        "sid=" + good[:2] + "0" * 32,
        "sid=" + good[:-1] + ("0" if good[-1] != "0" else "1"),
        "sid=OO" + good[2:],
        "xsid=" + good,
        "a=b; xsid=" + good,
        "sid=\xff\xfe" + good[2:],
        "SID=" + good,
        ";;;=;sid",
    ):
        assert Browser(app).get("/who", "Cookie: " + cookie)[2] == b"nobody", cookie
    for cookie in ("sid=" + good, "a=b; sid=" + good, "xsid=1;sid=" + good + "; c"):
        assert Browser(app).get("/who", "Cookie: " + cookie)[2] == b"ann", cookie


def test_sessions_end():
    app = with_login(idle=100, absolute=250)
    ann = Browser(app)
    ann.log_in()
    for passed, status in ((99, 200), (99, 200), (51, 200), (1, 401)):
        app.clock.ms += passed * 1000
        assert ann.get("/any")[0] == status, passed
    ann.log_in()
    app.clock.ms += 100000
    assert ann.get("/any")[0] == 401
    assert app.auth.sessions == [None]


def test_time_goes_on_where_the_ticks_begin_anew():
    app = with_login(idle=10**7, absolute=13 * 86400)
    ann = Browser(app)
    ann.log_in()
    for _ in range(12):
        app.clock.ms += 86400 * 1000
        app.auth.tick()
        assert ann.get("/any")[0] == 200
    app.clock.ms += 86400 * 1000
    assert ann.get("/any")[0] == 401
    # Nobody asked for longer than the ticks can tell: it is at least as long
    before = app.auth.now()
    app.clock.ms += 7 * 86400 * 1000
    assert app.auth.now() - before == 7 * 86400


def test_what_has_ended_is_dropped():
    app = with_login(idle=100)
    for name in ("ann", "bob"):
        Browser(app).log_in(name)
    app.clock.ms += 128 * 1000
    app.auth.tick()
    assert app.auth.sessions == []


def test_the_oldest_makes_room_anonymous_ones_first():
    app = with_login(sessions=3)
    app.get("/note/<text>")(lambda request, text: note(request, text))
    visitors = [Browser(app) for _ in range(4)]
    ann, bob = Browser(app), Browser(app)
    for visitor in visitors[:3]:
        visitor.get("/note/a")
        app.clock.ms += 1000
    visitors[0].get("/note/b")
    app.clock.ms += 1000
    ann.log_in("ann")
    assert visitors[1].get("/who")[2] == b"nobody"
    assert [len(v.get("/note/c")[2]) for v in (visitors[0], visitors[2])] == [3, 2]
    app.clock.ms += 1000
    bob.log_in("bob")
    app.clock.ms += 1000
    other = Browser(app)
    other.log_in("bob")
    # Only users now: a visitor takes nobody's place, and bob's third login only bob's first
    app.clock.ms += 1000
    status, headers, _ = visitors[3].get("/note/a")
    assert (status, headers["retry-after"]) == (503, "60")
    Browser(app).log_in("bob")
    assert bob.get("/who")[2] == b"nobody"
    assert ann.get("/who")[2] == b"ann" and other.get("/who")[2] == b"bob"
    assert len(app.auth.sessions) == 3


def test_logout():
    app = with_login()
    ann = Browser(app)
    ann.log_in(remember=True)
    assert sorted(ann.cookies) == ["remember", "sid"]
    old = dict(ann.cookies)
    assert ann.get("/logout")[0] == 200 and ann.get("/who")[2] == b"ann"
    assert ann.post("/logout")[0] == 204 and ann.cookies == {}
    assert "auth.logout" in names(app)
    ann.cookies = old
    assert ann.get("/who")[2] == b"nobody"


def test_sessions_of_users_outlive_a_restart_where_they_shall():
    app = with_login(keep=True)
    ann = Browser(app)
    ann.log_in()
    app.get("/note/<text>")(lambda request, text: note(request, text))
    ann.get("/note/a")
    app.clock.ms += 1000000
    ann.get("/note/b")
    app.auth.save()
    with open(FOLDER + "/sessions.json") as file:
        assert ann.cookies["sid"][2:] not in file.read()
    again = WindUp()
    Auth(again, FOLDER, None, {"keep": True, "absolute": 2000})
    again.get("/danger")(guarded(lambda request: "done", ("admin",), fresh=True))
    again.get("/note/<text>")(lambda request, text: note(request, text))
    ann.wire = Wire(again)
    assert ann.get("/note/c")[2] == b"abc" and ann.set_cookies == []
    assert ann.get("/danger")[0] == 401
    app.clock.ms += 999000
    assert ann.get("/note/d")[2] == b"abcd"
    app.clock.ms += 1000
    assert ann.get("/danger")[0] == 401
    Auth(WindUp(), FOLDER, None, {"keep": True})
    for wrong in ("{", '{"0": 1}', '{"x": []}', '{"0": ["", "ann", 0, 0, null]}', '{"-1": []}'):
        with open(FOLDER + "/sessions.json", "w") as file:
            file.write(wrong)
        clear_backup("sessions")
        assert Auth(WindUp(), FOLDER, None, {"keep": True}).sessions == []


def restarted():
    app = WindUp()
    Auth(app, FOLDER, None, {"keep": True})
    app.get("/any")(guarded(lambda request: "any", ("*",)))
    return app


def test_what_lies_in_flash_logs_nobody_in():
    with_login(keep=True)
    hash = "A" * 20
    with open(FOLDER + "/sessions.json", "w") as file:
        json.dump({"0": [str(hexlify(hash.encode()), "ascii"), "ann", 0, 0, None]}, file)
    clear_backup("sessions")
    again = restarted()
    assert len(again.auth.sessions) == 1
    for value in ("00" + hash, "00" + hash + "A" * 12, "00\0" + hash, "00"):
        thief = Browser(again)
        thief.cookies = {"sid": value}
        assert thief.get("/any")[0] in (400, 401), value


def test_a_kept_session_is_found_beside_other_cookies():
    app = with_login(keep=True)
    ann = Browser(app)
    ann.log_in()
    app.auth.tick()
    pairs = "xsid=%s; y=sid=1; sid=%s" % ("0" * 34, ann.cookies["sid"])
    again = restarted()
    client = Browser(again)
    assert client.get("/any", "Cookie: " + pairs)[0] == 200
    assert client.get("/any", "Cookie: " + pairs)[0] == 200


def test_a_session_is_kept_at_the_next_tick():
    app = with_login(keep=True)
    Browser(app).log_in()
    # A request's stack has no room for writing flash
    assert "sessions.json" not in os.listdir(FOLDER)
    app.auth.tick()
    assert '"ann"' in read("sessions")
    os.remove(FOLDER + "/sessions.json")
    app.auth.tick()
    assert "sessions.json" not in os.listdir(FOLDER)
