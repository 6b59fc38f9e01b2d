"""Sessions, roles, passwords, tokens: who gets in, and who does not."""

import json
import os
from binascii import b2a_base64

from check import raises
from windup import WindUp, auth, passwords, user_changes, users
from windup.auth import Auth, User
from windup.csrf import csrf_token
from windup.guard import Guard, guarded
from windup.login import Login
from wire import Wire, get, parse, post

FOLDER = "auth_files"
PASSWORD = "correct horse"


async def at_once(ms):
    pass


passwords.sleep_ms = at_once


class Clock:
    """In the place of `ticks_ms`."""

    def __init__(self):
        self.ms = 0

    def __call__(self):
        return self.ms & (1 << 30) - 1


def clear():
    for name in os.listdir(FOLDER) if FOLDER in os.listdir() else ():
        os.remove(FOLDER + "/" + name)


def make(with_users=True, **settings):
    """An application with users ann (admin), bob (user), and what a guard needs."""
    clear()
    app = WindUp()
    events = []
    settings.setdefault("iterations", 10)
    it = Auth(app, FOLDER, lambda name, data: events.append((name, data)), settings)
    clock = auth.ticks_ms = Clock()
    it._ticks = 0
    if with_users:
        it.add_user("ann", PASSWORD, ("admin", "user"))
        it.add_user("bob", PASSWORD, ("user",))
    app.get("/free")(lambda request: "free")
    app.get("/who")(lambda request: request.user.name if request.user else "nobody")
    app.get("/any")(guarded(lambda request: "any", ("*",)))
    app.get("/admin")(guarded(lambda request: "admin", ("admin",)))
    app.post("/admin")(guarded(lambda request: "set " + str(request.body, "ascii"), ("admin",)))
    app.get("/pin/<int:pin>")(guarded(lambda request, pin: str(pin), ("user",)))
    app.get("/danger")(guarded(lambda request: "done", ("admin",), fresh=True))
    del events[:]
    app.events = events
    app.clock = clock
    return app


class Browser:
    """One client that keeps cookies."""

    def __init__(self, app, address="192.0.2.1", secure=False):
        self.wire = Wire(app)
        self.wire.connection.open((address, 1234))
        self.wire.connection.secure = secure
        self.cookies = {}
        self.set_cookies = []

    def ask(self, data):
        if self.cookies:
            pairs = "; ".join(["%s=%s" % pair for pair in self.cookies.items()])
            data = data.replace(b"\r\n", b"\r\nCookie: " + pairs.encode() + b"\r\n", 1)
        out = self.wire.send(data)
        while self.wire.spawned:
            out += self.wire.drive()
        self.set_cookies = []
        for line in out.split(b"\r\n\r\n")[0].split(b"\r\n"):
            if line.startswith(b"Set-Cookie: "):
                line = line[12:].decode()
                self.set_cookies.append(line)
                name, value = line.split(";")[0].split("=", 1)
                if value:
                    self.cookies[name] = value
                else:
                    self.cookies.pop(name, None)
        return parse(out)[0]

    def get(self, path, *fields):
        return self.ask(get(path, *fields))

    def post(self, path, body=b"", *fields):
        origin = (
            "Origin: https://device" if self.wire.connection.secure else "Origin: http://device"
        )
        return self.ask(post(path, body, origin, *fields))

    def log_in(self, name="ann", password=PASSWORD, **more):
        values = {"name": name, "password": password}
        values.update(more)
        return self.post("/login", json.dumps(values).encode(), "Content-Type: application/json")


def basic(name, password):
    pair = ("%s:%s" % (name, password)).encode()
    return "Authorization: Basic " + b2a_base64(pair).strip().decode()


def with_login(**settings):
    app = make(**settings)
    Login(app)
    return app


def names(app):
    return [name for name, _ in app.events]


# Passwords and users


