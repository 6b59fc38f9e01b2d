"""WebREPL: the console over the network, for MicroPython's own web page and command line.

It is off as long as no password is set. Whoever is logged in is joined to the console by `os.dupterm`: both see the
same, both may type. One client at a time. After a wrong password the next try has to wait: 1 s, 2 s, up to 60 s.
What understands the protocol (`modcore.webrepl_session`) is imported when the first client comes.
"""

import select
import socket

from . import log
from .module import Module
from .poller import poller
from .port import const, ticks_add, ticks_diff, ticks_ms

_LOGIN_MS = const(30000)
_PENALTY_MAX = const(60)  # s
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"

_log = log.get("webrepl")


class WebRepl(Module):
    """Listens for WebREPL; `schema` is `etc/webrepl.json`."""

    depends = ("repl",)
    schema = (
        ("password", "secret", "", (0, 64), "At least 4 characters; without one WebREPL is off"),
        ("port", "int", 8266, (1, 65535), "TCP port"),
    )

    def config(self, values):
        password = values["password"].encode()
        if 0 < len(password) < 4:
            raise ValueError("etc/webrepl.json: password: expected at least 4 characters")
        self._password = password
        self._port = values["port"]

    def start(self):
        self._listener = self._session = None
        self._failures = 0
        self._next_try = ticks_ms()
        if not self._password:
            return
        self._listener = self.guard(socket.socket())
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("0.0.0.0", self._port))
        self._listener.listen(1)
        self._listener.setblocking(False)
        poller.watch(self._listener, self._accept, select.POLLIN)
        _log.info("listens on port %d", self._port)

    def stop(self):
        if self._listener:
            poller.unwatch(self._listener)
        if self._session:
            self._session.close()

    def _accept(self, events):
        if isinstance(events, Exception):
            raise events
        sock, peer = self._listener.accept()
        sock.setblocking(False)
        if self._session:
            sock.write(_BUSY)
            sock.close()
            _log.warning("%s was sent away: somebody is connected", peer[0])
            return
        from .webrepl_session import Session

        self._session = Session(self, sock, peer[0])
        self.spawn(self._watch(self._session))

    async def _watch(self, session):
        # The session is driven by its socket; this is for what time alone brings about
        from .fiber import sleep_ms

        wait = ticks_diff(self._next_try, ticks_ms())
        if wait > 0:
            await sleep_ms(wait)
        session.ask()
        left = _LOGIN_MS
        while left > 0 and not session.closed and not session.logged_in:
            await sleep_ms(1000)
            left -= 1000
        if not session.closed and not session.logged_in:
            _log.warning("%s did not log in", session.peer)
            session.close()

    # For the session

    def type(self, byte):
        """Hand `byte`, an `int`, to the console's prompt."""
        self.modc.modules["repl"].feed(byte)

    def allows(self, password):
        """Whether `password` is right, `bytes`; it takes as long whatever is wrong in it."""
        wrong = len(password) ^ len(self._password)
        for i in range(len(password)):
            wrong |= password[i] ^ self._password[i % len(self._password)]
        if wrong:
            delay = min(1 << min(self._failures, 6), _PENALTY_MAX)
            self._failures += 1
            self._next_try = ticks_add(ticks_ms(), delay * 1000)
            _log.warning(
                "wrong password from %s; the next try has to wait %d s", self._session.peer, delay
            )
            return False
        self._failures = 0
        _log.info("%s logged in", self._session.peer)
        return True

    def ended(self, session):
        """`session` is closed."""
        _log.info("%s is gone", session.peer)
        if self._session is session:
            self._session = None
