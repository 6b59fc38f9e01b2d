"""`ntp`: sets the clock from the network, and knows the time zone.

It asks one server at a time and goes on to the next one when that fails, each time after a longer wait. Between two
questions there is nothing but what it needs to know: `modcore.question` comes for one, `modcore.discipline` for each
correction of the clock.
"""

from . import clock
from .borrow import borrow
from .module import Module
from .timer import Timer


class Ntp(Module):
    """The clock's module; `etc/ntp.json` is its configuration.

    It fires `ntp` after each answer, with a dict: `offset_ms`, by how much the clock was behind; `step`, whether it was set
    at once; `delay_ms`, the round trip; `server`. It fires `ntp.zone` with the time zone's rules as it starts, so that is after each change of them.

    Attributes:
        synchronised: whether a server has answered since the start.
        servers: those to ask, the next one first.
        address: where that is, if it is known.
        retry_s: how long to wait when it fails the next time; 0: it did not fail.
        question: the `modcore.question.Question` that is under way, or `None`.
        interval_s, step_ms, timeout_ms: as configured.
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
    question = address = None
    retry_s = 0

    def init(self):
        self._poll = Timer()
        self._poll.ring = self._ask
        self._slew = Timer()
        self._slew.ring = self.follow

    def config(self, values):
        borrow("ntp_config", "apply", self, values)

    def start(self):
        self.fire("ntp.zone", clock.zone)
        self.sync()

    def stop(self):
        self._poll.stop()
        self._slew.stop()
        if self.question is not None:
            self.question.close()

    def on_event(self, event):
        self.retry_s = 0
        self.address = None  # another network may have other addresses for a name
        self.sync()

    def sync(self, wait_s=0):
        """Ask in `wait_s` seconds, or then as soon as there is a network."""
        self._poll.start(wait_s * 1000)

    def _ask(self):
        if self.question is None:
            try:
                borrow("question", "ask", self)
            except MemoryError:
                self.sync(15)  # there may be room again

    def follow(self):
        """Move the clock a little towards what the servers say, now and again later."""
        try:
            again_ms = borrow("discipline", "follow")
        except MemoryError:
            again_ms = 15000
        if again_ms is not None:
            self._slew.start(again_ms)