def test_hashes_have_their_cost_and_a_salt_each():
    one = user_changes.hashed(PASSWORD, 10)
    assert one.startswith("pbkdf2-sha256:10:") and one != user_changes.hashed(PASSWORD, 10)
    iterations, salt, key = users.parsed(one)
    assert (iterations, len(salt), len(key)) == (10, 16, 32)
    for wrong in (
        "",
        one[:-1],
        one.replace("sha256", "sha1"),
        one + ":",
        one.replace(":10:", ":0:"),
    ):
        raises(ValueError, users.parsed, wrong)
    raises(ValueError, user_changes.hashed, "seven77", 10)
    raises(ValueError, user_changes.hashed, "x" * 129, 10)


def test_users_are_added_changed_and_removed():
    app = make(with_users=False)
    it = app.auth
    it.add_user("ann", PASSWORD, ("admin",))
    it.add_user("bob", PASSWORD)
    assert it.users() == {"ann": ("admin",), "bob": ()}
    assert "already" in str(raises(ValueError, it.add_user, "ann", PASSWORD, ()))
    assert "an id of" in str(raises(ValueError, it.add_user, "Ann", PASSWORD, ()))
    assert "roles" in str(raises(ValueError, it.add_user, "eve", PASSWORD, "admin"))
    assert "roles" in str(raises(ValueError, it.add_user, "eve", PASSWORD, ("*",)))
    assert "known are ann, bob" in str(raises(ValueError, it.remove_user, "eve"))
    assert "last admin" in str(raises(ValueError, it.remove_user, "ann"))
    assert "last admin" in str(raises(ValueError, it.set_roles, "ann", ("user",)))
    it.set_roles("bob", ("admin", "user"))
    it.remove_user("ann")
    assert it.users() == {"bob": ("admin", "user")}
    with open(FOLDER + "/users.json") as file:
        assert PASSWORD not in file.read()


def test_what_was_taken_from_somebody_the_backup_does_not_give_back():
    app = make()
    app.auth.remove_user("bob")
    app.auth.add_user("eve", PASSWORD, ("admin",))
    app.auth.set_roles("ann", ())
    with open(FOLDER + "/users.json", "w") as file:
        file.write("{")
    assert app.auth.users() == {"ann": (), "eve": ("admin",)}


def test_a_broken_users_file_opens_nothing():
    app = with_login()
    with open(FOLDER + "/users.json") as file:
        whole = file.read()
    os.remove(FOLDER + "/users.json.bak")
    for end in range(0, len(whole), 7):
        with open(FOLDER + "/users.json", "w") as file:
            file.write(whole[:end])
        assert app.auth.users() == {}
    for wrong in (
        '{"ann": 1}',
        '{"ann": null}',
        '{"ann": {}}',
        '{"ann": {"hash": "", "roles": ["admin"]}}',
        '{"ann": {"hash": null, "roles": ["admin"]}}',
        '{"ann": {"hash": "pbkdf2-sha256:1:00:00", "roles": ["admin"]}}',
        whole.replace('["admin", "user"]', '"admin"'),
        whole.replace('["admin", "user"]', "[1]"),
        whole.replace('["admin", "user"]', "null"),
        "[]",
    ):
        with open(FOLDER + "/users.json", "w") as file:
            file.write(wrong)
        assert "ann" not in app.auth.users(), wrong
        app.auth.throttle = None
        assert Browser(app).log_in()[0] in (401, 503), wrong


def test_a_broken_file_is_not_written_over():
    app = make()
    app.auth.add_token("backup", ())
    for name, change in (
        ("users", lambda: app.auth.add_user("eve", PASSWORD, ())),
        ("users", lambda: app.auth.set_password("ann", "another horse")),
        ("tokens", lambda: app.auth.add_token("new", ())),
    ):
        for text in ("{", ""):
            _write(name, text)
            assert "mend" in str(raises(ValueError, change))
            assert _read(name) == text


# Guards


def test_without_users_everything_guarded_is_refused_and_says_why():
    app = make(with_users=False)
    status, headers, body = Browser(app).get("/admin")
    assert status == 401 and b'add_user("admin"' in body
    Login(app)
    status, headers, body = Browser(app).get("/login")
    assert status == 200 and b"add_user(&quot;admin&quot;" in body


