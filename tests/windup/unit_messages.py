"""What handlers see of a request, and what they may return."""

import json
from collections import OrderedDict

from check import raises
from windup import HTTPError, Response, WindUp, redirect
from windup.filters import Headers
from wire import Wire, get, parse, post


def app_of(handler):
    app = WindUp()
    app.route("/", ("GET", "POST"))(handler)
    return app


def ask(handler, data):
    return parse(Wire(app_of(handler)).send(data))[0]


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


def test_a_type_in_the_headers_takes_the_place_of_the_usual_one():
    for name in ("Content-Type", "content-type", b"CONTENT-TYPE"):
        for body in ("{}", b"{}", {}):
            data = Wire(app_of(lambda request: (body, 200, {name: "text/plain"}))).send(get("/"))
            assert data.lower().count(b"content-type:") == 1, data
            assert parse(data)[0][1]["content-type"] == "text/plain"
    response = Response("x", 200, (("Content-Type", "text/plain"),), b"text/html")
    assert response.content_type == b"text/plain"
    raises(ValueError, response.add_header, "Content-Type", "text/plain\r\nX: y")
    # Twelve letters, and another field
    assert ask(lambda request: ("", 200, {"X-Abcdefghij": "1"}), get("/"))[1]["x-abcdefghij"] == "1"


def test_a_type_is_bytes_or_str():
    for kind in (b"text/plain; charset=utf-8", "text/plain; charset=utf-8"):

        def pieces():
            yield "a"

        def assigned(request):
            response = Response("a")
            response.content_type = kind
            return response

        def exchanged(request):
            response = Response("b")
            response.set_body("a", kind)
            return response

        for handler in (
            lambda request: Response("a", content_type=kind),
            lambda request: Response(b"a", 200, (), kind),
            lambda request: Response(pieces(), content_type=kind),
            lambda request: ("a", 200, {"Content-Type": kind}),
            exchanged,
            assigned,
        ):
            wire = Wire(app_of(handler))
            status, headers, body = parse(wire.send(get("/")) + wire.drive())[0]
            assert (status, body) == (200, b"a")
            assert headers["content-type"] == "text/plain; charset=utf-8"
        assert Response("", content_type=kind).content_type == b"text/plain; charset=utf-8"
    for none in (None, "", b""):
        assert Response("", content_type=none).content_type == b"text/html; charset=utf-8"
        assert Response([], content_type=none).content_type == b"application/json"


def test_a_type_starts_no_header_of_somebody_elses():
    for text in ("text/x\r\nX-B: b", "text/x\nX-B: b", "text/x\rX", "text/x\r\n", "\0"):
        for kind in (text, text.encode()):
            raises(ValueError, Response, "", 200, (), kind)
            raises(ValueError, Response, {}, 200, (), kind)
            raises(ValueError, Response("").set_body, "", kind)
            raises(ValueError, Response("").add_header, "Content-Type", kind)

            def assigned(request):
                response = Response("")
                response.content_type = kind
                return response

            data = Wire(app_of(assigned)).send(get("/"))
            assert data.startswith(b"HTTP/1.1 500 ") and b"X" not in data, data


def test_how_long_the_body_is_the_server_says_alone():
    for name in ("Content-Length", "content-length", "Transfer-Encoding", b"transfer-encoding"):
        raises(ValueError, Response("").add_header, name, "5")


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


def test_any_value_may_be_the_top_of_json():
    # RFC 8259 section 2
    for text, value in (
        ("[]", []),
        ('[1, {"a": 2}]', [1, {"a": 2}]),
        ("5", 5),
        ("-2.5", -2.5),
        (" 5\r\n", 5),
        ('"5"', "5"),
        ("true", True),
        ("null", None),
    ):
        got = []
        answer = ask(
            lambda request: got.append(request.json()),
            post("/", text.encode(), "Content-Type: application/json"),
        )
        assert answer[0] == 204 and got == [value] and type(got[0]) is type(value), text
    for text in ("", " ", "[", "5 5", "[1]]", "nul", '"a', "{"):
        status, _, body = ask(
            lambda request: [request.json()],
            post("/", text.encode(), "Content-Type: application/json"),
        )
        assert (status, body) == (400, b"400 Bad Request\nThe body is not JSON\n"), (text, body)


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


