"""An application for the soak test: one of each kind of answer, and what the board has left of heap, files and connections."""

import builtins
import gc
import os
from asyncio import sleep

from windup import HTTPError, StaticFiles, WindUp, send_file, static
from windup.multipart import Parts

BLOB = "/soak/blob.bin"


class Counted:
    """Opens files, and knows how many are open."""

    def __init__(self):
        self.open = 0

    def __call__(self, *args):
        # Whoever asked closes it
        file = CountedFile(builtins.open(*args), self)  # noqa: SIM115
        self.open += 1
        return file


class CountedFile:
    def __init__(self, file, counter):
        self.seek = file.seek
        self.read = file.read
        self.readinto = file.readinto
        self._file = file
        self._counter = counter

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def close(self):
        if self._file:
            self._file.close()
            self._file = None
            self._counter.open -= 1


def make_blob():
    os.mkdir("/soak")
    with open(BLOB, "wb") as file:
        for n in range(32):
            file.write(bytes([n]) * 256)


def make_app(channels):
    """The application. `channels()` says how many connections are open."""
    make_blob()
    app = WindUp()
    files = static.open = Counted()

    @app.get("/hello")
    def hello(request):
        return "hello"

    @app.get("/pin/<int:pin>/<mode>")
    def pin(request, pin, mode):
        return {"pin": pin, "mode": mode}

    @app.post("/json")
    def json(request):
        return request.json()

    @app.post("/form")
    def form(request):
        return request.form().get("name", "")

    @app.get("/query")
    def query(request):
        return request.query.get("name", "")

    @app.post("/echo")
    def echo(request):
        return bytes(request.body)

    @app.get("/lines")
    def lines(request):
        for n in range(20):
            yield f"line {n}\n"

    @app.get("/later")
    async def later(request):
        await sleep(0)
        return "later"

    @app.get("/for-ever")
    async def for_ever(request):
        await sleep(3600)

    @app.get("/error")
    def error(request):
        raise HTTPError(409, "on purpose")

    @app.get("/crash")
    def crash(request):
        raise ValueError("on purpose")

    @app.get("/file")
    def file(request):
        return send_file(request, files(BLOB, "rb"), etag="blob")

    @app.get("/name", roles=("*",))
    def name(request):
        return request.user.name

    @app.post("/count", roles=("admin",))
    def count(request):
        request.session["count"] = request.session.get("count", 0) + 1
        return str(request.session["count"])

    @app.post("/upload", stream=True, body_max=20000, roles=("user",))
    async def upload(request):
        parts = Parts(request)
        while True:
            part = await parts.next()
            if part is None:
                return "saved"
            await part.save("/soak/" + part.filename, 10000)

    @app.get("/left")
    def left(request):
        gc.collect()
        return {
            "heap": gc.mem_alloc(),
            "files": files.open,
            "connections": channels(),
            "sessions": len([each for each in app.auth.sessions if each is not None]),
            "folder": sorted(os.listdir("/soak")),
        }

    app.mount("/static", StaticFiles("/soak"))
    return app