def test_without_an_auth_everything_guarded_is_refused():
    app = WindUp()
    app.get("/admin")(guarded(lambda request: "admin", ("admin",)))
    app.get("/who")(lambda request: str(request.user))
    status, _, body = Browser(app).get("/admin")
    assert status == 403 and b"windup.auth.Auth" in body
    assert Browser(app).get("/who")[2] == b"None"


def test_who_asks_for_nothing_gets_no_session():
    app = make()
    browser = Browser(app)
    for path in ("/free", "/who", "/admin"):
        browser.get(path)
        assert browser.set_cookies == [] and app.auth.sessions == []


def test_anonymous_clients_hear_how_to_log_in():
    app = with_login()
    data = Wire(app).send(get("/admin"))
    assert data.startswith(b"HTTP/1.1 401 ")
    assert b"\r\nWWW-Authenticate: Basic realm=" in data
    assert b"\r\nWWW-Authenticate: Bearer realm=" in data
    # A browser would ask for a password itself
    data = Wire(app).send(get("/admin", "User-Agent: Mozilla/5.0", "Accept: */*"))
    assert data.startswith(b"HTTP/1.1 401 ") and b"Basic" not in data and b"Bearer" in data


def test_browsers_that_want_a_page_are_sent_to_the_login_page():
    app = with_login()
    status, headers, _ = Browser(app).get("/pin/5?a=b&c=%20", "Accept: text/html,*/*;q=0.8")
    assert (status, headers["location"]) == (303, "/login?next=/pin/5%3Fa%3Db%26c%3D%2520")
    assert Browser(app).post("/admin", b"x", "Accept: text/html")[0] == 401


def test_roles():
    app = with_login()
    ann, bob = Browser(app), Browser(app)
    assert ann.log_in("ann")[0] == bob.log_in("bob")[0] == 200
    assert ann.get("/admin")[2] == b"admin" and ann.get("/any")[2] == b"any"
    assert bob.get("/any")[2] == b"any" and bob.get("/pin/5")[2] == b"5"
    status, _, body = bob.get("/admin")
    assert status == 403 and b"role admin" in body
    assert ("auth.denied", {"user": "bob", "peer": "192.0.2.1", "why": "role"}) in app.events
    assert ann.post("/admin", b"7")[2] == b"set 7" and bob.post("/admin", b"7")[0] == 403


def test_mistakes_in_roles():
    for wrong in ("admin", (), None):
        raises(TypeError, guarded, None, wrong)


def test_a_guarded_mount_denies_what_does_not_exist_too():
    app = with_login()
    inner = WindUp()
    inner.get("/x")(lambda request: "x")
    inner.post("/x")(lambda request: str(request.body, "ascii"))
    app.mount("/m", Guard(inner, ("admin",)))
    bob, ann = Browser(app), Browser(app)
    bob.log_in("bob")
    ann.log_in("ann")
    for path in ("/m", "/m/", "/m/x", "/m/none", "/m/x/y", "/m/%78"):
        assert Browser(app).get(path)[0] == 401, path
        assert bob.get(path)[0] == 403, path
    assert ann.get("/m/x")[2] == b"x" and ann.get("/m/none")[0] == 404
    assert ann.post("/m/x", b"y" * 900)[2] == b"y" * 900
    assert bob.post("/m/x", b"y" * 900)[0] == 403


def test_a_new_role_counts_at_once_and_so_does_its_end():
    app = with_login()
    bob = Browser(app)
    bob.log_in("bob")
    assert bob.get("/admin")[0] == 403
    app.auth.set_roles("bob", ("admin",))
    assert bob.get("/admin")[0] == 200
    app.auth.set_roles("bob", ())
    assert bob.get("/admin")[0] == 403
    app.auth.remove_user("bob")
    assert bob.get("/any")[0] == 401


def test_another_password_ends_the_sessions():
    app = with_login()
    bob, ann = Browser(app), Browser(app)
    bob.log_in("bob", remember=True)
    ann.log_in("ann")
    app.auth.set_password("bob", "another horse")
    assert bob.get("/any")[0] == 401 and ann.get("/any")[0] == 200
    assert Browser(app).log_in("bob")[0] == 401
    assert Browser(app).log_in("bob", "another horse")[0] == 200


