"""From interrupt handlers to events, without an allocation on the way."""

import io
import select

from .poller import poller
from .port import const

_POLL = const(3)  # MP_STREAM_POLL, which `poll` asks a stream with
_COUNT_MASK = const(0xFFFF)


class Interrupt(io.IOBase):
    """Lets the loop hear of interrupts of a pin or timer, hard or soft.

    It is a stream that can be read when it was rung: `poll` asks it whenever it looks at its streams, also right after an
    interrupt woke the chip.

    Args:
        handler: called on the loop, soon, with the number of interrupts since the last time, 1 to 65535.

    Attributes:
        ring: what to give to `irq`.
    """

    def __init__(self, handler):
        self._handler = handler
        self._count = 0  # written in interrupts alone, as `_seen` is on the loop
        self._seen = 0
        # Made here: in an interrupt a bound method could not be allocated
        self.ring = self._ring
        poller.watch(self, self._answer, select.POLLIN)

    def _ring(self, source):
        self._count = (self._count + 1) & _COUNT_MASK

    def ioctl(self, request, argument):
        """What `poll` calls."""
        return select.POLLIN if request == _POLL and self._count != self._seen else 0

    def _answer(self, events):
        if isinstance(events, Exception):
            raise events
        count = (self._count - self._seen) & _COUNT_MASK
        self._seen = (self._seen + count) & _COUNT_MASK
        self._handler(count)

    def close(self):
        """The loop hears no more of it."""
        poller.unwatch(self)