def test_charsets():
    for kind, status in (
        ("application/json; charset=UTF-8", 200),
        ('application/json; x=y; charset="utf-8"', 200),
        ("application/vnd.x+json;charset=utf8", 200),
        ("application/json; charset=iso-8859-1", 415),
        ("application/json; charset=", 415),
        ("application/jsonx", 415),
        ("text/json", 415),
    ):
        data = post("/", b"{}", "Content-Type: " + kind)
        assert ask(lambda request: {"got": request.json()}, data)[0] == status, kind
    for charset, status in (("utf-8", 200), ("latin1", 415)):
        kind = "Content-Type: application/x-www-form-urlencoded; charset=" + charset
        data = post("/", b"a=b", kind)
        assert ask(lambda request: request.form().get("a"), data)[0] == status


def test_addresses():
    def handler(request):
        return [request.host, request.url]

    assert json.loads(ask(handler, get("/?a=%20b"))[2]) == ["device", "http://device/?a=%20b"]
    assert json.loads(ask(handler, b"GET / HTTP/1.0\r\n\r\n")[2]) == ["", "/"]
    data = b"GET http://other:81/?x HTTP/1.1\r\nHost: device\r\n\r\n"
    assert json.loads(ask(handler, data)[2]) == ["other:81", "http://other:81/?x"]
    assert ask(lambda request: request.nothing, get("/"))[0] == 500


def test_accepts():
    def handler(request):
        return [request.accepts("text/html", "application/json"), request.accepts("image/png")]

    for field, expected in (
        (None, ["text/html", "image/png"]),
        ("*/*", ["text/html", "image/png"]),
        ("application/json", ["application/json", None]),
        ("text/html;q=0.5, application/json", ["application/json", None]),
        ("TEXT/*, application/*;q=0.9", ["text/html", None]),
        ("text/html;q=0, */*;q=0.1", ["application/json", "image/png"]),
        ("text/html; q=0.3, text/*", ["text/html", None]),
        ("text/html;q=x, application/json;q=0.001", ["application/json", None]),
        ("text/html;level=1;q=nan", [None, None]),
        ("", [None, None]),
        ("text", [None, None]),
    ):
        fields = () if field is None else ("Accept: " + field,)
        assert json.loads(ask(handler, get("/", *fields))[2]) == expected, field


def test_attachment():
    from windup.disposition import attachment

    for name, value in (
        ("log.txt", 'attachment; filename="log.txt"'),
        ("a b.txt", 'attachment; filename="a b.txt"'),
        ("/etc/x/log.txt", 'attachment; filename="log.txt"'),
        ("..\\log.txt", 'attachment; filename="log.txt"'),
        ("Küche.txt", "attachment; filename=\"K_che.txt\"; filename*=UTF-8''K%C3%BCche.txt"),
        ('a"b%41.txt', "attachment; filename=\"a_b_41.txt\"; filename*=UTF-8''a%22b%2541.txt"),
    ):
        assert attachment(name) == ("Content-Disposition", value)
    for name in ("", "/", "a/", "..", "x/..", "a\r\nb", "a\0"):
        raises(ValueError, attachment, name)


def test_a_file_to_be_saved():
    import io

    from windup import send_file

    def handler(request):
        return send_file(request, io.BytesIO(b"abc"), b"text/plain", download_name="log.txt")

    answer = ask(handler, get("/"))
    assert (answer[1]["content-disposition"], answer[2]) == (
        'attachment; filename="log.txt"',
        b"abc",
    )
