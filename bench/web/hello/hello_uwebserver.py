"""The smallest useful program on uwebserver: one page."""

import asyncio

from uwebserver import WebServer

app = WebServer(port=18080, static_folder=None)


@app.route("/")
def hello(request, response):
    return "Hello, world!"


asyncio.run(app.run())
