"""What another site's page makes a browser send."""

from auth_app import (
    PASSWORD,
    Browser,
    basic,
    with_login,
)
from windup import WindUp
from windup.csrf import csrf_token
from windup.guard import Guard
from wire import post


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
