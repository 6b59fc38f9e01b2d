"""Kinds of parameters, options of routes, resources, and what is mounted."""

from check import raises
from guard_stand_in import InPlace
from windup import Router, WindUp
from wire import Wire, get, parse, post


def ask(app, data):
    return parse(Wire(app).send(data))[0]


def body(app, path, *fields):
    return ask(app, get(path, *fields))[2]


def status(app, path, *fields, method="GET"):
    return ask(app, get(path, *fields, method=method))[0]


def show(request, value):
    return repr(value)


def test_numbers_in_paths():
    app = WindUp()
    app.get("/s/<signed:value>")(show)
    app.get("/f/<float:value>")(show)
    app.get("/i/<int:value>")(show)
    assert body(app, "/s/-12") == b"-12"
    assert body(app, "/s/12") == b"12"
    assert body(app, "/f/-4.5") == b"-4.5"
    assert body(app, "/f/21") == b"21.0"
    for path in "/s/- /s/+1 /s/1- /s/1.0 /f/. /f/- /f/1. /f/.5 /f/1e5 /f/nan /f/inf /f/1.2.3 /i/-1 /i/1_0 /i/%31.".split():
        assert status(app, path) == 404, path
    assert body(app, "/i/%31") == b"1"


def test_patterns():
    app = WindUp()
    app.get("/led/<re:[a-f0-9]+:colour>")(show)
    app.post("/led/<re:[a-f0-9]+:colour>")(lambda request, colour: "set " + colour)
    app.get("/at/<re:[0-9][0-9]:[0-9][0-9]:time>")(show)
    app.get("/<re:a|bc:either>")(show)
    assert body(app, "/led/ff0a") == b"'ff0a'"
    assert ask(app, post("/led/0", b""))[2] == b"set 0"
    assert body(app, "/at/06:45") == b"'06:45'"
    assert (body(app, "/a"), body(app, "/bc")) == (b"'a'", b"'bc'")
    # The whole segment, whatever is in it: neither its start, nor its end, nor all but a line's end
    for path in "/led/fg /led/g0 /led/f%0a /led/a%2f /led/ /ab /abc /at/06:450".split():
        assert status(app, path) == 404, path
    assert status(app, "/led/" + 32 * "a") == 200
    assert status(app, "/led/" + 33 * "a") == 404
    assert "pattern '('" in str(raises(ValueError, app.get("/x/<re:(:x>"), None))


def test_own_kinds():
    app = WindUp()
    app.converter("colour", lambda text: int(text, 16), lambda value: "%06x" % value)
    app.get("/led/<colour:value>")(show)
    app.get("/led/<name>")(lambda request, name: "name " + name)
    assert body(app, "/led/%66f") == b"255"
    assert body(app, "/led/red") == b"name red"
    for name in ("colour", "int", "float", "re", "path", "", "a:b"):
        raises(ValueError, app.converter, name, int)
    # Another router has its own
    assert "known are float, int, path, re:PATTERN, signed, str" in str(
        raises(ValueError, Router().get("/<colour:x>"), None)
    )


def test_what_is_choosy_is_asked_first():
    app = WindUp()
    app.get("/<path:rest>")(lambda request, rest: "rest " + rest)
    app.get("/<name>")(lambda request, name: "name " + name)
    app.get("/<int:number>")(lambda request, number: "number %d" % number)
    app.get("/<float:number>")(lambda request, number: "float %.1f" % number)
    for path, expected in (
        ("/5", "number 5"),
        ("/5.5", "float 5.5"),
        ("/x", "name x"),
        ("/x/y", "rest x/y"),
        ("/5/y", "rest 5/y"),
    ):
        assert body(app, path) == expected.encode(), path


def test_options_of_every_method():
    app = WindUp()
    with InPlace():
        for method in ("get", "post", "put", "patch", "delete"):
            add = getattr(app, method)
            add("/" + method, roles=("admin",), body_max=5, name=method)(lambda request: "yes")
    for method in ("get", "post", "put", "patch", "delete"):
        name = method.upper()
        path = "/" + method
        assert status(app, path, method=name) == 401
        assert status(app, path, "Role: guest", method=name) == 403
        assert status(app, path, "Role: admin", method=name) == 200
        data = get(path, "Role: admin", "Content-Length: 6", method=name) + b"123456"
        assert ask(app, data)[0] == 413


