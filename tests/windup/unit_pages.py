"""Pages that are an object's methods."""

from windup import HTTPError, WindUp
from windup.pages import Pages
from wire import Wire, get, parse, post

FORM = "Content-Type: application/x-www-form-urlencoded"
JSON = "Content-Type: application/json"


class Base:
    def inherited(self, request):
        return "inherited"


class Garden(Base):
    names = ("rose", "lily")

    def index(self, request):
        return "garden"

    def greet(self, request, name):
        return "Hello %s" % name

    def water(self, request, bed, minutes, slow):
        return "%r %r %r" % (bed, minutes, slow)

    def heat(self, request, degrees):
        return repr(degrees)

    def paint(self, request, colour):
        return repr(colour)

    def _private(self, request):
        return "private"

    def __len__(self):
        return 7

    def not_named(self, request):
        return "not named"

    async def later(self, request, name):
        return "later " + name


def hexadecimal(text):
    return int(text, 16)


def make_app(prefix="/"):
    app = WindUp()
    app.mount(
        prefix,
        Pages(
            Garden(),
            {"hex": hexadecimal},
            index="",
            greet="name=guest",
            water="POST bed:int minutes:int=10 slow:bool=",
            heat="GET,POST degrees:float",
            paint="colour:hex",
            later="name",
        ),
    )
    return app


def ask(app, data):
    wire = Wire(app)
    return parse(wire.send(data) + wire.drive())[0]


def body(path):
    return ask(make_app(), get(path))[2]


def status(path, method="GET"):
    return ask(make_app(), get(path, method=method))[0]


def test_arguments_from_path_query_and_form():
    app = make_app()
    assert body("/") == b"garden"
    assert body("/greet") == b"Hello guest"
    assert body("/greet/Ada") == b"Hello Ada"
    assert body("/greet?name=Ada") == b"Hello Ada"
    assert body("/greet/A%2Fb%C3%A4?name=x") == "Hello A/bä".encode()
    assert body("/heat/-4.5") == b"-4.5"
    assert body("/paint/ff") == b"255"
    assert body("/later/x") == b"later x"
    assert ask(app, post("/water/3", b""))[2] == b"3 10 False"
    assert ask(app, post("/water/-3?minutes=5", b"minutes=6&slow=on", FORM))[2] == b"-3 5 True"
    assert ask(app, post("/water", b"minutes=6&bed=1&bed=2", FORM))[2] == b"1 6 False"
    assert parse(Wire(app).send(post("/water", b"minutes=6&bed=1", FORM), 20))[0][2] == b"1 6 False"
    assert ask(app, post("/heat", b"degrees=1", FORM + "; charset=utf-8"))[2] == b"1.0"


def test_what_is_missing_or_does_not_fit_is_named():
    app = make_app()
    for data, words in (
        (post("/water", b""), b"bed is missing"),
        (post("/water", b"bed=1", "Content-Type: text/plain"), b"bed is missing"),
        (
            post("/water", b'["1"]', JSON),
            b"bed is missing: send it in the path, the query or a form",
        ),
        (post("/water", b'{"bed": 1}', JSON), b"bed is missing: send it in the path, the query"),
        (post("/water", b"5", JSON), b"bed is missing: send it in the path, the query or a form"),
        (post("/water/x", b""), b"bed: 'x' does not fit"),
        (post("/water/1/2/maybe", b""), b"slow: 'maybe' does not fit"),
        (post("/water/1?minutes=", b""), b"minutes: '' does not fit"),
        (post("/water/1?minutes=1_0", b""), b"minutes: '1_0' does not fit"),
        (get("/heat/nan"), b"degrees: 'nan' does not fit"),
        (get("/heat/1e9"), b"degrees: '1e9' does not fit"),
        (get("/paint/xyz"), b"colour: 'xyz' does not fit"),
    ):
        answer = ask(app, data)
        assert answer[0] == 400
        assert words in answer[2], answer


def test_methods():
    assert status("/water/1", "GET") == 405
    assert ask(make_app(), get("/water/1"))[1]["allow"] == "POST, OPTIONS"
    assert ask(make_app(), get("/water/1", method="OPTIONS"))[1]["allow"] == "POST, OPTIONS"
    assert ask(make_app(), post("/greet", b""))[0] == 405
    assert Wire(make_app()).send(get("/greet", method="HEAD")).startswith(b"HTTP/1.1 200 ")
    assert ask(make_app(), post("/heat/1", b""))[2] == b"1.0"


def test_nothing_else_is_reachable():
    for path in (
        "/_private /__len__ /__init__ /__class__ /__dict__ /__class__/__name__ /inherited /not_named /names /names/0 /index"
        " /greet/a/b /greet/ /greet//a //greet /greet.x /%5f_init__ /water.__globals__ /Greet /greet%00 /Pages /handle /_pages"
    ).split():
        for method in ("GET", "POST"):
            assert status(path, method) in (404, 400), path
    assert status("/greet%00") == 400
    assert status("/%67reet") == 200


def test_inherited_pages_that_are_named():
    app = WindUp()
    app.mount("/x", Pages(Garden(), inherited=""))
    assert ask(app, get("/x/inherited"))[2] == b"inherited"
    assert ask(app, get("/x"))[0] == 404


def test_a_body_that_is_too_long():
    app = WindUp(body_max=10)
    app.mount("/", Pages(Garden(), water="POST bed:int minutes:int=10 slow:bool=0"))
    assert ask(app, post("/water", b"bed=1&x=yz", FORM))[0] == 200
    assert ask(app, post("/water", b"bed=1&x=xyz", FORM))[0] == 413
    assert parse(Wire(app).send(get("/water", "Content-Length: 11", method="POST")))[0][0] == 413


def test_mistakes():
    for pages in (
        {"_private": ""},
        {"__init__": ""},
        {"names": ""},
        {"nothing": ""},
        {"greet": "name:what"},
        {"greet": "name:int=x"},
        {"greet": "GET,GRAB name"},
        {"greet": ":int"},
    ):
        try:
            Pages(Garden(), **pages)
        except ValueError as exc:
            assert str(exc).startswith("page " + next(iter(pages)))
        else:
            raise AssertionError(pages)


def test_errors_of_a_page_reach_the_client():
    class Thing:
        def lift(self, request):
            raise HTTPError(409, "It stands on the ground")

    app = WindUp()
    app.mount("/", Pages(Thing(), lift=""))
    assert ask(app, get("/lift"))[0] == 409
