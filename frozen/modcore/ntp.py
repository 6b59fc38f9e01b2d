"""`ntp`: sets the clock from the network, and knows the time zone.

It asks one server at a time and goes on to the next one when that fails, each time after a longer wait. While it waits it
holds no memory but its own. The one thing that holds up the loop is the name server: MicroPython's `getaddrinfo` waits for
it, on the boards up to four queries of some seconds each where nobody answers. So an address is kept as long as it serves,
and a server that is given as an address is not looked up at all.
"""

import socket
from asyncio import TimeoutError

from . import clock, log
from .module import Module
from .port import MICROPYTHON, const, ticks_diff, ticks_ms
from .timer import Timer
from .turns import wait_for_ms

_PORT = const(123)
_RETRY_S = const(4)
_WAIT_MAX_S = const(86400)

_MESSAGE_MAX = const(512)

_log = log.get("ntp")


class Ntp(Module):
    """The clock's module; `etc/ntp.json` is its configuration.

    It fires `ntp` after each answer, with a dict: `offset_ms`, by how much the clock was behind; `step`, whether it was set
    at once; `delay_ms`, the round trip; `server`. It fires `ntp.zone` with the time zone's rules as it starts, so that is after each change of them.

    Attributes:
        synchronised: whether a server has answered since the start.
    """

    schema = (
        (
            "servers",
            "list",
            None,
            None,
            "Names or addresses, each NAME or NAME:PORT; empty: do not ask",
        ),
        ("interval_s", "int", 3600, (15, 86400), "Time from one question to the next, s"),
        (
            "tz",
            "str",
            "UTC0",
            (4, 64),
            "Time zone as a POSIX TZ string: CET-1CEST,M3.5.0,M10.5.0/3",
        ),
        ("step_ms", "int", 500, (0, 1000), "What the clock is off by more than this, it steps; ms"),
        ("timeout_ms", "int", 2000, (100, 10000), "Time for an answer, ms"),
    )
    subscribe = ("wlan.connected",)
    optional = True
    synchronised = False

    def init(self):
        self._poll = _Call(self._ask)
        self._slew = _Call(self._follow)

    def config(self, values):
        self._servers = _servers(values["servers"])
        self._interval_s = values["interval_s"]
        self._step_ms = values["step_ms"]
        self._timeout_ms = values["timeout_ms"]
        self._address = None
        self._retry_s = _RETRY_S
        self._set_zone(values["tz"])

    def start(self):
        self._asking = False
        self.fire("ntp.zone", clock.zone.text)
        self.sync()

    def stop(self):
        self._poll.stop()
        self._slew.stop()

    def on_event(self, event):
        self._retry_s = _RETRY_S
        self._address = None  # another network may have other addresses for a name
        self.sync()

    def sync(self):
        """Ask now, or as soon as there is a network."""
        self._poll.start(0)

    def _ask(self):
        if self._servers and not self._asking and self._online():
            self._asking = True
            self.spawn(self._exchange(), "ntp")

    def _online(self):
        # Without a network the name server would hold up the loop; wlan.connected tells when there is one
        if "wlan" not in self.modc.modules:
            return True
        from network import WLAN

        return WLAN(WLAN.IF_STA).isconnected()

    async def _exchange(self):
        server = self._servers[0]
        wait_s = self._interval_s
        try:
            delay_ms, seconds, ms = await self._measure(server)
            self._retry_s = _RETRY_S
            self._arrived(server, delay_ms, seconds, ms)
        except Exception as exc:
            self._address = None
            wait_s = self._failed(server, exc)
        finally:
            self._asking = False
        if self._servers and self.state == "running":
            self._poll.start(wait_s * 1000)

    async def _measure(self, server):
        # The round trip in milliseconds, and what time it is now
        from os import urandom

        from .sntp import request

        if self._address is None:
            self._address = _resolve(server)
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.connect(self._address)  # so that datagrams from elsewhere do not come in
            cookie = urandom(8)
            sent = ticks_ms()
            sock.send(request(cookie))
            seconds, ms, spent, came = await self._answer(sock, cookie, sent)
        finally:
            sock.close()
        delay_ms = max(0, ticks_diff(came, sent) - spent)
        ms += delay_ms // 2 + ticks_diff(ticks_ms(), came)
        return delay_ms, seconds + ms // 1000, ms % 1000

    async def _answer(self, sock, cookie, sent):
        from .sntp import reply

        why = "no answer"
        while True:
            left_ms = self._timeout_ms - ticks_diff(ticks_ms(), sent)
            if left_ms <= 0:
                raise ValueError(why)
            try:
                message, came = await wait_for_ms(_receive(sock), left_ms)
                return reply(message, cookie) + (came,)
            except TimeoutError:
                raise ValueError(why)
            except ValueError as exc:
                why = exc  # somebody may have made it up: the true one can still come

    def _arrived(self, server, delay_ms, seconds, ms):
        offset_ms, step = clock.correct(seconds, ms, self._step_ms)
        self.synchronised = True
        self._follow()
        if step:
            _log.info("clock set by %s, it was off by %d ms", server, offset_ms)
        self.fire(
            "ntp",
            {"offset_ms": offset_ms, "step": step, "delay_ms": delay_ms, "server": server},
        )

    def _failed(self, server, exc):
        # In how many seconds to try again, with the next server
        from .sntp import Kiss

        self._servers.append(self._servers.pop(0))
        if isinstance(exc, Kiss):
            code = exc.args[0]
            if code in ("DENY", "RSTR"):
                self._servers.remove(server)
                _log.error("%s refuses to serve (%s); it is not asked again", server, code)
            else:
                _log.warning("%s asks for fewer questions (%s)", server, code)
                self._retry_s = max(self._retry_s, self._interval_s)
        else:
            _log.warning("%s: %s", server, exc)
        wait_s = self._retry_s
        # Past the usual interval only where a server has asked for it
        self._retry_s = min(wait_s * 2, _WAIT_MAX_S if isinstance(exc, Kiss) else self._interval_s)
        return wait_s

    def _follow(self):
        again_ms = clock.follow()
        if again_ms is not None:
            self._slew.start(again_ms)

    def _set_zone(self, text):
        from .tz import TZ

        try:
            clock.zone = TZ(text)
        except ValueError as exc:
            if clock.zone is None:
                clock.zone = TZ()
            _log.error("ntp.json: tz: %s; keeping %s", exc, clock.zone.text)


class _Call(Timer):
    def __init__(self, ring):
        self.ring = ring


def _servers(names):
    good = [name for name in names if type(name) is str and 0 < len(name) <= 128]
    if len(good) != len(names):
        _log.error("ntp.json: servers: expected names, found %r; the others are asked", names)
    return good


def _resolve(server):
    host, *port = server.split(":", 1)
    port = int(port[0]) if port else _PORT
    return socket.getaddrinfo(host, port, 0, socket.SOCK_DGRAM)[0][-1]


if MICROPYTHON:
    from asyncio import core

    def _receive(sock):
        # A datagram, and when it came
        yield core._io_queue.queue_read(sock)
        return sock.recv(_MESSAGE_MAX), ticks_ms()

else:
    from asyncio import get_running_loop

    async def _receive(sock):
        return await get_running_loop().sock_recv(sock, _MESSAGE_MAX), ticks_ms()
