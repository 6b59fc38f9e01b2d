"""The test client: everything that an application can answer, without a socket."""

import asyncio

from check import raises
from windup import HTTPError, Response, WindUp, redirect
from windup.client import TestClient


def make_app():
    app = WindUp()

    @app.get("/")
    def index(request):
        return "hello"

    @app.route("/echo", methods=("GET", "POST", "PUT", "PATCH", "DELETE"))
    def echo(request):
        fields = [request.header("content-type"), request.header("x-a"), request.header("cookie")]
        query = request.head.query
        return {
            "method": request.method,
            "query": str(query or b"", "utf-8"),
            "body": str(bytes(request.body), "utf-8"),
            "fields": fields,
            "peer": request.peer[0],
            "secure": request.secure,
        }

    @app.get("/later/<int:n>")
    async def later(request, n):
        await asyncio.sleep(0.001 * n)
        return {"slept": n}

    @app.get("/pieces/<int:n>")
    def pieces(request, n):
        for i in range(n):
            yield "%d," % i

    @app.get("/for-ever")
    async def for_ever(request):
        app.waits = True
        try:
            await asyncio.Event().wait()
        finally:
            app.waits = False

    @app.get("/crash")
    def crash(request):
        raise HTTPError(409, "no", (("X-Why", "because"),))

    @app.get("/cut")
    def cut(request):
        yield "some"
        raise HTTPError(500)

    @app.post("/login")
    def login(request):
        fields = (("Set-Cookie", "id=abc; Path=/; HttpOnly"), ("Set-Cookie", "theme=dark"))
        return Response(b"", 303, fields + (("Location", "/echo?from=login"),))

    @app.get("/logout")
    def logout(request):
        return Response("bye", 200, (("Set-Cookie", "id=; Max-Age=0"),))

    @app.get("/moved")
    def moved(request):
        return redirect("http://device/", 301)

    @app.post("/kept")
    def kept(request):
        return redirect("echo", 307)

    @app.get("/loop")
    def loop(request):
        return redirect("/loop")

    app.put("/gone")(lambda request: None)
    return app


def test_plain_requests():
    client = TestClient(make_app())
    for _ in range(3):
        response = client.get("/")
        assert (response.status, response.reason, response.text) == (200, "OK", "hello")
        assert response.headers["content-type"] == "text/html; charset=utf-8"
    head = client.head("/")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "5")
    assert client.get("/none").status == 404
    assert (
        client.options("/echo").headers["allow"] == "GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS"
    )
    assert client.put("/gone").status == 204
    crash = client.get("/crash")
    assert (crash.status, crash.headers["x-why"]) == (409, "because")
    client.close()


def test_what_requests_carry():
    client = TestClient(make_app(), headers={"X-A": "1"}, peer=("192.0.2.7", 5))
    got = client.get("/echo?a=1", query={"b": "ä &"}).json()
    assert got["query"] == "a=1&b=%C3%A4%20%26" and got["peer"] == "192.0.2.7"
    assert got["fields"][1] == "1" and got["secure"] is False
    got = client.post("/echo", json={"a": [1]}, headers=(("x-a", "2"),)).json()
    assert got["fields"][:2] == ["application/json", "2"] and got["body"] == '{"a": [1]}'
    got = client.post("/echo", form=(("a", "1"), ("a", "+ü"))).json()
    assert got["fields"][0] == "application/x-www-form-urlencoded"
    assert got["body"] == "a=1&a=%2B%C3%BC"
    for method in (client.put, client.patch, client.delete):
        assert method("/echo", body="x").json()["body"] == "x"
    assert client.post("/echo", body=[b"ab", b"", b"c"]).json()["body"] == "abc"
    assert client.post("/echo").json()["body"] == ""
    got = client.post("/echo", form={"t": 1}, files={"f": ("a.txt", b"hi", "text/plain")}).json()
    boundary = got["fields"][0].split("=")[1]
    assert got["fields"][0].startswith("multipart/form-data; boundary=")
    again = client.post("/echo", form={"t": 1}, files={"f": ("a.txt", b"hi", b"text/plain")})
    assert again.json() == got
    assert got["body"] == (
        '--%s\r\nContent-Disposition: form-data; name="t"\r\n\r\n1\r\n'
        '--%s\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n'
        "Content-Type: text/plain\r\n\r\nhi\r\n--%s--\r\n" % (boundary, boundary, boundary)
    )
    client.close()


def test_over_tls():
    client = TestClient(make_app(), secure=True)
    assert client.get("/echo").json()["secure"] is True
    assert client.get("/echo", headers={"x-a": "x" * 2000}).json()["secure"] is True
    client.close()


def test_coroutines_and_streams():
    with TestClient(make_app()) as client:
        assert client.get("/later/5").json() == {"slept": 5}
        long = client.get("/pieces/500")
        assert long.text == "".join(["%d," % i for i in range(500)])
        assert long.headers["transfer-encoding"] == "chunked"
        assert client.get("/pieces/0").status == 204
        assert client.get("/").text == "hello"


def test_a_stream_is_read_as_it_comes():
    with TestClient(make_app()) as client:
        response = client.get("/pieces/300", stream=True)
        assert response.status == 200 and not response.done
        pieces = []
        while True:
            piece = client.read(response)
            if not piece:
                break
            pieces.append(piece)
        assert len(pieces) > 1
        assert b"".join(pieces) == "".join(["%d," % i for i in range(300)]).encode()
        unread = client.get("/pieces/300", stream=True)
        assert client.get("/").text == "hello"
        assert "ended" in str(raises(OSError, _read_all, client, unread))


def _read_all(client, response):
    while client.read(response):
        pass


def test_cookies_are_kept_and_forgotten():
    with TestClient(make_app()) as client:
        response = client.post("/login")
        assert response.status == 303 and response.getlist("Set-Cookie")[1] == "theme=dark"
        assert client.cookies == {"id": "abc", "theme": "dark"}
        sent = client.get("/echo").json()["fields"][2]
        assert sent in ("id=abc; theme=dark", "theme=dark; id=abc")
        client.get("/logout")
        assert client.get("/echo").json()["fields"][2] == "theme=dark"
        client.cookies["theme"] = "light"
        assert client.get("/echo").json()["fields"][2] == "theme=light"


def test_redirects():
    with TestClient(make_app(), follow=True) as client:
        response = client.post("/login", form={"name": "x"})
        assert response.json()["method"] == "GET" and response.json()["query"] == "from=login"
        assert response.history[0].status == 303 and response.url == "/echo?from=login"
        assert client.get("/moved").text == "hello"
        kept = client.post("/kept", body="again").json()
        assert kept["method"] == "POST" and kept["body"] == "again"
        assert client.get("/loop", follow=False).status == 303
        assert "redirects" in str(raises(OSError, client.get, "/loop"))


def test_what_goes_wrong():
    client = TestClient(make_app(), timeout=0.05, head=256)
    assert client.post("/echo", body="x" * 5000).status == 413
    assert client.get("/" + "x" * 300).status == 414
    assert "before the response was whole" in str(raises(OSError, client.get, "/cut"))
    raises(asyncio.TimeoutError, client.get, "/for-ever")
    assert client.app.waits
    assert client.get("/").text == "hello"
    assert not client.app.waits
    client.close()


def test_inside_a_coroutine():
    async def main():
        client = TestClient(make_app())
        first = await client.fetch("GET", "/later/1")
        second = await client.fetch("POST", "/echo", body="x")
        return first.json(), second.json()["body"]

    assert asyncio.run(main()) == ({"slept": 1}, "x")
