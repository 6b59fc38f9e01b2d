"""What the tests on the device share: connected sockets, and streams that the test drives by hand."""

import io
import select
import socket

_POLL = 3  # MicroPython's MP_STREAM_POLL

ADDRESS = ("127.0.0.1", 0)  # the test sets a port that is free


def listen(backlog=4):
    """A socket that listens at `ADDRESS`."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(ADDRESS)
    listener.listen(backlog)
    return listener


def connect():
    """A client's socket, connected to `ADDRESS`."""
    client = socket.socket()
    client.connect(ADDRESS)
    return client


class Pair:
    """Both ends of a TCP connection: `client` blocks, `server` does not."""

    def __enter__(self):
        listener = listen()
        self.client = connect()
        self.server = listener.accept()[0]
        self.server.setblocking(False)
        listener.close()
        return self.client, self.server

    def __exit__(self, *_):
        self.client.close()
        self.server.close()


def polling(stream, events=select.POLLIN):
    """A poll object that watches `stream`."""
    poll = select.poll()
    poll.register(stream, events)
    return poll


def flags(poll, timeout=0):
    """The events of the one stream that is ready, or 0."""
    found = poll.poll(timeout)
    assert len(found) < 2, found
    return found[0][1] if found else 0


class Stream(io.IOBase):
    """A stream of the program's own: ready for `state`, an error if
    that is negative. Like many it answers 0 to what it does not know."""

    def __init__(self):
        self.state = 0
        self.asked = 0
        self.when_asked = None

    def ioctl(self, request, argument):
        if request != _POLL:
            return 0
        self.asked += 1
        if self.when_asked:
            self.when_asked()
        return self.state & argument if self.state > 0 else self.state
