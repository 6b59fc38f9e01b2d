"""From interrupt handlers to events, without an allocation on the way."""

import select

from .poller import poller
from .port import const

try:
    from micropython import RingIO
except ImportError:  # CPython, which has no interrupts
    RingIO = None

_COUNT_MASK = const(0xFFFF)


class Interrupt:
    """Lets the loop hear of interrupts of a pin or timer, hard or soft.

    It has a stream of one byte, which `poll` sees whenever it looks at its streams, also right after an interrupt woke the
    chip.

    Args:
        handler: called on the loop, soon, with the number of interrupts since the last time, 1 to 65535.

    Attributes:
        ring: what to give to `irq`.
    """

    def __init__(self, handler):
        self._handler = handler
        self._count = 0  # written in interrupts alone, as `_seen` is on the loop
        self._seen = 0
        self._bell = RingIO(1)
        # Made here: in an interrupt a bound method could not be allocated
        self.ring = self._ring
        poller.watch(self._bell, self._answer, select.POLLIN)

    def _ring(self, source):
        self._count = (self._count + 1) & _COUNT_MASK
        self._bell.write(b"\0")  # a full one takes no more, and says nothing

    def _answer(self, events):
        if isinstance(events, Exception):
            raise events
        self._bell.read(1)  # before the count: an interrupt after that rings again
        count = (self._count - self._seen) & _COUNT_MASK
        if count:
            self._seen = (self._seen + count) & _COUNT_MASK
            self._handler(count)

    def close(self):
        """The loop hears no more of it."""
        poller.unwatch(self._bell)
