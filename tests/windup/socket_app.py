"""An application of WebSockets and event streams, as the tests of real clients want it."""

import asyncio
import gc

from windup import WindUp
from windup.event_stream import event_stream
from windup.websocket import websocket


def make_app():
    app = WindUp()
    app.ended = []

    @app.get("/hello")
    def hello(request):
        return "hello"

    @app.get("/ended")
    def ended(request):
        return {"ended": app.ended}

    @app.get("/heap")
    def heap(request):
        gc.collect()
        return {"used": gc.mem_alloc()} if hasattr(gc, "mem_alloc") else {"used": 0}

    @websocket(app, "/echo", message_max=65536)
    async def echo(request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(message)
        app.ended.append(ws.close_code)

    @websocket(app, "/small")
    async def small(request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(message)
        app.ended.append(ws.close_code)

    @websocket(app, "/chat", protocols=("chat", "superchat"), origins=("https://app.example",))
    async def chat(request, ws):
        await ws.send("protocol %s" % ws.protocol)
        if await ws.receive() == "bye":
            await ws.close(4000, "see you")

    @websocket(app, "/ticks")
    async def ticks(request, ws):
        for number in range(50):
            await ws.send("tick %d" % number)
            await asyncio.sleep(0.01)

    @websocket(app, "/flood")
    async def flood(request, ws):
        for number in range(200):
            await ws.send("%d " % number + "x" * 3000)

    @event_stream(app, "/count", retry=100)
    async def count(request, stream):
        start = int(stream.last_event_id or 0)
        for number in range(start + 1, start + 4):
            await stream.send({"number": number}, id=str(number))
            await asyncio.sleep(0.01)

    @event_stream(app, "/lines")
    async def lines(request, stream):
        await stream.send("first\nsecond\r\nthird", event="poem", id="1")
        await stream.send("κόσμε", event="poem")
        await stream.send("", event="end")
        await asyncio.sleep(60)

    return app
