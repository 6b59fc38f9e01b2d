"""The Date field: where the clock is set, in each answer once (RFC 9110 section 6.6.1)."""

import time

from windup import HTTPError, Response, WindUp, dates
from windup.filters import Headers
from wire import Wire, get, parse, post

EPOCH = (
    946684800 if time.gmtime(0)[0] == 1970 else 0
)  # of the boards, in this interpreter's seconds
NOW = EPOCH + 831213296
DATE = b"Date: Mon, 04 May 2026 12:34:56 GMT\r\n"


def make_app():
    app = WindUp()
    app.get("/")(lambda request: "hello")
    app.get("/json")(lambda request: {"a": 1})
    app.get("/none")(lambda request: None)
    app.get("/moved")(lambda request: Response(b"", 308, (("Location", "/"),)))
    app.get("/wrong")(lambda request: 1 // 0)
    app.post("/")(lambda request: bytes(request.body))

    @app.get("/pieces")
    def pieces(request):
        yield "a"

    @app.get("/later")
    async def later(request):
        raise HTTPError(409)

    part = WindUp()
    part.add_filter(Headers((("X-Part", "1"),)))
    part.get("/")(lambda request: "part")
    app.mount("/part", part)
    return app


REQUESTS = (
    get("/"),
    get("/json"),
    get("/none"),
    get("/moved"),
    get("/wrong"),
    get("/pieces"),
    get("/later"),
    get("/part/"),
    get("/nowhere"),
    get("/", version="1.0"),
    get("/", method="HEAD"),
    get("/", method="OPTIONS"),
    get("/", method="DELETE"),
    post("/", b"x" * 5000),
    post("/", b"abc"),
    b"GARBAGE\r\n\r\n",
    get("/", "X: " + "x" * 9000),
)


def answers(app):
    for data in REQUESTS:
        wire = Wire(app)
        try:
            out = wire.send(data)
        except AssertionError:  # refused before the end
            out = wire.take()
        yield data, out + wire.drive()


def test_each_answer_has_it_once():
    for with_filter in (False, True):
        app = make_app()
        app.add_filter(Headers((("X-All", "1"),)))
        if with_filter:
            app.after_request(lambda request, response: None)
        dates.tell(app, NOW)
        for data, out in answers(app):
            assert out.startswith(b"HTTP/1.1 ") and out.count(DATE) == 1, (data, out)
            assert out.lower().count(b"\r\ndate:") == out.count(b"X-All") == 1, (data, out)
        assert b"X-Part: 1" in Wire(app).send(get("/part/"))


def test_a_clock_that_nobody_has_set_says_nothing():
    app = make_app()
    for now in (EPOCH, EPOCH + 1000000, EPOCH + 24 * 31557600):
        dates.tell(app, now)
        for data, out in answers(app):
            assert out.startswith(b"HTTP/1.1 ") and b"\r\nDate:" not in out, (data, out)


def test_it_goes_with_the_clock():
    app = make_app()
    wire = Wire(app)
    plain = wire.send(get("/"))
    dates.tell(app, NOW)
    assert DATE in wire.send(get("/"))
    dates.tell(app, NOW + 1)
    assert DATE.replace(b":56", b":57") in wire.send(get("/json"))
    dates.tell(app, EPOCH)
    assert wire.send(get("/")) == plain
    assert parse(plain)[0][1] == {"content-type": "text/html; charset=utf-8", "content-length": "5"}


def test_filters_that_come_later_leave_it_there():
    app = make_app()
    dates.tell(app, NOW)
    app.add_filter(Headers((("X-All", "1"),)))
    out = Wire(app).send(get("/"))
    assert out.count(DATE) == 1 and b"X-All: 1\r\n" in out
