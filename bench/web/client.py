"""A client that looks at every answer, and knows when the server sleeps again."""

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120  # seconds
_RECEIVE_BUFFER = 1 << 20


class WrongAnswer(Exception):
    """The server answered something else than it should have."""


class Client:
    """Sends requests one after the other, each when the server has nothing to do any more.

    Without that a figure would depend on how fast the two processes happen to run: a server that is still awake when
    the next request arrives polls once less.

    Args:
        port: TCP port on this computer.
        pid: the process that serves, or `None`: its sleep is not waited for.
        headers: fields that each answer must have, values by lower-case name.
        keeps_alive: whether the server leaves it to the client to close.
        patience: seconds until a server that does not answer is given up; no figure depends on it.
    """

    def __init__(self, port, pid=None, headers=(), keeps_alive=True, patience=PATIENCE):
        self._port = port
        self._pid = pid
        self._keeps_alive = keeps_alive
        self._patience = patience
        self._headers = dict(headers)
        self._sock = None

    def keep_alive(self, kind, count):
        """Send `count` requests on one connection. WrongAnswer: also when the server closed it."""
        if self._sock is None:
            self._connect()
            self._settle()
        for _ in range(count):
            self._check(kind, *self._exchange(kind.request))
            self._settle()

    def new_connections(self, kind, count):
        """Send `count` requests, each on a connection of its own."""
        for _ in range(count):
            self._check(kind, *self._alone(kind.request))

    def say(self, data, end):
        """Send `data` on the connection that is open, or a new one, and wait until the server sleeps again.

        Returns what came back, up to `end`.
        """
        if self._sock is None:
            self._connect()
            self._settle()
        self._before = self._sleeps()
        self._sock.sendall(data)
        answer = b""
        while not answer.endswith(end):
            answer += self._more(answer)
        self._settle()
        return answer

    def get(self, request):
        """The body of the answer to `request`, on a connection of its own."""
        return self._alone(request)[1]

    def _alone(self, request):
        self.close()
        self._connect(with_request=True)
        answer = self._exchange(request)
        if not self._keeps_alive and self._sock.recv(1):
            raise WrongAnswer("more than one answer")
        self._settle()
        self.close()
        return answer

    def close(self):
        """Close the connection that is open."""
        if self._sock:
            self._before = self._sleeps()
            self._sock.close()
            self._sock = None
            if self._keeps_alive:
                self._settle()

    def leave(self):
        """Let go of the connection that is open, and leave it so: its socket."""
        sock, self._sock = self._sock, None
        return sock

    def _connect(self, with_request=False):
        self._sock = sock = socket.socket()
        sock.settimeout(self._patience)
        # So large that the server never waits for the client to read
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if with_request:
            # The handshake's last packet waits for the request: the server is woken once, by both. Else
            # it were chance whether the request has come when the connection is accepted
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        self._before = self._sleeps()
        sock.connect(("127.0.0.1", self._port))

    def _check(self, kind, headers, body):
        if not kind.body_is_right(body):
            raise WrongAnswer(f"{kind.name}: the body is {body[:100]!r}")
        for name, value in self._headers.items():
            if headers.get(name) != value:
                raise WrongAnswer(f"{kind.name}: {name} is {headers.get(name)!r}")
        if "content-type" not in headers:
            raise WrongAnswer(f"{kind.name}: no Content-Type")

    def _exchange(self, request):
        self._before = self._sleeps()
        self._sock.sendall(request)
        return self._receive()

    def _receive(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more(data)
        head, _, body = data.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        if status.split()[1:2] != ["200"]:
            raise WrongAnswer(f"the status line is {status!r}")
        fields = [line.partition(":") for line in lines]
        headers = {name.lower(): value.strip() for name, _, value in fields}
        length = headers.get("content-length")
        parts = [body]
        got = len(body)
        if length is None:
            with contextlib.suppress(EOFError):
                while True:
                    parts.append(self._more(data))
        else:
            while got < int(length):
                parts.append(self._more(data))
                got += len(parts[-1])
            if got > int(length):
                raise WrongAnswer(f"{got - int(length)} bytes too many")
        return headers, b"".join(parts)

    def _more(self, data):
        received = self._sock.recv(65536)
        if not received:
            raise EOFError(f"the server closed the connection after {data[:200]!r}")
        return received

    def _sleeps(self):
        """How often the server has gone to sleep, and whether it sleeps now."""
        if self._pid is None:
            return 0
        status = Path(f"/proc/{self._pid}/status").read_text()
        self._sleeping = status.partition("\nState:\t")[2][0] == "S"
        return int(status.partition("\nvoluntary_ctxt_switches:\t")[2].split()[0])

    def _settle(self):
        """Wait until the server, woken by what the client did last, sleeps again."""
        if self._pid is None:
            return
        deadline = time.monotonic() + self._patience
        while not (self._sleeps() > self._before and self._sleeping):
            if time.monotonic() > deadline:
                raise TimeoutError("the server does not come to rest")
            time.sleep(0.0002)


@dataclass(frozen=True)
class Way:
    """One way to send requests.

    Attributes:
        name: as in the results.
        title: what a table's head says.
        send: called with a `Client`, a `Kind` and the number of requests.
    """

    name: str
    title: str
    send: Callable


WAYS = [
    Way("keep_alive", "keep-alive", Client.keep_alive),
    Way("new_connection", "new connection", Client.new_connections),
]
