"""The smallest useful program on WindUp: one page."""

import asyncio

from windup import WindUp
from windup.limits import Limits
from windup.server import Server

app = WindUp()


@app.get("/")
def hello(request):
    return "Hello, world!"


async def main():
    # As boards/ESP8266_GENERIC/etc/windup.json has them
    server = Server(app, Limits({"port": 18080, "connections": 3, "chunk": 512}))
    server.listen()
    await server.run()


asyncio.run(main())
