"""Routes, parameters, mounts, methods."""

from check import raises
from modcore.port import MICROPYTHON
from windup import Mount, Router, WindUp
from windup.segments import Tree
from wire import Wire, get, parse, post


def ask(app, data):
    return parse(Wire(app).send(data))[0]


def body(app, path):
    return ask(app, get(path))[2]


def make_app():
    app = WindUp()
    app.get("/")(lambda request: "root")
    app.get("/pin/<int:pin>/<mode>")(lambda request, pin, mode: "%r %r" % (pin, mode))
    app.get("/pin/<int:pin>")(lambda request, pin: "pin %d" % pin)
    app.get("/pin/all")(lambda request: "all")
    app.get("/pin/<name>/state")(lambda request, name: "state of " + name)
    app.get("/files/<path:path>")(lambda request, path: path)
    app.get("/café")(lambda request: "coffee")
    app.get("/<a>/x/<b>")(lambda request, a, b: a + b)
    return app


def test_static_and_parameters():
    app = make_app()
    assert body(app, "/") == b"root"
    assert body(app, "/?a=b") == b"root"
    assert body(app, "/pin/5/on") == b"5 'on'"
    assert body(app, "/pin/5") == b"pin 5"
    assert body(app, "/pin/all") == b"all"
    assert body(app, "/pin/five/state") == b"state of five"
    assert body(app, "/pin/5/state") == b"5 'state'"
    assert body(app, "/files/a/b%20c/d") == b"a/b c/d"


def test_backtracking():
    assert body(make_app(), "/files2/x/y") == b"files2y"


def test_no_match():
    for path in ("/pin", "/pin/", "/pin/-5", "/pin//on", "//", "/x", "/pin/5/on/"):
        assert ask(make_app(), get(path))[0] == 404, path


def test_percent_decoding():
    app = make_app()
    assert body(app, "/caf%C3%A9") == "coffee".encode()
    assert body(app, "/pin/a%2Fb/state") == b"state of a/b"
    assert body(app, "/%70in/5") == b"pin 5"
    assert ask(app, get("/pin%2F5"))[0] == 404
    for path in ("/pin/%zz/state", "/pin/%ff/state", "/pin/%00/state"):
        assert ask(app, get(path))[0] == 400, path


def test_methods():
    app = WindUp()
    app.get("/a")(lambda request: "get")
    app.post("/a")(lambda request: "post")
    app.route("/b", ("PUT", "DELETE"))(lambda request: request.method)
    assert ask(app, post("/a", b"x"))[2] == b"post"
    assert ask(app, get("/b", method="DELETE"))[2] == b"DELETE"
    status, headers, _ = ask(app, get("/b"))
    assert (status, headers["allow"]) == (405, "PUT, DELETE, OPTIONS")
    status, headers, _ = ask(app, get("/a", method="OPTIONS"))
    assert (status, headers["allow"]) == (204, "GET, POST, HEAD, OPTIONS")


def test_mistakes_in_routes():
    router = Router()
    router.get("/a")(lambda request: "")
    assert "there already" in str(raises(ValueError, router.get("/a"), None))
    assert "start it with /" in str(raises(ValueError, router.get("a"), None))
    assert "unknown kind 'colour'" in str(raises(ValueError, router.get("/<colour:x>"), None))
    assert "unknown method" in str(raises(ValueError, router.route("/b", ("GRAB",)), None))
    raises(ValueError, router.get("/x<y>"), None)
    raises(ValueError, router.get("/x//<y>"), None)


def test_mount():
    inner = Router()
    inner.get("/")(lambda request: "inner root")
    inner.get("/x")(lambda request: "inner x, whole " + request.path)
    app = WindUp()
    app.mount("/sub", inner)
    assert body(app, "/sub") == b"inner root"
    assert body(app, "/sub/") == b"inner root"
    assert body(app, "/sub/x") == b"inner x, whole /sub/x"
    assert ask(app, get("/subx"))[0] == 404
    assert isinstance(Mount("/sub", inner), Mount)


def test_many_slashes_make_no_long_list():
    class Path(bytes):
        def split(self, separator, most):
            assert most <= 10
            return bytes.split(self, separator, most)

        def __getitem__(self, key):
            return Path(bytes.__getitem__(self, key))

    tree = Tree()
    tree.routes("/pin/<int:pin>/<mode>")
    assert tree.handle(None, b"/pin" + b"/" * 1000, {}) is None
    if not MICROPYTHON:  # which has no subclasses of bytes
        assert tree.handle(None, Path(b"/pin" + b"/" * 1000), {}) is None


def test_body_limit_of_a_route():
    app = WindUp(body_max=10)
    app.post("/big", body_max=100)(lambda request: str(len(request.body)))
    app.post("/small")(lambda request: str(len(request.body)))
    assert ask(app, post("/big", b"x" * 100))[2] == b"100"
    assert ask(app, post("/small", b"x" * 11))[0] == 413


def test_mounted_handlers_see_the_same_path_with_and_without_a_body():
    inner = Router()
    inner.route("/a", ("GET", "POST"))(lambda request: bytes(request.path_info))
    app = WindUp()
    app.mount("/m", inner)
    assert body(app, "/m/a") == b"/a"
    assert ask(app, post("/m/a", b"x"))[2] == b"/a"


def test_a_path_parameter_comes_last():
    add = Router().get("/p/<path:x>/b")
    assert "takes the rest" in str(raises(ValueError, add, None))
