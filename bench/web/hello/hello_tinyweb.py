"""The smallest useful program on tinyweb: one page."""

import asyncio
import sys

sys.modules["uasyncio"] = asyncio
sys.modules["uasyncio.core"] = asyncio.core
import uttp

app = uttp.webserver()


@app.route("/")
async def hello(request, response):
    response.add_header("Content-Type", "text/plain")
    await response._send_headers()
    await response.send("Hello, world!")


app.run("0.0.0.0", 18080)
