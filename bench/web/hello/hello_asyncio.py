"""The smallest useful program on asyncio's streams: one page."""

import asyncio

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"


async def client(reader, writer):
    while True:
        data = await reader.read(1024)
        if not data:
            break
        if data.find(b"\r\n\r\n") >= 0:
            body = b"Hello, world!"
            writer.write(HEAD % (len(body), body))
            await writer.drain()
    writer.close()
    await writer.wait_closed()


loop = asyncio.get_event_loop()
loop.create_task(asyncio.start_server(client, "0.0.0.0", 18080))
loop.run_forever()