def test_dangerous_things_need_a_password_typed_lately():
    app = with_login(fresh=100)
    ann = Browser(app)
    ann.log_in()
    assert ann.get("/danger")[2] == b"done"
    app.clock.ms += 100000
    status, _, body = ann.get("/danger")
    assert status == 401 and b"dangerous" in body and ann.get("/admin")[0] == 200
    assert ann.get("/danger", "Accept: text/html")[1]["location"] == "/login?next=/danger"
    ann.log_in()
    assert ann.get("/danger")[0] == 200
    token = app.auth.add_token("backup", ("admin",))
    bearer = "Authorization: Bearer " + token
    assert Browser(app).get("/admin", bearer)[0] == 200
    assert Browser(app).get("/danger", bearer)[0] == 401


# Sessions


def test_a_login_gives_a_new_session_with_a_safe_cookie():
    app = with_login()
    app.get("/note/<text>")(lambda request, text: _note(request, text))
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


def _note(request, text):
    request.session["note"] = request.session.get("note", "") + text
    return request.session["note"]


def test_another_users_login_leaves_nothing_of_the_first():
    app = with_login()
    app.get("/note/<text>")(lambda request, text: _note(request, text))
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
    app.get("/note/<text>")(lambda request, text: _note(request, text))
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
    app.get("/note/<text>")(lambda request, text: _note(request, text))
    ann.get("/note/a")
    app.clock.ms += 1000000
    ann.get("/note/b")
    app.auth.save()
    with open(FOLDER + "/sessions.json") as file:
        assert ann.cookies["sid"][2:] not in file.read()
    again = WindUp()
    Auth(again, FOLDER, None, {"keep": True, "absolute": 2000})
    again.get("/danger")(guarded(lambda request: "done", ("admin",), fresh=True))
    again.get("/note/<text>")(lambda request, text: _note(request, text))
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


def clear_backup(name):
    if name + ".json.bak" in os.listdir(FOLDER):
        os.remove(FOLDER + "/%s.json.bak" % name)


# Cross-site requests


def test_what_another_site_sends_is_refused():
    app = with_login()
    ann = Browser(app)
    ann.log_in()

    def sends(*fields):
        return ann.ask(post("/admin", b"7", *fields))[0]

    assert sends("Origin: http://device") == sends("Origin: https://device") == 200
    assert sends("Sec-Fetch-Site: same-origin", "Origin: http://proxy") == 200
    for fields in (
        ("Origin: http://evil.example",),
        ("Origin: null",),
        ("Origin: http://device.evil.example",),
        ("Origin: http://device:81",),
        ("Sec-Fetch-Site: cross-site",),
        ("Sec-Fetch-Site: same-site", "Origin: http://device"),
        (),
    ):
        assert sends(*fields) == 403, fields
    assert app.events[-1][1]["why"] == "cross-site"
    app.auth.origins = (b"http://evil.example",)
    assert sends("Origin: http://evil.example") == 200
    # What changes nothing, and what no cookie has let in
    assert ann.get("/admin", "Origin: http://other.example")[0] == 200
    assert Browser(app).ask(post("/admin", b"7", basic("ann", PASSWORD)))[0] == 200


def test_a_websocket_of_another_site_is_refused():
    app = with_login()
    ann = Browser(app)
    ann.log_in()
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    assert ann.get("/admin", "Origin: http://evil.example", *upgrade)[0] == 403
    assert ann.get("/admin", "Origin: http://device", *upgrade)[0] == 200


