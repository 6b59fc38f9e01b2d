"""The smallest useful program on uhttp: one page."""

from uhttp.server import HttpServer

server = HttpServer(port=18080)
while True:
    client = server.wait()
    if client:
        client.respond("Hello, world!", headers={"content-type": "text/plain"})
