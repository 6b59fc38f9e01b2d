"""From names to addresses, the list of routes, and addresses to go on to."""

from check import raises
from guard_stand_in import InPlace
from windup import HTTPError, Router, WindUp, redirect
from windup.urls import is_local, quote
from wire import Wire, get, parse


def make_app():
    app, garden, beds = WindUp(), WindUp(), Router()
    app.converter("colour", lambda text: int(text, 16), lambda value: "%06x" % value)

    @app.get("/")
    def index(request):
        return ""

    @app.get("/pin/<int:pin>/<mode>")
    def pin(request, pin, mode):
        return ""

    @app.get("/pin/<int:pin>")
    def level(request, pin):
        return ""

    app.get("/pins", name="level")(lambda request: "")
    app.get("/led/<colour:value>", name="led")(lambda request, value: "")
    app.get("/log/<path:file>", name="log")(lambda request, file: "")
    app.get("/hot/<float:degrees>", name="hot")(lambda request, degrees: "")
    app.get("/id/<re:[a-z]+:id>", name="id")(lambda request, id: "")
    app.get("/plan für/<day>", name="plan")(lambda request, day: "")
    with InPlace():
        garden.post("/water", roles=("gardener",), name="water")(lambda request: "")
        app.mount("/garden", garden, roles=("*",))
    beds.get("/<name>", name="bed")(lambda request, name: "")
    garden.mount("/b/eds", beds, name="beds")
    return app, garden, beds


def test_url_for():
    app, garden, beds = make_app()
    for expected, name, values in (
        ("/", "index", {}),
        ("/pin/5/on", "pin", {"pin": 5, "mode": "on"}),
        ("/pin/5", "level", {"pin": 5}),
        ("/pins", "level", {}),
        ("/pin/5/a%2Fb%20%C3%A4%3F%23", "pin", {"pin": 5, "mode": "a/b ä?#"}),
        ("/led/00ff00", "led", {"value": 0xFF00}),
        ("/log/a/b%20c", "log", {"file": "a/b c"}),
        ("/hot/-4.5", "hot", {"degrees": -4.5}),
        ("/id/abc", "id", {"id": "abc"}),
        ("/plan%20f%C3%BCr/mo", "plan", {"day": "mo"}),
        ("/?a=1%202&b=x&b=y", "index", {"b": ["x", "y"], "a": "1 2", "c": None}),
        ("/garden/water", "garden.water", {}),
        ("/garden/b/eds/rose", "garden.beds.bed", {"name": "rose"}),
    ):
        assert app.url_for(name, **values) == expected
    assert garden.url_for("water") == "/garden/water"
    assert garden.url_for("beds.bed", name="x") == "/garden/b/eds/x"
    assert beds.url_for("bed", name="x") == "/garden/b/eds/x"


def test_url_for_says_what_is_wrong():
    app = make_app()[0]
    assert "no route of that name" in str(raises(ValueError, app.url_for, "nothing"))
    raises(ValueError, app.url_for, "garden")
    raises(ValueError, app.url_for, "water")
    assert "needs pin, mode" in str(raises(ValueError, app.url_for, "pin"))
    for name, key, value in (
        ("level", "pin", -5),
        ("level", "pin", "x"),
        ("hot", "degrees", 1e30),
        ("hot", "degrees", float("nan")),
        ("id", "id", "A"),
        ("plan", "day", ""),
        ("plan", "day", ".."),
        ("plan", "day", "."),
        ("plan", "day", "\0"),
        ("log", "file", "/a"),
        ("log", "file", "a/../b"),
    ):
        try:
            url = app.url_for(name, **{key: value})
        except ValueError as exc:
            assert key + " does not fit" in str(exc)
        else:
            raise AssertionError((name, value, url))


def test_routes():
    app = make_app()[0]
    app.route("/", ("DELETE", "POST"))(lambda request: "")
    routes = app.routes()
    assert routes[0] == ("GET", "/", "index", ())
    assert [route[0] for route in routes if route[1] == "/"] == ["GET", "POST", "DELETE"]
    assert ("POST", "/garden/water", "garden.water", ("*", "gardener")) in routes
    assert ("GET", "/garden/b/eds/<name>", "garden.beds.bed", ("*",)) in routes
    assert ("GET", "/pin/<int:pin>/<mode>", "pin", ()) in routes
    assert len(routes) == 13
    assert [route[1] for route in routes] == sorted([route[1] for route in routes])


def test_is_local():
    for good in ("/", "/a", "/a?b=//c", "/a#b", "/%2f/x"):
        assert is_local(good), good
    for bad in (
        "",
        "a",
        "//evil",
        "/\\evil",
        "\\/evil",
        "http://evil",
        "/\t/evil",
        "/a\n",
        "/\0",
        "javascript:x",
        " /a",
    ):
        assert not is_local(bad), bad


def test_a_local_redirect():
    app = WindUp()
    app.get("/")(lambda request: redirect(request.query.get("next", "/home"), local=True))
    for query, status, location in (
        ("", 303, "/home"),
        ("?next=/a%3Fb", 303, "/a?b"),
        ("?next=//evil", 400, None),
        ("?next=https:evil", 400, None),
        ("?next=/%5Cevil", 400, None),
        ("?next=/%09/evil", 400, None),
    ):
        answer = parse(Wire(app).send(get("/" + query)))[0]
        assert (answer[0], answer[1].get("location")) == (status, location), query
    assert raises(HTTPError, redirect, "//x", 303, True).status == 400


def test_quote():
    assert quote("aZ09-._~") == "aZ09-._~"
    assert quote("a b/ä+&") == "a%20b%2F%C3%A4%2B%26"
    assert quote(b"\xff\0/", b"/") == "%FF%00/"