def test_clients_that_do_not_say_where_from_need_a_token():
    app = with_login()
    app.get("/token")(lambda request: csrf_token(request))
    inner = WindUp()
    inner.post("/x")(lambda request: "x")
    app.mount("/m", Guard(inner, ("admin",)))
    ann = Browser(app)
    ann.log_in()
    token = ann.get("/token")[2].decode()
    assert len(token) == 32 and token != Browser(app).get("/token")[2].decode()
    assert ann.ask(post("/admin", b"7", "X-CSRF-Token: " + token))[0] == 200
    form = "Content-Type: application/x-www-form-urlencoded"
    for path in ("/admin", "/m/x"):
        data = post(path, b"csrf_token=" + token.encode(), form)
        assert ann.ask(data)[0] == 200
        # The body comes later
        head, body = data.split(b"\r\n\r\n", 1)
        ann.ask_in_two = ann.wire.send(_with_cookies(ann, head + b"\r\n\r\n")) + ann.wire.send(body)
        assert ann.ask_in_two.startswith(b"HTTP/1.1 200 "), path
        assert (
            ann.ask(post(path, b"csrf_token=" + (token[16:] + token[:16]).encode(), form))[0] == 403
        )
        assert ann.ask(post(path, b"", "X-CSRF-Token: "))[0] == 403


def _with_cookies(browser, head):
    pairs = "; ".join(["%s=%s" % pair for pair in browser.cookies.items()])
    return head.replace(b"\r\n", b"\r\nCookie: " + pairs.encode() + b"\r\n", 1)


# Passwords and tokens with each request


def test_basic():
    app = make()
    client = Browser(app)
    assert client.get("/admin", basic("ann", PASSWORD))[2] == b"admin"
    assert client.get("/pin/5", basic("bob", PASSWORD))[2] == b"5"
    assert client.get("/admin", basic("bob", PASSWORD))[0] == 403
    assert client.get("/admin", basic("ann", "wrong horse"))[0] == 401
    assert client.get("/danger", basic("ann", PASSWORD))[0] == 200
    assert app.auth.sessions == [] and client.set_cookies == []
    assert names(app).count("auth.login") == 2
    for wrong in (
        "Basic",
        "Basic =",
        "Basic !!!!",
        "Basic YW5u",
        "Digest x",
        "Bearer",
        "",
        "x" * 300,
    ):
        assert client.get("/admin", "Authorization: " + wrong)[0] == 401, wrong


def test_a_password_is_looked_at_once():
    app = make()
    client = Browser(app)
    looked = []
    real = passwords.keyhash.Pbkdf2

    class Keyhash:
        hmac = passwords.keyhash.hmac
        equal = passwords.keyhash.equal

        @staticmethod
        def Pbkdf2(*args):
            looked.append(args)
            return real(*args)

    kept, passwords.keyhash = passwords.keyhash, Keyhash
    try:
        for _ in range(3):
            assert client.get("/admin", basic("ann", PASSWORD))[0] == 200
        assert len(looked) == 1
        app.clock.ms += 300000
        assert client.get("/admin", basic("ann", PASSWORD))[0] == 200
        assert len(looked) == 2
        app.auth.set_password("ann", "another horse")
        assert client.get("/admin", basic("ann", PASSWORD))[0] == 401
        for number in range(8):
            client.get("/admin", basic("bob", PASSWORD + "\0" * number))
        assert len(app.auth.known) <= 4
    finally:
        passwords.keyhash = kept


def test_who_sends_a_password_writes_to_a_session_without_a_cookie():
    app = make()

    def count(request):
        session = request.session
        session["count"] = session.get("count", 0) + 1
        return "%s %d" % (request.user.name, session["count"])

    app.get("/count", roles=("*",))(count)
    for number in (1, 2):  # by the coroutine that looks at the password, and without it
        for name in ("ann", "bob"):
            browser = Browser(app)
            answer = browser.get("/count", basic(name, PASSWORD))
            assert (answer[0], answer[2]) == (200, b"%s %d" % (name.encode(), number)), answer
            assert browser.set_cookies == []
    assert not app.auth.sessions
    app.clock.ms += 301000
    assert Browser(app).get("/count", basic("ann", PASSWORD))[2] == b"ann 1"


def test_basic_can_be_switched_off():
    app = make(basic=False)
    data = Wire(app).send(get("/admin", basic("ann", PASSWORD)))
    assert data.startswith(b"HTTP/1.1 401 ") and b"Basic realm" not in data


