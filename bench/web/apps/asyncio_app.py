"""The floor for what is built on asyncio's streams: one read, an answer to every request, one write."""

import asyncio

from mark import mark

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
HELLO = HEAD % (13, b"Hello, world!")


async def _client(reader, writer):
    while True:
        data = await reader.read(1024)
        if not data:
            break
        if data.find(b"\r\n\r\n") >= 0:
            if data[5] == 0x6D:  # the m of /mark
                text = mark().encode()
                writer.write(HEAD % (len(text), text))
            else:
                writer.write(HELLO)
            await writer.drain()
    writer.close()
    await writer.wait_closed()


def serve(settings):
    loop = asyncio.get_event_loop()
    loop.create_task(asyncio.start_server(_client, "0.0.0.0", settings["port"]))
    loop.run_forever()
