"""The measured routes on aioweb. It has no path parameters, and files are the handler's own work."""

import asyncio
import json

from mark import mark
from uaioweb import App

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: %s\r\n\r\n"
TEXT = b"text/plain"


def serve(settings):
    app = App("0.0.0.0", settings["port"])

    @app.route("/")
    async def hello(r, w):
        w.write(HEAD % TEXT)
        w.write(b"Hello, world!")
        await w.drain()

    @app.route("/lamp", methods=["POST"])
    async def lamp(r, w):
        level = json.loads(await r.readexactly(int(r.headers["content-length"])))["level"]
        w.write(HEAD % b"application/json")
        w.write(json.dumps({"level": level, "on": level > 0}).encode())
        await w.drain()

    @app.route("/static/blob.bin")
    async def static(r, w):
        w.write(HEAD % b"application/octet-stream")
        buffer = memoryview(bytearray(1024))
        with open("/files/blob.bin", "rb") as file:
            while True:
                count = file.readinto(buffer)
                if not count:
                    break
                w.write(buffer[:count])
                await w.drain()

    @app.route("/mark")
    async def measuring_point(r, w):
        w.write(HEAD % TEXT)
        w.write(mark())
        await w.drain()

    loop = asyncio.get_event_loop()
    loop.create_task(app.serve())
    loop.run_forever()
