"""An application with every kind of handler, served by either transport."""

import asyncio
import io

from windup import HTTPError, Response, WindUp
from windup.intake import Intake


class Mirror(Intake):
    """Sends back what comes, from a task that `come` wakes, and stops reading meanwhile."""

    def __init__(self):
        self.buffer = memoryview(bytearray(1000))
        self.count = 0
        self.come = asyncio.Event()

    def get_buffer(self):
        return self.buffer[self.count :]

    def buffer_updated(self, count):
        self.count += count
        self.come.set()

    def connection_lost(self):
        self.come.set()

    async def reflect(self):
        while self.exchange is not None:
            await self.come.wait()
            self.come.clear()
            data = bytes(self.buffer[: self.count])
            self.count = 0
            self.wake()
            if data:
                await self.write(data)


class Beat(Intake):
    """Says something about every second, without a task."""

    def connection_made(self):
        self.post(b"made ")

    def tick(self):
        self.post(b"tick ")


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

    class Dry(Exception):
        pass

    @app.get("/dry")
    async def dry(request):
        await asyncio.sleep(0)
        raise Dry("no water")

    @app.get("/dry-at-once")
    def dry_at_once(request):
        raise Dry("no water")

    @app.errorhandler(Dry)
    async def dry_page(request, error):
        await asyncio.sleep(0.01)
        return "%s: %s" % (request.path, error), 503

    @app.get("/pieces-of-an-error")
    def pieces_of_an_error(request):
        raise HTTPError(422, "on purpose")

    @app.errorhandler(422)
    def pieces(request, error):
        for number in range(3):
            yield "%d\n" % number

    @app.errorhandler(408)
    async def too_slow(request, error):
        await asyncio.sleep(0.01)
        return "too slow"

    @app.get("/slow-crash")
    async def slow_crash(request):
        await asyncio.sleep(0)
        raise ValueError("on purpose")

    @app.post("/echo")
    def echo(request):
        return Response(bytes(request.body), content_type=b"application/octet-stream")

    @app.post("/sum", stream=True, body_max=2000000)
    async def sum_of_body(request):
        app.waiting += 1
        try:
            length = total = 0
            async for piece in request.stream:
                length += len(piece)
                total += sum(piece)
            return "%d bytes, %d" % (length, total)
        finally:
            app.waiting -= 1

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

    @app.get("/mirror")
    async def mirror(request):
        app.waiting += 1
        try:
            line = Mirror()
            line.take_over(request)
            await line.reflect()
        finally:
            app.waiting -= 1

    @app.get("/flood")
    async def flood(request):
        app.waiting += 1
        try:
            line = Mirror()
            line.take_over(request)
            while True:
                await line.write(b"0123456789", b"abcdef")
        finally:
            app.waiting -= 1

    @app.get("/beat")
    def beat(request):
        return Beat()

    @app.get("/body")
    def body(request):
        return b"0123456789" * 20000

    return app
