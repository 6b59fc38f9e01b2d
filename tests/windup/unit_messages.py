"""What handlers see of a request, and what they may return."""

import json
from collections import OrderedDict

from check import raises
from windup import HTTPError, Response, WindUp, redirect
from windup.filters import Headers
from wire import Wire, get, parse, post


def ask(handler, data):
    app = WindUp()
    app.route("/", ("GET", "POST"))(handler)
    return parse(Wire(app).send(data))[0]


def test_return_conventions():
    for result, status, kind, body in (
        ("text", 200, "text/html; charset=utf-8", b"text"),
        ("ä", 200, "text/html; charset=utf-8", b"\xc3\xa4"),
        (b"\0\1", 200, "text/html; charset=utf-8", b"\0\1"),
        ({"a": [1, None]}, 200, "application/json", b'{"a": [1, null]}'),
        ([1], 200, "application/json", b"[1]"),
        (("made", 201), 201, "text/html; charset=utf-8", b"made"),
        (({"b": 1}, 202), 202, "application/json", b'{"b": 1}'),
        (Response("x", 203, content_type=b"text/x"), 203, "text/x", b"x"),
    ):
        answer = ask(lambda request: result, get("/"))
        assert (answer[0], answer[1]["content-type"], answer[2]) == (status, kind, body), answer


def test_headers_in_a_tuple():
    for headers in ({"X-A": "1"}, [("X-A", "1")], ((b"X-A", b"1"),)):
        assert ask(lambda request: ("", 200, headers), get("/"))[1]["x-a"] == "1"


def test_redirect():
    status, headers, _ = ask(lambda request: redirect("/there"), get("/"))
    assert (status, headers["location"]) == (303, "/there")


def test_header_injection_is_refused():
    for name, value in (
        ("X-A", "a\r\nX-B: b"),
        ("X-A", "a\nb"),
        ("X-A", "a\rb"),
        ("X-A", "a\r\n"),
        ("X-A\r\nX-B", "b"),
        ("X-A", b"a\0"),
    ):
        raises(ValueError, Response("").add_header, name, value)
    assert (
        ask(lambda request: ("", 200, {"X": request.query.get("x")}), get("/?x=a%0d%0ab"))[0] == 500
    )


def test_query():
    def handler(request):
        query = request.query
        return [
            query.get("a"),
            query.getlist("a"),
            query.get("n", 0, int),
            query.get("z"),
            "b" in query,
        ]

    answer = ask(handler, get("/?a=1+2&a=%C3%A4&n=5&b"))
    assert json.loads(answer[2]) == ["1 2", ["1 2", "ä"], 5, None, True]
    assert json.loads(ask(handler, get("/?n=x"))[2])[2] == 0
    assert json.loads(ask(handler, get("/"))[2])[1] == []
    assert ask(handler, get("/?a=%zz"))[0] == 400


def test_json_body():
    def handler(request):
        return {"got": request.json()}

    for kind in ("application/json", "application/json; charset=utf-8", "Application/Problem+JSON"):
        answer = ask(handler, post("/", b'{"a": 1}', "Content-Type: " + kind))
        assert json.loads(answer[2]) == {"got": {"a": 1}}
    assert ask(handler, post("/", b"{", "Content-Type: application/json"))[0] == 400
    assert ask(handler, post("/", b"{}", "Content-Type: text/plain"))[0] == 415
    assert ask(handler, post("/", b"{}"))[0] == 415


def test_form_body():
    def handler(request):
        return request.form().get("name")

    answer = ask(
        handler, post("/", b"name=a%26b+c&x=", "Content-Type: application/x-www-form-urlencoded")
    )
    assert answer[2] == b"a&b c"
    assert ask(handler, post("/", b"name=a"))[0] == 415


def test_request_properties():
    def handler(request):
        return [request.method, request.path, request.header("x-thing"), request.header("none")]

    answer = ask(handler, get("/?q", "X-Thing: some value"))
    assert json.loads(answer[2]) == ["GET", "/", "some value", None]


def test_bodies_of_other_types():
    answer = ask(lambda request: (None, 201), get("/"))
    assert (answer[0], answer[2]) == (201, b"")
    answer = ask(lambda request: OrderedDict([("a", 1)]), get("/"))
    assert json.loads(answer[2]) == {"a": 1}
    for wrong in (5, True, 1.5, object):
        assert ask(lambda request: wrong, get("/"))[0] == 500
    assert ask(lambda request: ("x", "200"), get("/"))[0] == 500


def test_an_error_with_a_bad_header_is_still_answered():
    def handler(request):
        raise HTTPError(400, "x", (("X", "a\nb"),))

    assert ask(handler, get("/"))[0] == 500


def test_any_iterable_is_a_body():
    app = WindUp()
    app.get("/")(lambda request: map(str, range(3)))
    wire = Wire(app)
    data = wire.send(get("/")) + wire.drive()
    assert parse(data)[0][2] == b"012"


def test_values_that_are_not_utf_8():
    assert ask(lambda request: request.query.get("a"), get("/?a=%ff"))[0] == 400
    data = get("/", "X: caf").replace(b"caf", b"caf\xe9")
    assert ask(lambda request: request.header("x"), data)[2] == "caf\xe9".encode()


def test_a_response_that_is_kept_does_not_grow():
    kept = Response("same", headers=(("X-A", "1"),))
    app = WindUp()
    app.add_filter(Headers((("X-B", "2"),)))
    app.get("/")(lambda request: kept)
    wire = Wire(app)
    first = wire.send(get("/"))
    assert wire.send(get("/")) == first
    assert first.count(b"X-B") == 1
