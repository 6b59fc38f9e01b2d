"""The measured routes on phew, its log switched off."""

import asyncio
import json
import sys

from mark import mark

sys.modules["uasyncio"] = asyncio
from phew import logging, server


def serve(settings):
    logging.disable_logging_types(logging.LOG_ALL)

    @server.route("/")
    def hello(request):
        return "Hello, world!"

    @server.route("/user/<id>")
    def user(request, id):
        return "User %d" % int(id)

    @server.route("/lamp", methods=["POST"])
    def lamp(request):
        level = request.data["level"]
        body = json.dumps({"level": level, "on": level > 0})
        return body, 200, "application/json"

    @server.route("/static/<name>")
    def static(request, name):
        return server.serve_file("/files/" + name)

    @server.route("/mark")
    def measuring_point(request):
        return mark()

    server.run("0.0.0.0", settings["port"])
