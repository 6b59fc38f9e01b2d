"""A network whose only clients are a script's: what happens depends on nothing but the firmware.

The script moves when the firmware waits, and the time that it waits passes at once.
"""

import errno
import select

from .far_end import SwitchedOff

_STREAM = 1
_WAITS_MAX = 1000  # in a row without a byte from the firmware


class Client:
    """A TCP connection to the firmware, as `Scripted.connect` makes them.

    Attributes:
        received: what the firmware has sent, a bytearray.
        closed: whether the firmware has closed it.
    """

    def __init__(self):
        self.received = bytearray()
        self.closed = False
        self._sent = bytearray()

    def send(self, data):
        """Let the firmware receive `data`."""
        self._sent += data


class Scripted:
    """For `far_end.FarEnd`.

    Args:
        script: called with this network, a generator; it begins when the firmware waits with a socket that listens.
            Where it yields, the firmware goes on until it waits again. When it has ended, the firmware is switched off.

    Attributes:
        finished: whether the script has come to its end.
    """

    def __init__(self, script):
        self.finished = False
        self._script = script(self)
        self._sockets = {}
        self._next = 1
        self._listening = None
        self._backlog = []
        self._waits = 0

    def connect(self):
        """A new `Client`; it waits in the firmware's backlog."""
        client = Client()
        self._backlog.append(client)
        return client

    def wait(self, timeout_ms):
        if self._listening is None or self._pending():
            return max(timeout_ms, 0)
        self._waits += 1
        if self._waits > _WAITS_MAX:
            raise RuntimeError("the firmware does not answer")
        try:
            next(self._script)
        except StopIteration:
            self.finished = True
            raise SwitchedOff from None
        return 0 if self._pending() else max(timeout_ms, 0)

    def _pending(self):
        return bool(self._backlog) or any(sock and sock._sent for sock in self._sockets.values())

    def _add(self, client):
        handle = self._next
        self._next += 1
        self._sockets[handle] = client
        return handle

    def open(self, kind):
        if kind != _STREAM:
            raise OSError(errno.EPROTONOSUPPORT, "streams only")
        return self._add(None)

    def close(self, handle):
        client = self._sockets.pop(handle)
        if client:
            client.closed = True

    def bind(self, handle, address):
        pass

    def listen(self, handle, backlog):
        self._listening = handle

    def accept(self, handle):
        if not self._backlog:
            raise BlockingIOError(errno.EAGAIN, "nobody")
        return self._add(self._backlog.pop(0)), ("127.0.0.1", 50000)

    def send(self, handle, data):
        self._sockets[handle].received += data
        self._waits = 0
        return len(data)

    def receive(self, handle, size):
        client = self._sockets[handle]
        data = bytes(client._sent[:size])
        if not data:
            raise BlockingIOError(errno.EAGAIN, "nothing")
        del client._sent[:size]
        return data

    def option(self, handle, number, data):
        pass

    def poll(self, handle, events):
        client = self._sockets[handle]
        if handle == self._listening:
            return events & select.POLLIN if self._backlog else 0
        ready = select.POLLOUT | (select.POLLIN if client._sent else 0)
        return events & ready
