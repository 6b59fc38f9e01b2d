"""The floor: sockets and a poller, and an answer to every request. No server can need less than this in Python."""

import select
import socket

from mark import mark

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
HELLO = HEAD % (13, b"Hello, world!")


def serve(settings):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", settings["port"]))
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
                    continue  # poll may name a stream twice when one was registered meanwhile
                client.setblocking(False)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                poller.register(client, select.POLLIN)
                continue
            count = stream.readinto(buffer)
            if count:
                if buffer.find(b"\r\n\r\n") >= 0:
                    if buffer[5] == 0x6D:  # the m of /mark
                        text = mark().encode()
                        stream.write(HEAD % (len(text), text))
                    else:
                        stream.write(HELLO)
            elif count is not None:
                poller.unregister(stream)
                stream.close()
