"""Pages of other origins."""

from check import raises
from windup import Response, WindUp
from windup.cors import CORS
from windup.vary import vary
from wire import Wire, get, parse

HERE = "https://garden.example"


def make_app(*args, **options):
    app = WindUp()
    app.add_filter(CORS(*args, **options))
    app.get("/")(lambda request: "hello")
    app.put("/")(lambda request: "put")
    return app


def ask(app, *fields, method="GET", path="/"):
    return parse(Wire(app).send(get(path, *fields, method=method)))[0]


def preflight(app, origin=HERE):
    return ask(app, "Origin: " + origin, "Access-Control-Request-Method: PUT", method="OPTIONS")


def test_an_origin_that_may():
    app = make_app((HERE, "http://10.0.0.2:8080"), expose=("X-Total",))
    for origin in (HERE, "http://10.0.0.2:8080"):
        headers = ask(app, "Origin: " + origin)[1]
        assert headers["access-control-allow-origin"] == origin
        assert headers["access-control-expose-headers"] == "X-Total"
        assert headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in headers


def test_origins_that_may_not():
    app = make_app((HERE,))
    for origin in (
        "https://evil.example",
        HERE + ".evil",
        "http://garden.example",
        HERE + ":8443",
        "null",
        "*",
        "",
    ):
        status, headers, body = ask(app, "Origin: " + origin)
        assert (status, body, headers["vary"]) == (200, b"hello", "Origin")
        assert "access-control-allow-origin" not in headers
        if origin:
            status, headers, _ = preflight(app, origin)
            assert (status, "access-control-allow-origin" in headers) == (403, False)
    headers = ask(app)[1]
    assert headers["vary"] == "Origin"
    assert "access-control-allow-origin" not in headers


def test_preflight():
    app = make_app(
        (HERE,),
        methods=("GET", "PUT"),
        headers=("X-Token", "Content-Type"),
        max_age=5,
        credentials=True,
    )
    status, headers, body = preflight(app)
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-origin"] == HERE
    assert headers["access-control-allow-methods"] == "GET, PUT"
    assert headers["access-control-allow-headers"] == "X-Token, Content-Type"
    assert headers["access-control-max-age"] == "5"
    assert headers["access-control-allow-credentials"] == "true"
    # An OPTIONS of one's own is none
    assert ask(app, "Origin: " + HERE, method="OPTIONS")[1]["allow"] == "GET, PUT, HEAD, OPTIONS"


def test_everybody():
    app = make_app(("*",))
    headers = ask(app, "Origin: https://x.example")[1]
    assert headers["access-control-allow-origin"] == "*"
    assert "vary" not in headers
    assert preflight(app, "null")[1]["access-control-allow-origin"] == "*"


def test_credentials_never_for_everybody():
    raises(ValueError, lambda: CORS(("*",), credentials=True))
    raises(ValueError, lambda: CORS((HERE, "*"), credentials=True))
    headers = ask(make_app((HERE,), credentials=True), "Origin: " + HERE)[1]
    assert headers["access-control-allow-credentials"] == "true"


def test_mistakes():
    for origins in (
        "*",
        "garden.example",
        ("garden.example",),
        (HERE + "/",),
        ("https://*.example",),
        ("HTTPS://A",),
        ("https://",),
    ):
        raises(ValueError, CORS, origins)
    raises(ValueError, lambda: CORS((HERE,), headers=("a\r\nb",)))


def test_of_a_mounted_application_alone():
    app = WindUp()
    app.get("/")(lambda request: "closed")
    app.mount("/api", make_app((HERE,)))
    assert "access-control-allow-origin" not in ask(app, "Origin: " + HERE)[1]
    for path in ("/api", "/api/nowhere"):
        assert ask(app, "Origin: " + HERE, path=path)[1]["access-control-allow-origin"] == HERE


def test_vary():
    response = Response("")
    vary(response, b"Origin")
    vary(response, b"Accept")
    vary(response, b"origin")
    assert response.headers == b"Vary: Origin, Accept\r\n"
    response = Response("", 200, (("X-Vary", "a"), ("Vary", "Cookie"), ("X", "y")))
    vary(response, b"Origin")
    assert response.headers == b"X-Vary: a\r\nVary: Cookie, Origin\r\nX: y\r\n"
    response = Response("", 200, (("vary", "X-Origin"),))
    vary(response, b"Origin")
    assert response.headers == b"vary: X-Origin, Origin\r\n"
    response = Response("", 200, (("Vary", "*"),))
    vary(response, b"Origin")
    assert response.headers == b"Vary: *\r\n"
