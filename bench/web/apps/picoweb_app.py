"""The measured routes on picoweb.

picoweb was written for another dialect's asyncio; MicroPython's own has the same names, and keeps the methods `awrite`
and `aclose` for programs of that time.
"""

import asyncio
import json
import re
import sys

from mark import mark

sys.modules["uasyncio"] = asyncio
import picoweb

TEXT = "text/plain"


def serve(settings):
    app = picoweb.WebApp(None, serve_static=False)

    @app.route("/")
    def hello(request, response):
        yield from picoweb.start_response(response, TEXT)
        yield from response.awrite("Hello, world!")

    @app.route(re.compile("^/user/([0-9]+)$"))
    def user(request, response):
        yield from picoweb.start_response(response, TEXT)
        yield from response.awrite("User %d" % int(request.url_match.group(1)))

    @app.route("/lamp")
    def lamp(request, response):
        size = int(request.headers[b"Content-Length"])
        data = yield from request.reader.readexactly(size)
        level = json.loads(data)["level"]
        yield from picoweb.jsonify(response, {"level": level, "on": level > 0})

    @app.route(re.compile("^/static/(.+)$"))
    def static(request, response):
        path = request.url_match.group(1)
        if ".." in path:
            yield from picoweb.http_error(response, "403")
        else:
            yield from app.sendfile(response, "/files/" + path)

    @app.route("/mark")
    def measuring_point(request, response):
        yield from picoweb.start_response(response, TEXT)
        yield from response.awrite(mark())

    app.run("0.0.0.0", settings["port"], debug=-1)