def test_roles_of_routes_and_mounts():
    app = with_login()
    inner = WindUp()
    inner.get("/x/<int:n>")(lambda request, n: "%d for %s" % (n, request.user.name))
    app.get("/role", roles=("admin",))(lambda request: "admin")
    app.put("/role", roles=("user",))(lambda request: "put")
    app.mount("/in", inner, roles=("user",))
    app.get("/in/x/7")(lambda request: "around")
    ann, bob = Browser(app), Browser(app)
    ann.log_in("ann")
    bob.log_in("bob")
    assert (ann.get("/role")[0], bob.get("/role")[0]) == (200, 403)
    assert Browser(app).get("/role")[0] == 401
    for path in ("/in/x/7", "/in/none", "/in", "/%69n/x/7"):
        assert Browser(app).get(path)[0] == 401, path
    assert bob.get("/in/x/7")[2] == b"7 for bob" and bob.get("/in/none")[0] == 404
    app.auth.known = None
    assert Browser(app).get("/in/x/7", basic("ann", PASSWORD))[2] == b"7 for ann"
    assert Browser(app).get("/in/none", basic("ann", PASSWORD))[0] == 404


def test_a_body_with_a_password_that_was_not_looked_at():
    app = make()
    inner = WindUp()
    inner.post("/x")(lambda request: "%d %s" % (len(request.body), request.user.name))
    app.mount("/m", Guard(inner, ("admin",)))
    body = b"y" * 2000
    client = Browser(app)
    for path, answer in (("/admin", b"set " + body), ("/m/x", b"2000 ann")):
        app.auth.known = None
        assert client.ask(post(path, body, basic("ann", PASSWORD)))[2] == answer
    app.auth.known = None
    assert client.ask(post("/m/x", body, basic("ann", "wrong horse")))[0] == 401
    assert client.ask(post("/m/none", b"", basic("ann", PASSWORD)))[0] == 404


def test_a_guarded_coroutine_and_a_guarded_page_of_pieces():
    app = make()

    async def later(request):
        await at_once(0)
        return "later"

    def pieces(request):
        yield "one "
        yield "two"

    app.get("/later")(guarded(later, ("admin",)))
    app.get("/pieces")(guarded(pieces, ("admin",)))
    app.get("/nothing")(guarded(lambda request: None, ("admin",)))
    for _ in range(2):
        for path, answer in (("/later", b"later"), ("/pieces", b"one two"), ("/nothing", b"")):
            app.auth.known = None
            assert Browser(app).get(path, basic("ann", PASSWORD))[2] == answer, path
            assert Browser(app).get(path, basic("ann", PASSWORD))[2] == answer, path


def test_tokens():
    app = make()
    it = app.auth
    token = it.add_token("backup", ("user",))
    assert token.startswith("backup.") and len(token) == 39
    client = Browser(app)
    bearer = "Authorization: Bearer "
    assert client.get("/pin/5", bearer + token)[2] == b"5"
    assert client.get("/who", "Authorization: bearer " + token)[2] == b"token:backup"
    assert client.get("/admin", bearer + token)[0] == 403
    status, headers, _ = client.get("/pin/5", bearer + token[:-1] + "z")
    assert status == 401 and headers["www-authenticate"].endswith('error="invalid_token"')
    for wrong in ("", ".", "backup.", "backup", "none." + token, "\xff.x", token + token):
        assert client.get("/pin/5", bearer + wrong)[0] == 401, wrong
        app.auth.throttle = None
    assert it.tokens() == {"backup": ("user",)}
    assert "already" in str(raises(ValueError, it.add_token, "backup", ()))
    raises(ValueError, it.add_token, "new", "admin")
    it.remove_token("backup")
    assert client.get("/pin/5", bearer + token)[0] == 401
    assert "no token backup" in str(raises(ValueError, it.remove_token, "backup"))
    clear_backup("tokens")
    _write("tokens", "{")
    assert it.tokens() == {}
    os.remove(FOLDER + "/tokens.json")
    for number in range(16):
        it.add_token("t%d" % number, ())
    assert "16" in str(raises(ValueError, it.add_token, "more", ()))


# Guessing