def test_the_same_function_guarded_and_not():
    app = WindUp()

    def handler(request):
        return "yes"

    with InPlace():
        assert app.get("/open")(app.post("/closed", roles=("*",))(handler)) is handler
    assert status(app, "/open") == 200
    assert status(app, "/closed", method="POST") == 401
    assert status(app, "/closed", "Role: any", method="POST") == 200


def test_a_stream_route_is_called_before_the_body_has_come():
    seen = []
    app = WindUp()

    def handler(request, name):
        seen.append((name, request.body_pending, request.body_max))
        return "early"

    app.post("/<name>", stream=True, body_max=70000)(handler)
    app.post("/static", stream=True)(lambda request: handler(request, "static"))
    for path in ("/up", "/static"):
        Wire(app).send(get(path, "Content-Length: 4000", method="POST"))
    assert [(name, bool(pending), most) for name, pending, most in seen] == [
        ("up", True, 70000),
        ("static", True, -1),
    ]
    assert ask(app, get("/up", "Content-Length: 70001", method="POST"))[0] == 413
    assert ask(app, get("/static", "Content-Length: 4097", method="POST"))[0] == 413
    assert len(seen) == 2


def test_resource():
    app = WindUp()
    made = []

    with InPlace():

        @app.resource("/valve/<int:number>", unsafe_roles=("admin",))
        class Valve:
            def __init__(self):
                made.append(self)
                self.level = 0

            def get(self, request, number):
                return "%d: %d" % (number, self.level)

            def put(self, request, number):
                self.level = number

            def _post(self, request, number):
                raise AssertionError

    assert len(made) == 1
    assert isinstance(made[0], Valve)
    assert body(app, "/valve/3") == b"3: 0"
    assert status(app, "/valve/3", method="PUT") == 401
    assert status(app, "/valve/3", "Role: admin", method="PUT") == 204
    assert body(app, "/valve/4") == b"4: 3"
    answer = ask(app, get("/valve/3", method="DELETE"))
    assert (answer[0], answer[1]["allow"]) == (405, "GET, PUT, HEAD, OPTIONS")
    assert app.url_for("Valve", number=8) == "/valve/8"
    assert "no method get" in str(raises(ValueError, app.resource("/x"), object()))


def test_an_object_is_a_resource_too():
    class Lamp:
        def delete(self, request):
            return "gone"

    app = WindUp()
    app.resource("/lamp", name="lamp")(Lamp())
    assert ask(app, get("/lamp", method="DELETE"))[2] == b"gone"
    assert app.url_for("lamp") == "/lamp"


def garden():
    """An application to be mounted."""
    app = WindUp()
    app.get("/")(lambda request: "garden")
    app.get("/bed/<int:number>")(lambda request, number: "bed %d" % number)
    app.post("/bed")(lambda request: str(request.path_info, "utf-8") + str(request.body, "utf-8"))
    return app


def test_mounted_applications():
    app = WindUp()
    outer = WindUp()
    outer.mount("/garden", garden())
    app.mount("/v1", outer)
    assert body(app, "/v1/garden") == b"garden"
    assert body(app, "/v1/garden/bed/4") == b"bed 4"
    assert body(app, "/%761/g%61rden/bed/4") == b"bed 4"
    assert ask(app, post("/v1/garden/bed", b"x"))[2] == b"/bedx"
    for path in (
        "/garden",
        "/v1",
        "/v1/",
        "/v1garden",
        "/v1%2fgarden",
        "/v1/gardenx",
        "/v1%67arden",
    ):
        assert status(app, path) == 404, path


def test_bodies_that_come_later_find_their_mount():
    app = WindUp()
    app.mount("/garden", garden())
    wire = Wire(app)
    data = post("/garden/bed", b"0123456789")
    assert parse(wire.send(data, 30))[0][2] == b"/bed0123456789"
    assert parse(wire.send(get("/garden/bed/1")))[0][2] == b"bed 1"
    assert parse(wire.send(get("/bed/1")))[0][0] == 404


def test_the_outer_application_says_how_long_a_body_may_be():
    app = WindUp(body_max=5)
    app.mount("/garden", garden())
    assert ask(app, post("/garden/bed", b"12345"))[0] == 200
    assert ask(app, post("/garden/bed", b"123456"))[0] == 413


def test_mistakes_in_mounts():
    app = WindUp()
    inner = Router()
    app.mount("/a/", inner)
    assert "mounted already" in str(raises(ValueError, app.mount, "/b", inner))
    assert "mounted already" in str(raises(ValueError, app.mount, "/b", app))
    for prefix in ("a", "/<name>", "/a//b"):
        raises(ValueError, app.mount, prefix, Router())


