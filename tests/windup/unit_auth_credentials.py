"""Passwords and tokens that come with each request."""

import os

from auth_app import (
    FOLDER,
    PASSWORD,
    Browser,
    at_once,
    basic,
    clear_backup,
    make,
    names,
    with_login,
    write,
)
from check import raises
from windup import WindUp, passwords
from windup.guard import Guard, guarded
from wire import Wire, get, post


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
    write("tokens", "{")
    assert it.tokens() == {}
    os.remove(FOLDER + "/tokens.json")
    for number in range(16):
        it.add_token("t%d" % number, ())
    assert "16" in str(raises(ValueError, it.add_token, "more", ()))


def test_who_sends_a_token_is_found_out_by_a_coroutine():
    app = make()
    bearer = "Authorization: Bearer " + app.auth.add_token("backup", ("admin",))
    wire = Wire(app)
    # A request's stack has no room for reading flash
    assert wire.send(get("/admin", bearer)) == b"" and len(wire.spawned) == 1
    assert wire.drive().endswith(b"admin")
    assert wire.send(get("/admin", bearer)).endswith(b"admin") and not wire.spawned
    # Who asks outside of a guard needs the answer at once
    app.auth.known = None
    assert wire.send(get("/who", bearer)).endswith(b"token:backup") and not wire.spawned


def test_a_body_that_comes_with_a_token_into_a_guarded_mount():
    app = make()
    bearer = "Authorization: Bearer " + app.auth.add_token("backup", ("admin",))
    inner = WindUp()
    inner.post("/x", body_max=30000)(lambda request: "%d" % len(request.body))
    app.mount("/m", inner, roles=("admin",))
    for _ in range(2):
        assert Browser(app).ask(post("/m/x", b"y" * 20000, bearer))[2] == b"20000"
    assert Browser(app).ask(post("/m/x", b"y" * 20000, bearer + "z"))[0] == 401