def test_who_guesses_has_to_wait():
    app = with_login()
    thief = Browser(app, "192.0.2.66")
    for _ in range(5):
        assert thief.log_in("ann", "wrong horse")[0] == 401
    status, headers, _ = thief.log_in()
    assert (status, headers["retry-after"]) == (429, "1")
    app.clock.ms += 1000
    assert thief.log_in("ann", "wrong horse")[0] == 401
    assert thief.log_in()[1]["retry-after"] == "2"
    # The name waits too, but never for long
    assert Browser(app, "192.0.2.2").log_in("ann")[0] == 429
    assert Browser(app, "192.0.2.2").log_in("bob")[0] == 200
    for _ in range(10):
        app.clock.ms += 900000
        thief.log_in("ann", "wrong horse")
    assert int(thief.log_in()[1]["retry-after"]) == 900
    assert names(app).count("auth.locked") == 2
    app.clock.ms += 30000
    assert Browser(app, "192.0.2.2").log_in("ann")[0] == 200
    assert thief.log_in()[0] == 429
    for name, data in app.events:
        assert "horse" not in str(data), name


def test_a_right_password_is_forgiven():
    app = with_login()
    ann = Browser(app)
    for _ in range(20):
        for _ in range(4):
            assert ann.log_in("ann", "wrong horse")[0] == 401
        assert ann.log_in()[0] == 200


def test_the_tables_are_bounded():
    app = with_login()
    for number in range(100):
        Browser(app, "192.0.2.%d" % number).log_in("name%d" % number * 20, "x")
    assert len(app.auth.throttle) <= 32
    assert max(len(key) for key in app.auth.throttle) <= 34


def test_a_name_like_an_address_makes_nobody_else_wait():
    app = with_login()
    for number in range(12):
        Browser(app, "192.0.2.%d" % number).log_in("@192.0.2.99", "x")
    assert Browser(app, "192.0.2.99").log_in()[0] == 200


def test_a_name_that_nobody_has_is_not_told():
    app = with_login()
    Browser(app).log_in("my secret", PASSWORD)
    Browser(app).log_in("ann", "my secret")
    assert app.events == [
        ("auth.failed", {"peer": "192.0.2.1", "user": None}),
        ("auth.failed", {"peer": "192.0.2.1", "user": "ann"}),
    ]


def test_unknown_users_cost_what_known_ones_do():
    app = with_login(iterations=100)
    app.auth.settings["iterations"] = 300
    app.auth.add_user("new", PASSWORD, ())  # the others' hashes are older
    steps = []
    real = passwords.keyhash.Pbkdf2

    class Counted:
        def __init__(self, *args):
            self.work = real(*args)
            self.key = self.work.key
            steps.append(1)

        def step(self, count):
            steps[-1] += count
            self.work.step(count)

    class Keyhash:
        equal = passwords.keyhash.equal
        Pbkdf2 = Counted

    kept, passwords.keyhash = passwords.keyhash, Keyhash
    try:
        for name in ("ann", "new", "nobody", "x" * 50):
            Browser(app, name).log_in(name, "wrong horse")
        Browser(app, "long").log_in("ann", "x" * 500)
    finally:
        passwords.keyhash = kept
    assert steps == [300] * 5


def test_the_cost_is_raised_at_the_next_login():
    app = with_login(iterations=10)
    app.auth.settings["iterations"] = 30
    assert _cost("ann") == 10
    assert Browser(app).log_in("ann", "wrong horse")[0] == 401 and _cost("ann") == 10
    assert Browser(app).log_in("ann")[0] == 200
    assert (_cost("ann"), _cost("bob")) == (30, 10)
    app.auth.settings["iterations"] = 20
    assert Browser(app).log_in("ann")[0] == 200 and _cost("ann") == 30


def _cost(name):
    with open(FOLDER + "/users.json") as file:
        return int(json.load(file)[name]["hash"].split(":")[1])


# Browsers that stay logged in


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
        lambda app: _write("remember", "{"),
        lambda app: _write("remember", _read("remember").replace('"hash"', '"h"')),
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
    assert len(json.loads(_read("remember"))) == 16 == app.auth.settings["sessions"]


def _read(name):
    with open(FOLDER + "/%s.json" % name) as file:
        return file.read()


