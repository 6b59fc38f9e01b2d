"""A server's loop at its barest: `serve(address, idle)`, with `idle` connections beside the one that asks."""

import select
import socket

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def serve(address, idle):
    """Answer every request of the connection that comes after `idle` others, until it ends.

    Each connection is greeted with a byte.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(5)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    print("listening")
    sockets = []
    while len(sockets) <= idle:
        poll.poll()
        sock = listener.accept()[0]
        sock.setblocking(False)
        poll.register(sock, select.POLLIN)
        sockets.append(sock)
        poll.poll(0)  # takes the first news, so that each connection costs the same
        sock.write(b"!")
    _answer(poll)


def _answer(poll):
    request = bytearray(512)
    while True:
        for sock, _ in poll.ipoll():
            if not sock.readinto(request):
                return
            sock.write(_ANSWER)
