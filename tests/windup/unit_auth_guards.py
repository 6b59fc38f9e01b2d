"""Guards: who gets in, and who does not."""

from auth_app import (
    Browser,
    make,
    with_login,
)
from check import raises
from windup import WindUp
from windup.guard import Guard, guarded
from windup.login import Login
from wire import Wire, get


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
    assert Browser(app).log_in("bob")[0] == 403
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