def _write(name, text):
    with open(FOLDER + "/%s.json" % name, "w") as file:
        file.write(text)


# Pages

FORM = "Content-Type: application/x-www-form-urlencoded"


def test_the_login_form():
    app = with_login()
    browser = Browser(app)
    status, headers, body = browser.get("/login?next=/pin/5%22")
    assert status == 200 and headers["cache-control"] == "no-store"
    assert b'name="password" type="password"' in body and b"<script" not in body
    form = b"name=ann&password=correct+horse&next=%2Fpin%2F5"
    status, headers, _ = browser.post("/login", form, FORM)
    assert (status, headers["location"]) == (303, "/pin/5")
    assert browser.get("/who")[2] == b"ann"
    status, headers, body = Browser(app).post("/login", form.replace(b"ann", b"%22%3Cann"), FORM)
    assert status == 403 and b'role="alert">Wrong name or password' in body
    assert b'value="&quot;&lt;ann"' in body and b'value="/pin/5"' in body
    assert browser.get("/login/style.css")[1]["content-type"] == "text/css; charset=utf-8"
    assert browser.get("/loginx")[0] == browser.get("/login/x")[0] == 404
    assert browser.ask(get("/login", "Origin: http://device", method="DELETE"))[0] == 405


def test_the_way_on_is_a_path_of_ours():
    app = with_login()
    for wrong in (
        "//evil.example",
        "/%5Cevil.example",
        "http://evil.example",
        "%2F%2Fevil.example",
        "/a%0D%0ASet-Cookie:x",
        "/a%09b",
        "x",
        "",
        "/" + "a" * 300,
    ):
        form = "name=ann&password=correct+horse&next=" + wrong
        status, headers, _ = Browser(app).post("/login", form.encode(), FORM)
        assert (status, headers["location"]) == (303, "/"), wrong


def test_another_site_cannot_log_somebody_in():
    app = with_login()
    form = b"name=ann&password=correct+horse"
    for fields in (("Origin: http://evil.example",), ("Sec-Fetch-Site: cross-site",), ()):
        browser = Browser(app)
        assert browser.ask(post("/login", form, FORM, *fields))[0] == 403, fields
        assert browser.cookies == {}
    body = browser.get("/login")[2]
    mark = b'name="csrf_token" value="'
    at = body.find(mark) + len(mark)
    form += b"&csrf_token=" + body[at : at + 32]
    assert browser.ask(post("/login", form, FORM))[0] == 303
    ann = Browser(app)
    ann.log_in()
    assert ann.ask(post("/logout", b"", "Origin: http://evil.example"))[0] == 403
    assert ann.get("/who")[2] == b"ann"


def test_what_is_no_login():
    app = with_login()
    json_type = "Content-Type: application/json"
    for body, kind, status in (
        (b"{}", json_type, 400),
        (b"[]", json_type, 400),
        (b"{", json_type, 400),
        (b'{"name": 1, "password": 2}', json_type, 400),
        (b"name=ann", FORM, 400),
        (b"", FORM, 400),
        (b"name=%ff&password=x", FORM, 400),
        (b"x", "Content-Type: text/plain", 415),
        (b"x" * 3000, FORM, 413),
    ):
        assert Browser(app).post("/login", body, kind)[0] == status, body


def test_pages_of_ones_own():
    app = make()
    forms = []

    def page(request, form):
        forms.append(form)
        return "own " + form["title"]

    Login(app, "/in", "/out", "/home", page=page)
    browser = Browser(app)
    assert browser.get("/in?next=/x")[2] == b"own Log in"
    assert browser.get("/out")[2] == b"own Log out"
    assert forms[0]["next"] == "/x" and forms[1]["next"] == "/home" and forms[1]["logout"]
    raises(ValueError, Login, WindUp())
    raises(ValueError, Login, app, "in")
    other = make()
    Login(other, stylesheet="/own.css")
    assert b'href="/own.css"' in Browser(other).get("/login")[2]


def test_users_are_told_apart_by_name_and_roles():
    assert User("ann", ("admin",)) == ("ann", ("admin",))
