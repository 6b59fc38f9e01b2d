"""What a request costs when there is more of something else: routes, idle connections, slow clients."""

import socket

from .client import WAYS
from .kinds import KINDS
from .rig import under_callgrind
from .subjects import PORT, WINDUP

_HELLO = KINDS[0]
_KEEP_ALIVE = WAYS[0]
_COUNT = 100
_TRIES = 3
_SOCKETS = ("--sockets", "300")
_PATIENT = {"connections": 256, "first_byte": 3600, "between_bytes": 3600, "request": 3600}
_SLOW_HEAD = b"GET / HTTP/1.1\r\nHost: 192.168.4.1\r\nX-Slow: " + b"x" * 1000


def with_routes(routes):
    """Instructions of a greeting where the application has `routes` routes."""
    with under_callgrind(WINDUP, arguments=f", {routes}") as (_, meter):
        return meter.measure(_HELLO, _KEEP_ALIVE, _COUNT).instructions


def with_idle_connections(*numbers):
    """Instructions of a greeting with each of `numbers` idle connections, in rising order.

    Each is the least of some: the look at every connection's deadline, once a second, is a cost of time, not of requests.
    """
    found = []
    idle = []
    with under_callgrind(WINDUP, settings=_PATIENT, options=_SOCKETS) as (client, meter):
        for number in numbers:
            while len(idle) < number:
                client.keep_alive(_HELLO, 1)
                idle.append(client.leave())
            again = (meter.measure(_HELLO, _KEEP_ALIVE, _COUNT) for _ in range(_TRIES))
            found.append(min(cost.instructions for cost in again))
        for sock in idle:
            sock.close()
    return found


def with_slow_clients(number, requests_a_second=100):
    """Instructions of a greeting, alone and while `number` clients send a byte of a request each second.

    A second is what it takes to answer `requests_a_second`; the work for the slow clients in it counts.
    """
    with under_callgrind(WINDUP, settings=_PATIENT, options=_SOCKETS) as (_, meter):
        alone = meter.measure(_HELLO, _KEEP_ALIVE, _COUNT).instructions
        slow = []
        for _ in range(number):
            slow.append(socket.create_connection(("127.0.0.1", PORT)))
            slow[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        beside = meter.measure(_HELLO, _Beside(slow, requests_a_second), 2 * requests_a_second)
        for sock in slow:
            sock.close()
    return alone, beside.instructions


class _Beside:
    """A way to send requests, like those of `client.WAYS`, beside clients that are slow."""

    def __init__(self, slow, requests_a_second):
        self._slow = slow
        self._requests = requests_a_second
        self._sent = 0

    def send(self, client, kind, count):
        for _ in range(max(1, count // self._requests)):
            for sock in self._slow:
                sock.sendall(_SLOW_HEAD[self._sent : self._sent + 1])
            self._sent += 1
            client.keep_alive(kind, min(count, self._requests))
