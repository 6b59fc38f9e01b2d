"""Error handlers by status and by exception, and hooks."""

import json

from check import raises
from windup import HTTPError, Response, Router, WindUp
from wire import Wire, get, parse, post


def ask(app, data):
    wire = Wire(app)
    return parse(wire.send(data) + wire.drive())[0]


def short(app, data):
    status, _, body = ask(app, data)
    return status, body


class Dry(ValueError):
    pass


class VeryDry(Dry):
    pass


def make_app():
    app = WindUp()

    @app.get("/raise/<what>")
    def fail(request, what):
        raise {
            "value": ValueError,
            "dry": Dry,
            "very": VeryDry,
            "key": KeyError,
            "http": lambda text: HTTPError(409, text),
        }[what]("on purpose")

    @app.get("/status/<int:status>")
    def say(request, status):
        raise HTTPError(status, "detail", (("X-Of", "error"),))

    return app


def test_by_status():
    app = make_app()

    @app.errorhandler(404)
    def not_found(request, error):
        return "<h1>no %s</h1>" % request.path

    status, headers, body = ask(app, get("/nowhere"))
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert body == b"<h1>no /nowhere</h1>"
    status, headers, body = ask(app, get("/status/404"))
    assert (status, headers["x-of"], body) == (404, "error", b"<h1>no /status/404</h1>")
    assert ask(app, get("/status/403"))[2].startswith(b"403 Forbidden\n")
    assert Wire(app).send(get("/nowhere", method="HEAD")).startswith(b"HTTP/1.1 404 ")


def test_the_most_derived_class_answers():
    app = make_app()
    app.errorhandler(ValueError)(lambda request, error: ("value", 400))
    app.errorhandler(Dry)(lambda request, error: {"dry": str(error)})
    app.errorhandler(LookupError)(lambda request, error: Response("lookup", 404))
    assert short(app, get("/raise/value")) == (400, b"value")
    status, _, body = ask(app, get("/raise/dry"))
    assert (status, json.loads(body)) == (500, {"dry": "on purpose"})
    assert json.loads(ask(app, get("/raise/very"))[2]) == {"dry": "on purpose"}
    assert short(app, get("/raise/key")) == (404, b"lookup")
    assert ask(app, get("/raise/http"))[0] == 409


def test_a_status_goes_before_a_class():
    app = make_app()
    app.errorhandler(Exception)(lambda request, error: "any")
    app.errorhandler(HTTPError)(lambda request, error: "http %d" % error.status)
    app.errorhandler(403)(lambda request, error: "forbidden")
    assert short(app, get("/status/403")) == (403, b"forbidden")
    assert short(app, get("/status/405")) == (405, b"http 405")
    assert short(app, get("/raise/value")) == (500, b"any")
    assert short(app, get("/nowhere")) == (404, b"http 404")


def test_what_nobody_handles_is_a_500():
    app = make_app()
    app.errorhandler(500)(lambda request, error: "sorry: %d" % error.status)
    assert short(app, get("/raise/key")) == (500, b"sorry: 500")


