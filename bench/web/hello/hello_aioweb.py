"""The smallest useful program on aioweb: one page.

Its WebSockets need SHA-1, which the 32-bit firmware has not.
"""

import asyncio
import sys


class NoHashes:
    sha1 = None


sys.modules["hashlib"] = NoHashes
from uaioweb import App

app = App("0.0.0.0", 18080)


@app.route("/")
async def hello(r, w):
    w.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    w.write("Hello, world!")
    await w.drain()


loop = asyncio.get_event_loop()
loop.create_task(app.serve())
loop.run_forever()
