"""One question of `ntp` to a time server, from the look at the network to what follows from the answer.

The one thing that holds up the loop is the name server: MicroPython's `getaddrinfo` waits for it, on the boards up to four
queries of some seconds each where nobody answers. So an address is kept as long as it serves, and a server that is given as
an address is not looked up at all.
"""

import select
import socket
from os import urandom

from .borrow import borrow
from .events import running
from .log import get
from .poller import poller
from .port import const, ticks_diff, ticks_ms
from .timer import Timer

_PORT = const(123)
_RETRY_S = const(4)
_WAIT_MAX_S = const(86400)
_MESSAGE_MAX = const(512)


def ask(ntp):
    """Ask the next server of `ntp`, if there is one, and a network."""
    if not ntp.servers or not online(ntp.modc):
        return
    running.enter(ntp)
    try:
        if ntp.address is None:
            ntp.address = resolve(ntp.servers[0])
        ntp.question = Question(ntp)
    except Exception as exc:
        failed(ntp, exc)
    finally:
        running.leave(ntp.account)


def online(modc):
    """Whether there may be a network. Without one the name server would hold up the loop; `wlan.connected` tells when it is there."""
    if "wlan" not in modc.modules:
        return True
    from network import WLAN

    return WLAN(WLAN.IF_STA).isconnected()


def resolve(server):
    """The address of `server`, a NAME or NAME:PORT."""
    host, *port = server.split(":", 1)
    port = int(port[0]) if port else _PORT
    return socket.getaddrinfo(host, port, 0, socket.SOCK_DGRAM)[0][-1]


class Question(Timer):
    """Sends a request to the address of `ntp` and takes the answer, which moves the clock.

    Raises:
        OSError: it cannot be sent.
    """

    def __init__(self, ntp):
        self._ntp = ntp
        self._why = "no answer"
        self._cookie = urandom(8)
        self._sock = sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.connect(ntp.address)  # so that datagrams from elsewhere do not come in
            poller.watch(sock, self._heard, select.POLLIN)
            self._sent = ticks_ms()
            sock.send(borrow("sntp", "request", self._cookie))
        except Exception:
            self.close()
            raise
        self.start(ntp.timeout_ms)

    def ring(self):
        self._fail(ValueError(self._why))

    def _heard(self, events):
        if isinstance(events, Exception):
            self._fail(events)
            return
        came = ticks_ms()
        message = self._sock.recv(_MESSAGE_MAX)
        try:
            seconds, ms, spent = borrow("sntp", "reply", message, self._cookie)
        except ValueError as exc:
            self._why = exc  # somebody may have made it up: the true one can still come
            return
        self.close()
        delay_ms = max(0, ticks_diff(came, self._sent) - spent)
        ms += delay_ms // 2 + ticks_diff(ticks_ms(), came)
        answered(self._ntp, delay_ms, seconds + ms // 1000, ms % 1000)

    def _fail(self, exc):
        self.close()
        failed(self._ntp, exc)

    def close(self):
        """Ask no more."""
        self.stop()
        poller.unwatch(self._sock)
        self._sock.close()
        self._ntp.question = None


def answered(ntp, delay_ms, seconds, ms):
    """Correct the clock: the server says that it is `seconds` and `ms`, after a round trip of `delay_ms`."""
    server = ntp.servers[0]
    offset_ms, step = borrow("discipline", "correct", seconds, ms, ntp.step_ms)
    ntp.synchronised = True
    ntp.retry_s = 0
    ntp.follow()
    if step:
        get("ntp").info("clock set by %s, it was off by %d ms", server, offset_ms)
    ntp.fire(
        "ntp",
        {"offset_ms": offset_ms, "step": step, "delay_ms": delay_ms, "server": server},
    )
    ntp.sync(ntp.interval_s)


def failed(ntp, exc):
    """Ask the next server later: the first one has no answer because of `exc`."""
    log = get("ntp")
    server = ntp.servers.pop(0)
    retry_s = ntp.retry_s or _RETRY_S
    longest_s = ntp.interval_s
    code = getattr(exc, "code", None)  # of a sntp.Kiss, whose class was there for one call
    if code in ("DENY", "RSTR"):
        log.error("%s refuses to serve (%s); it is not asked again", server, code)
    else:
        ntp.servers.append(server)
        if code:
            log.warning("%s asks for fewer questions (%s)", server, code)
            retry_s = max(retry_s, ntp.interval_s)
        else:
            log.warning("%s: %s", server, exc)
    if code:
        longest_s = _WAIT_MAX_S  # past the usual interval only where a server has asked for it
    ntp.address = None
    ntp.retry_s = min(retry_s * 2, longest_s)
    if ntp.servers:
        ntp.sync(retry_s)