def test_an_error_handler_that_fails():
    app = make_app()
    app.errorhandler(404)(lambda request, error: error.nothing)
    app.errorhandler(Dry)(lambda request, error: 1 // 0)
    app.errorhandler(500)(lambda request, error: 5)
    for path, status in (("/nowhere", 404), ("/raise/dry", 500), ("/raise/value", 500)):
        answer = ask(app, get(path))
        assert answer[0] == status
        assert answer[2].startswith(b"%d " % status), answer


def test_an_error_handler_may_be_whatever_a_handler_may_be():
    app = make_app()

    async def later(request, error):
        return "no %s, %s" % (request.path, error.detail)

    async def elsewhere(request, error):
        return "elsewhere", 410

    async def pieces_later(request, error):
        return pieces(request, error)

    def pieces(request, error):
        yield None
        yield "one "
        yield b"two"

    def no_pieces(request, error):
        yield None

    async def nothing(request, error):
        pass

    app.errorhandler(404)(later)
    app.errorhandler(403)(pieces)
    app.errorhandler(402)(lambda request, error: Response(pieces(request, error), 402))
    app.errorhandler(406)(elsewhere)
    app.errorhandler(407)(pieces_later)
    app.errorhandler(408)(no_pieces)
    app.errorhandler(409)(nothing)
    app.errorhandler(Dry)(later_dry)
    status, headers, body = ask(app, get("/status/404"))
    assert (status, headers["x-of"], body) == (404, "error", b"no /status/404, detail")
    status, headers, body = ask(app, get("/status/403"))
    assert (status, headers["x-of"], body) == (403, "error", b"one two")
    assert short(app, get("/status/402")) == (402, b"one two")
    assert short(app, get("/status/406")) == (410, b"elsewhere")
    assert short(app, get("/status/407")) == (407, b"one two")
    assert short(app, get("/status/408")) == (408, b"")
    assert short(app, get("/status/409")) == (409, b"")
    status, _, body = ask(app, get("/raise/very"))
    assert (status, json.loads(body)) == (500, {"dry": "on purpose"})


async def later_dry(request, error):
    return {"dry": str(error)}


def test_what_comes_behind_an_error_that_takes_time():
    app = make_app()
    app.errorhandler(ValueError)(later_dry)
    app.get("/next")(lambda request: "next")
    wire = Wire(app)
    assert wire.send(get("/raise/value") + get("/next")) == b""
    first, second = parse(wire.drive())
    assert (first[0], second[2]) == (500, b"next")
    assert not wire.closing
    head = get("/raise/value", method="HEAD")
    assert wire.send(head) + wire.drive() != b"" and not wire.closing
    # A body that nobody reads
    app.errorhandler(413)(later_dry)
    app.post("/up", body_max=5)(lambda request: "up")
    answers = parse(wire.send(post("/up", b"0123456789")) + wire.drive())
    assert [answer[0] for answer in answers] == [413]
    assert parse(Wire(app).send(get("/next")))[0][2] == b"next"


def test_pieces_for_who_wants_the_head_alone():
    ended = []

    def pieces(request, error):
        try:
            yield "one"
            yield "two"
        finally:
            ended.append(1)

    app = make_app()
    app.errorhandler(403)(pieces)
    wire = Wire(app)
    data = wire.send(get("/status/403", method="HEAD")) + wire.drive()
    assert data.startswith(b"HTTP/1.1 403 ") and data.endswith(b"\r\n\r\n"), data
    assert b"one" not in data


def test_an_error_handler_that_fails_later():
    app = make_app()

    async def fails(request, error):
        return error.nothing

    async def no_answer(request, error):
        return 5

    def fails_first(request, error):
        yield None
        raise Dry("worse")

    def fails_in_the_middle(request, error):
        yield "half"
        raise Dry("worse")

    app.errorhandler(404)(fails)
    app.errorhandler(402)(no_answer)
    app.errorhandler(403)(fails_first)
    app.errorhandler(409)(fails_in_the_middle)
    app.errorhandler(Dry)(fails)
    for path, status in (("404", 404), ("402", 402), ("403", 403)):
        answer = ask(app, get("/status/" + path))
        assert answer[0] == status
        assert answer[1]["x-of"] == "error"
        assert answer[2].startswith(b"%d " % status) and answer[2].endswith(b"\ndetail\n"), answer
    assert ask(app, get("/raise/dry"))[2].startswith(b"500 Internal Server Error\nThe handler")
    # Where the page for 500 is made later, too: it gets its chance, and then it is over
    app.errorhandler(500)(later_500)
    assert short(app, get("/raise/dry")) == (500, b"sorry")
    wire = Wire(app)
    data = wire.send(get("/status/409")) + wire.drive()
    assert data.startswith(b"HTTP/1.1 409 ") and b"half" in data
    assert not data.endswith(b"0\r\n\r\n") and wire.closing


async def later_500(request, error):
    return "sorry"


def test_a_filter_that_fails_after_an_error_handler_that_takes_time():
    app = make_app()
    seen = []

    @app.after_request
    def fails(request, response):
        raise Dry("in the filter")

    @app.errorhandler(Exception)
    async def later(request, error):
        seen.append(error)
        return "later"

    answer = ask(app, get("/raise/key"))
    assert answer[2].startswith(b"500 Internal Server Error\n")
    assert len(seen) == 1


def test_errors_of_coroutines_and_of_bodies():
    app = WindUp(body_max=5)

    @app.get("/later")
    async def later(request):
        raise Dry("on purpose")

    app.post("/up")(lambda request: "up")
    app.errorhandler(Dry)(lambda request, error: ("dry", 409))
    app.errorhandler(413)(lambda request, error: "too long")
    app.errorhandler(405)(lambda request, error: "not so")
    assert short(app, get("/later")) == (409, b"dry")
    assert short(app, post("/up", b"0123456789")) == (413, b"too long")
    assert short(app, get("/up", "Content-Length: 10", method="POST")) == (413, b"too long")
    status, headers, body = ask(app, get("/up"))
    assert (status, headers["allow"], body) == (405, "POST, OPTIONS", b"not so")


def test_mounted_applications_have_their_own():
    app, inner, deep = make_app(), make_app(), make_app()
    app.errorhandler(404)(lambda request, error: "outer")
    app.errorhandler(ValueError)(lambda request, error: "outer value")
    app.errorhandler(409)(lambda request, error: "outer 409")
    inner.errorhandler(404)(lambda request, error: {"inner": request.path})
    deep.errorhandler(Dry)(lambda request, error: "deep dry")
    inner.mount("/deep", deep)
    app.mount("/inner", inner)
    for path, body in (
        ("/nowhere", b"outer"),
        ("/inner/nowhere", b'{"inner": "/inner/nowhere"}'),
        ("/inner/deep/nowhere", b'{"inner": "/inner/deep/nowhere"}'),
        ("/innermost", b"outer"),
        ("/inner%2fx", b"outer"),
        ("/inner/raise/dry", b"outer value"),
        ("/inner/deep/raise/very", b"deep dry"),
        ("/inner/deep/raise/value", b"outer value"),
        ("/inner/raise/http", b"outer 409"),
    ):
        assert ask(app, get(path))[2] == body, path
    # A connection that is kept forgets whose request was the last one
    wire = Wire(app)
    data = wire.send(get("/inner/nowhere") + get("/nowhere") + get("/inner/raise/dry"))
    assert [answer[2] for answer in parse(data)] == [
        b'{"inner": "/inner/nowhere"}',
        b"outer",
        b"outer value",
    ]


def test_a_malformed_path_is_answered_as_well():
    app = make_app()
    app.mount("/inner", make_app())
    app.errorhandler(400)(lambda request, error: "bad path")
    assert short(app, get("/%zz")) == (400, b"bad path")


def test_mistakes_in_error_handlers():
    app = WindUp()
    app.errorhandler(404)(None)
    app.errorhandler(ValueError)(None)
    for kind in (404, ValueError, 200, 600, "404", None, int, BaseException):
        raises(ValueError, app.errorhandler, kind)
    raises(AttributeError, Router().errorhandler, 404)


def test_hooks():
    app = make_app()
    order = []

    @app.before_request
    def first(request):
        order.append("first")
        request.values["who"] = "somebody"

    @app.before_request
    def second(request):
        order.append("second")
        if request.path == "/stop":
            return "stopped", 403

    @app.after_request
    def third(request, response):
        order.append("third")
        response.add_header("X-Who", request.values["who"])

    @app.after_request
    def fourth(request, response):
        order.append("fourth")
        return Response(b"other", 202) if request.path == "/other" else None

    app.get("/")(lambda request: request.values["who"])
    app.get("/other")(lambda request: "")
    status, headers, body = ask(app, get("/"))
    assert (status, headers["x-who"], body) == (200, "somebody", b"somebody")
    assert order == ["first", "second", "fourth", "third"]
    assert short(app, get("/stop")) == (403, b"stopped")
    assert short(app, get("/other")) == (202, b"other")
    assert ask(app, get("/nowhere"))[1]["x-who"] == "somebody"


def test_a_wrong_result_is_named():
    lines = []
    app = WindUp()

    def level(request, *args):
        return 5

    app.get("/level")(level)
    app.get("/level/<int:pin>")(level)
    app.get("/later", name="later")(lambda request: later())

    async def later():
        return object()

    def seen(request, error):
        lines.append(str(error))
        return "seen"

    app.errorhandler(TypeError)(seen)
    for path in ("/level", "/level/4", "/later"):
        assert short(app, get(path)) == (500, b"seen")
    assert lines[0].startswith("level: int is no answer; return str, bytes"), lines
    assert lines[1].startswith("level: int is no answer"), lines
    assert lines[2].startswith("later: object is no answer"), lines
