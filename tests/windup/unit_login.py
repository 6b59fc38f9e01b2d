"""The pages to log in and out."""

from auth_app import (
    Browser,
    make,
    with_login,
)
from check import raises
from windup import WindUp
from windup.auth import User
from windup.login import Login
from wire import Wire, get, one, post

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


def test_a_wrong_password_is_the_same_in_a_form_and_in_json():
    for form in (True, False):
        app = with_login()
        client = Browser(app)
        if form:
            data = b"name=ann&password=wrong+horse"
            status, headers, body = client.post("/login", data, FORM)
            assert b'<p role="alert">Wrong name or password</p>' in body
        else:
            status, headers, body = client.log_in("ann", "wrong horse")
            assert body == b"403 Forbidden\nWrong name or password\n"
        assert (status, client.cookies) == (403, {})
        # RFC 9110 section 15.5.2: the challenge that a 401 has would ask for what /login does not take
        assert "www-authenticate" not in headers


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


def test_the_page_is_there_before_its_head():
    app = with_login()
    wire = Wire(app)
    status, headers, body = one(wire.send(get("/login")))
    assert status == 200 and not wire.spawned and headers["content-length"] == str(len(body))
