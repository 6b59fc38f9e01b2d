"""The measured routes on uwebserver. It has no path parameters."""

import asyncio
import json

from mark import mark
from uwebserver import File, WebServer


def serve(settings):
    app = WebServer(port=settings["port"], static_folder=None)

    @app.route("/")
    def hello(request, response):
        return "Hello, world!"

    @app.route("/lamp", ("POST",))
    def lamp(request, response):
        level = json.loads(request.body)["level"]
        response.set_content_type("application/json")
        return json.dumps({"level": level, "on": level > 0})

    @app.route("/static/blob.bin")
    def static(request, response):
        return File.from_path("/files/blob.bin")

    @app.route("/mark")
    def measuring_point(request, response):
        return mark()

    asyncio.run(app.run())
