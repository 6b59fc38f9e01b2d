"""Talks to a server by a raw socket, and has a judge read what comes."""

import contextlib
import socket

import judge
from case import CLOSES, GOES_ON, SENTINEL

PATIENCE = 30


def connect(server):
    """A TCP connection."""
    sock = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Talk:
    """One connection: what came, and the answers in it.

    Args:
        methods: of the requests, as far as they are not GET.
    """

    def __init__(self, server, methods=()):
        self.sock = connect(server)
        self.methods = methods
        self.data = b""
        self.closed = False

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.sock.close()

    def send(self, data):
        """Send `data`. A server that has closed meanwhile is no error: what it said before is looked at."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.sock.sendall(data)

    def answers(self, count):
        """Wait for `count` answers in all; those that came, fewer when the server closed before."""
        while True:
            answers, _ = judge.read(self.data, self.methods, self.closed)
            if self.closed or len(answers) >= count:
                return answers
            self._receive()

    def finish(self):
        """Say that nothing more is sent, and wait until the server closes; all answers."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
        while not self.closed:
            self._receive()
        answers, rest = judge.read(self.data, self.methods, True)
        assert not rest, f"behind the answers came {rest!r}"
        return answers

    def _receive(self):
        data = self.sock.recv(65536)
        self.data += data
        self.closed = not data


def check(server, case):
    """Send a case's bytes, and compare what comes with what has to."""
    where = f"RFC {case.section}: {case.what}"
    with Talk(server, case.methods) as talk:
        talk.send(case.data + SENTINEL if case.sentinel else case.data)
        wanted = list(case.answers)
        if case.then == GOES_ON and case.sentinel:
            wanted.append(200)
        try:
            answers = talk.answers(len(wanted))
            assert not talk.closed or case.then == CLOSES, f"{where}: closed after {answers}"
            answers = talk.finish()
        except (TimeoutError, ConnectionResetError) as exc:
            raise AssertionError(f"{where}: {exc!r} after {talk.data!r}") from exc
    got = [answer.status for answer in answers]
    assert got == wanted, f"{where}: {got} instead of {wanted}: {answers}"
    if case.then == GOES_ON and case.sentinel:
        assert answers[-1].body == b"last", f"{where}: out of step: {answers}"
    first = answers[0]
    assert first.interim == case.interim, f"{where}: {first.interim}"
    if case.body is not None:
        assert first.body == case.body, f"{where}: {first.body!r} instead of {case.body!r}"
    for name, value in case.fields.items():
        assert first.fields.get(name) == value, f"{where}: {name}: {first.fields.get(name)!r}"
