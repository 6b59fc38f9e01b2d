"""An application with every kind of handler, served by either transport."""

import asyncio
import io

from windup import HTTPError, Response, WindUp


def make_app():
    app = WindUp(body_max=200000)
    app.waiting = 0

    @app.get("/hello")
    def hello(request):
        return "hello"

    @app.get("/slow/<int:ms>")
    async def slow(request, ms):
        await asyncio.sleep(ms / 1000)
        return {"slept": ms}

    @app.get("/in-time/<int:ms>")
    async def in_time(request, ms):
        async def work():
            await asyncio.sleep(ms / 1000)

        try:
            await asyncio.wait_for(work(), 0.2)
        except asyncio.TimeoutError:
            return "late"
        return "in time"

    @app.get("/forever")
    async def forever(request):
        app.waiting += 1
        try:
            await asyncio.Event().wait()
        finally:
            app.waiting -= 1

    @app.get("/waiting")
    def waiting(request):
        return str(app.waiting)

    @app.get("/slow-error")
    async def slow_error(request):
        await asyncio.sleep(0)
        raise HTTPError(409, "on purpose")

    @app.get("/slow-crash")
    async def slow_crash(request):
        await asyncio.sleep(0)
        raise ValueError("on purpose")

    @app.post("/echo")
    def echo(request):
        return Response(bytes(request.body), content_type=b"application/octet-stream")

    @app.get("/count/<int:number>")
    def count(request, number):
        for n in range(number):
            yield f"{n}\n"

    @app.get("/late-crash")
    def late_crash(request):
        yield "first"
        raise ValueError("on purpose")

    @app.get("/stream")
    def stream(request):
        return Response(io.BytesIO(b"0123456789" * 20000))

    @app.get("/sized")
    def sized(request):
        return Response(io.BytesIO(b"0123456789" * 20000), length=200000)

    @app.get("/body")
    def body(request):
        return b"0123456789" * 20000

    return app
