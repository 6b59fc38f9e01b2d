"""The measured routes on tinyweb."""

import asyncio
import sys

from mark import mark

sys.modules["uasyncio"] = asyncio
sys.modules["uasyncio.core"] = asyncio.core
import uttp


def serve(settings):
    app = uttp.webserver()

    @app.route("/")
    async def hello(request, response):
        response.add_header("Content-Type", "text/plain")
        await response._send_headers()
        await response.send("Hello, world!")

    @app.route("/user/<id>")
    async def user(request, response, id):
        response.add_header("Content-Type", "text/plain")
        await response._send_headers()
        await response.send("User %d" % int(id))

    @app.route("/lamp", methods=["POST"], save_headers=["Content-Length", "Content-Type"])
    async def lamp(request, response):
        level = (await request.json())["level"]
        return {"level": level, "on": level > 0}

    @app.route("/static/<name>")
    async def static(request, response, name):
        await response.send_file("/files/" + name, "application/octet-stream")

    @app.route("/mark")
    async def measuring_point(request, response):
        response.add_header("Content-Type", "text/plain")
        await response._send_headers()
        await response.send(mark())

    app.run("0.0.0.0", settings["port"])