class Files:
    """Serves every path, as files do that lie in the wrong folder."""

    def handle(self, request):
        return "secret"


def guarded_app():
    app = WindUp()
    app.add_generator(Files())
    app.get("/admin/own")(lambda request: "secret")
    app.get("/<path:rest>")(lambda request, rest: "secret")
    with InPlace():
        app.mount("/admin", garden(), roles=("admin",))
    return app


def test_a_guarded_mount_has_no_way_around_it():
    app = guarded_app()
    for path in "/admin /admin/ /admin/bed/1 /admin/nowhere /admin/own /%61dmin/own /admin/%6fwn /adm%69n".split():
        assert status(app, path) == 401, path
        assert status(app, path, "Role: guest") == 403, path
        assert status(app, path, method="POST") == 401, path
        assert status(app, path, method="OPTIONS") == 401, path
    for path in ("/admin%2fown", "/admin%2Fown", "/%61dmin%2fown/x"):
        assert status(app, path) == 404, path
        assert status(app, path, "Role: admin") == 404, path
    assert body(app, "/admin/bed/1", "Role: admin") == b"bed 1"
    assert status(app, "/admin/own", "Role: admin") == 404
    assert body(app, "/administration") == b"secret"


def test_filters_see_guarded_requests_first():
    app = guarded_app()
    seen = []
    app.before_request(lambda request: seen.append(request.path))
    assert status(app, "/admin/bed/1") == 401
    assert seen == ["/admin/bed/1"]


def test_a_guarded_mount_within_another():
    inner, outer, app = garden(), WindUp(), WindUp()
    with InPlace():
        outer.mount("/deep", inner, roles=("admin",))
        app.mount("/v1", outer, roles=("*",))
    assert status(app, "/v1/nowhere") == 401
    assert status(app, "/v1/nowhere", "Role: guest") == 404
    assert status(app, "/v1/deep/bed/1", "Role: guest") == 403
    assert status(app, "/v1/deep/bed/1", "Role: admin") == 200


def test_filters_of_a_mounted_application():
    app, inner = WindUp(), garden()
    asked = []

    @inner.before_request
    def count(request):
        asked.append(request.path)
        return "tea time" if request.path == "/garden/tea" else None

    @inner.after_request
    def mark(request, response):
        response.add_header("X-Inner", "1")

    inner.add_filter(Fields())
    app.get("/")(lambda request: "outside")
    app.mount("/garden", inner)

    wire = Wire(app)
    data = wire.send(get("/garden") + get("/garden/tea") + get("/garden/nowhere") + get("/"))
    answers = parse(data)
    assert [answer[0] for answer in answers] == [200, 200, 404, 200]
    assert answers[1][2] == b"tea time"
    assert ["x-inner" in answer[1] for answer in answers] == [True, True, True, False]
    assert ["x-field" in answer[1] for answer in answers] == [True, True, True, False]
    assert asked == ["/garden", "/garden/tea", "/garden/nowhere"]


class Fields:
    fields = b"X-Field: 1\r\n"


def test_outer_filters_come_last():
    app, inner = WindUp(), garden()
    order = []
    inner.after_request(lambda request, response: order.append("inner"))
    app.after_request(lambda request, response: order.append("outer"))
    app.mount("/garden", inner)
    assert status(app, "/garden") == 200
    assert order == ["inner", "outer"]


def test_filters_of_a_mounted_application_see_coroutines_and_streams():
    inner = WindUp()

    @inner.get("/later")
    async def later(request):
        return bytes(request.path_info)

    @inner.get("/pieces")
    def pieces(request):
        yield "a"
        yield bytes(request.path_info)

    inner.after_request(lambda request, response: response.add_header("X-Inner", "1"))
    app = WindUp()
    app.mount("/m", inner)
    for path, expected in (("/m/later", b"/later"), ("/m/pieces", b"a/pieces")):
        wire = Wire(app)
        answer = parse(wire.send(get(path)) + wire.drive())[0]
        assert (answer[2], answer[1]["x-inner"]) == (expected, "1")


def test_names_that_are_no_methods():
    for name in ("url", "_routes_", "fields_"):
        raises(AttributeError, getattr, WindUp(), name)
    assert not hasattr(Router(), "mounts")
