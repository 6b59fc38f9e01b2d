"""The application that the conformance suite asks: each way to answer once."""

from asyncio import sleep
from io import BytesIO
from time import gmtime

from windup import HTTPError, Response, StaticFiles, WindUp, send_file

HUNDRED = b"0123456789" * 10
# Thu, 21 Nov 2024 10:23:45 GMT, counted from the interpreter's epoch
MODIFIED = 785499825 + (946684800 if gmtime(0)[0] == 1970 else 0)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def make_app(root):
    """The application; below `root` lie static files."""
    app = WindUp(body_max=1000)

    @app.get("/")
    def home(request):
        return "home"

    @app.get("/hello")
    def hello(request):
        return "hello"

    @app.get("/last")
    def last(request):
        return "last"

    @app.route("/echo", METHODS)
    def echo(request):
        return Response(bytes(request.body), content_type=b"application/octet-stream")

    @app.post("/small", body_max=10)
    def small(request):
        return bytes(request.body)

    @app.get("/empty")
    def empty(request):
        return None

    @app.get("/same")
    def same(request):
        return "", 304

    @app.get("/nobody")
    def nobody(request):
        return Response(b"", 200)

    @app.get("/big")
    def big(request):
        return b"x" * 20000

    @app.get("/pieces")
    def pieces(request):
        yield "one,"
        yield b""
        yield b"two"

    @app.get("/later")
    async def later(request):
        return "later"

    @app.get("/much")
    def much(request):
        for _ in range(1000):
            yield b"x" * 10000

    @app.get("/slow/<int:seconds>")
    async def slow(request, seconds):
        await sleep(seconds)
        return "slow"

    @app.get("/unknown-length")
    def unknown_length(request):
        return Response(BytesIO(HUNDRED))

    @app.get("/error")
    def error(request):
        raise HTTPError(409, "on purpose", (("X-Why", "test"),))

    @app.get("/crash")
    def crash(request):
        raise ValueError("on purpose")

    @app.get("/pin/<int:pin>")
    def pin(request, pin):
        return str(pin)

    @app.get("/say/<word>")
    def say(request, word):
        return word

    @app.route("/seen", METHODS)
    def seen(request):
        # Text: JSON does not look the same on both interpreters
        host, field = request.header("host"), request.header("x-seen")
        return f"{request.method} {request.path} {request.head.query} host={host} x={field}"

    @app.route("/file", ("GET", "PUT"))
    def file(request):
        return send_file(request, BytesIO(HUNDRED), b"text/plain", "tag", MODIFIED)

    @app.get("/json")
    def json(request):
        return {"a": 1}

    @app.post("/json")
    def post_json(request):
        return request.json()

    @app.post("/form")
    def form(request):
        return request.form().get("name", "none")

    @app.get("/query")
    def query(request):
        return request.query.get("name", "none")

    app.mount("/static", StaticFiles(root, fixed=True))
    return app
