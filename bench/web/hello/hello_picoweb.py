"""The smallest useful program on picoweb: one page."""

import asyncio
import sys

sys.modules["uasyncio"] = asyncio
import picoweb

app = picoweb.WebApp(None, serve_static=False)


@app.route("/")
def hello(request, response):
    yield from picoweb.start_response(response, "text/plain")
    yield from response.awrite("Hello, world!")


app.run("0.0.0.0", 18080, debug=-1)
