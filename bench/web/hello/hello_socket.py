"""The smallest useful program on a bare socket loop: one page."""

import select
import socket

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", 18080))
listener.listen(5)
listener.setblocking(False)
poller = select.poll()
poller.register(listener, select.POLLIN)
buffer = bytearray(1024)
while True:
    for stream, _ in poller.ipoll(-1):
        if stream is listener:
            try:
                client, _ = listener.accept()
            except OSError:
                continue
            client.setblocking(False)
            poller.register(client, select.POLLIN)
            continue
        count = stream.readinto(buffer)
        if count:
            if buffer.find(b"\r\n\r\n") >= 0:
                body = b"Hello, world!"
                stream.write(HEAD % (len(body), body))
        elif count is not None:
            poller.unregister(stream)
            stream.close()
