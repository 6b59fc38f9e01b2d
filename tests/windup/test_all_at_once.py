"""All that a device may have to do at the same time, in the heap that its chip has: 38 KiB on an ESP8266, 150 on an ESP32."""

import asyncio
import contextlib
import json
import re

import httpx
import pytest
import websockets
from accounts import PASSWORD, users
from host import PATIENCE

from bench.web.board import compiled

APP = """
from gc import collect, mem_free
from modcore import Module
from windup import event_stream, websocket
from windup.bridge import Bridge
from windup.multipart import Parts

class All(Module):
    name = "all"
    depends = ("windup", "auth")

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/page", roles=("admin",))(self.page)
        app.post("/level", roles=("*",))(self.set)
        app.post("/upload", stream=True, body_max=300000, roles=("admin",))(self.upload)
        app.get("/free")(self.free)
        event_stream.event_stream(app, "/events")(Bridge(self.modc, ("lamp.*",)))
        websocket.websocket(app, "/live")(self.echo)

    def page(self, request):
        return "Hello " + request.user.name

    def set(self, request):
        level = request.json()["level"]
        self.fire("lamp.set", level)
        return {"level": level}

    async def upload(self, request):
        parts = Parts(request)
        count = 0
        while True:
            part = await parts.next()
            if part is None:
                return {"saved": count}
            count += await part.save("/upload", 300000)

    def free(self, request):
        collect()
        collect()
        return str(mem_free())

    async def echo(self, request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(message)

def setup(modc):
    modc.add(All())
"""

FILE = bytes(range(256)) * 256  # 64 KiB
UPLOAD = bytes(range(255)) * 803  # 200 KiB
ORIGIN = {"Sec-Fetch-Site": "same-origin"}


async def levels(url, count):
    """What an event stream tells: `count` levels, after a `None` when it has begun."""
    found = []
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as client,
        client.stream("GET", url + "/events") as response,
    ):
        assert response.status_code == 200
        yield None
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line[6:])["data"])
                if len(found) == count:
                    yield found
                    return


async def one_round(url, client, ws, number):
    """A login, and what it opens. What the heap has free in the end."""
    for path in ("/page", "/level"):
        method = "GET" if path == "/page" else "POST"
        answer = await client.request(method, url + path, headers=ORIGIN)
        assert answer.status_code == 401, answer.text
    wrong = {"name": "bob", "password": "wrong horse"}
    if number % 200 == 0:  # more often, and bob is locked out
        assert (await client.post(url + "/login", json=wrong)).status_code == 403
    login = {"name": "ann", "password": PASSWORD}
    answer = await client.post(url + "/login", json=login, headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    assert (await client.get(url + "/page")).text == "Hello ann"
    answer = await client.post(url + "/level", json={"level": number}, headers=ORIGIN)
    assert answer.json() == {"level": number}
    assert (await client.get(url + "/file.bin")).content == FILE
    await ws.send(f"message {number}")
    files = {"file": ("upload", UPLOAD)}
    answer = await client.post(url + "/upload", files=files, headers=ORIGIN)
    assert answer.json() == {"saved": len(UPLOAD)}
    assert await asyncio.wait_for(ws.recv(), PATIENCE) == f"message {number}"
    assert (await client.get(url + "/nowhere")).status_code == 404
    assert (await client.post(url + "/logout", headers=ORIGIN)).status_code == 204
    return int((await client.get(url + "/free")).text)


async def rounds(host, count, clients):
    """`count` rounds, each by one of `clients` that keep their connections, beside a WebSocket and two event streams."""
    free = []
    async with contextlib.AsyncExitStack() as stack:
        streams = [levels(host.url, count), levels(host.url, count)]
        for stream in streams:
            await anext(stream)
        ws = await stack.enter_async_context(
            websockets.connect(f"ws://127.0.0.1:{host.port}/live", compression=None)
        )
        kept = [
            await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE))
            for _ in range(clients)
        ]
        for number in range(count):
            free.append(await one_round(host.url, kept[number % clients], ws, number))
        for stream in streams:
            assert await asyncio.wait_for(anext(stream), PATIENCE) == list(range(count))
            await stream.aclose()
    return free


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("bits", "profile", "kib", "clients"), [(32, "esp8266", 38, 1), (64, "esp32", 150, 13)]
)
def test_everything_at_once(make_host, soak, bits, profile, kib, clients):
    host = make_host(
        bits=bits,
        profile=profile,
        files={"/apps/all.mpy": compiled("all.py", APP.encode()), "/etc/users.json": users()},
        image={"/www/file.bin": FILE},
        settings=[
            f"windup.connections={clients + 3}",
            *(["windup.buffer=512"] if kib == 38 else []),
        ],
        options=("--heap", str(kib * 1024)),
    ).start()
    free = asyncio.run(rounds(host, 1000 if soak else 50, clients))
    assert not re.search(r"MemoryError|Traceback|^E ", host.output, re.M), host.output
    # From when all connections were there. What the last requests left comes and goes, some objects of 16 words
    half = (clients + len(free)) // 2
    assert min(free[half:]) > min(free[clients:half]) - bits * 32, free
