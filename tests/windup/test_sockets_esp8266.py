"""WebSocket, event streams and requests at once in an ESP8266's 38 KiB and five sockets."""

import asyncio
import json

import httpx
import websockets
from host import PATIENCE

from bench.web.board import compiled

APP = """
from gc import collect, mem_free
from modcore import Module
from windup.bridge import Bridge

class Live(Module):
    depends = ("windup",)
    def mount(self):
        from windup import event_stream, websocket
        app = self.modc.modules["windup"].app
        event_stream.event_stream(app, "/events")(Bridge(self.modc, ("lamp.*",)))
        websocket.websocket(app, "/live")(self.echo)
        app.get("/free")(self.free)
        app.get("/fire")(self.turn)
    def start(self):
        print("listening")
    async def echo(self, request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(message)
    def free(self, request):
        collect()
        return {"free": mem_free()}
    level = -1
    def turn(self, request):
        self.level += 1
        self.fire("lamp.set", self.level)

"""

MAIN = """
from modcore import Controller
from windup.service import WebServer
from live import Live

modc = Controller()
web = modc.add(WebServer())
modc.add(Live())
modc.run()
"""


async def events(url, wanted):
    """What a client of `/events` gets, until `wanted` messages have come."""
    found = []
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as client,
        client.stream("GET", url + "/events") as response,
    ):
        yield None
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line[6:]))
                if len(found) == wanted:
                    yield found
                    return


async def rounds(host, count):
    """One WebSocket, two event streams, and requests beside them; what the heap had free at the end of each round."""
    free = []
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        streams = [events(host.url, count), events(host.url, count)]
        for stream in streams:
            await anext(stream)
        async with websockets.connect(
            f"ws://127.0.0.1:{host.port}/live", compression=None, open_timeout=PATIENCE
        ) as ws:
            for number in range(count):
                await ws.send(f"message {number}")
                assert await asyncio.wait_for(ws.recv(), PATIENCE) == f"message {number}"
                assert (await client.get(host.url + "/fire")).status_code == 204
                free.append((await client.get(host.url + "/free")).json()["free"])
            for size in (20, 110):
                await ws.send("x" * size)
                assert len(await asyncio.wait_for(ws.recv(), PATIENCE)) == size
        for stream in streams:
            found = await asyncio.wait_for(anext(stream), PATIENCE)
            assert [event["data"] for event in found] == list(range(count))
            await stream.aclose()
    return free


def test_a_websocket_two_streams_and_requests_at_once(make_host, soak):
    host = make_host(
        bits=32,
        profile="esp8266",
        # Compiled beforehand, as for a device of this size: to compile there leaves holes in its heap
        files={"/live.mpy": compiled("live.py", APP.encode()), "/main.py": MAIN},
        settings=[
            "windup.connections=5",
            "windup.buffer=256",
            "windup.chunk=256",
            "windup.keep_alive=5",
        ],
    ).start(ready=False)
    host.wait_for("listening")
    free = asyncio.run(rounds(host, 1000 if soak else 30))
    assert host.output.endswith("listening\r\n"), host.output  # nothing was logged
    assert min(free) > free[0] - 300, free
