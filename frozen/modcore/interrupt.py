"""From interrupt handlers to events, without an allocation on the way."""

import io
import select

from .poller import poller
from .port import const

_POLL = const(3)  # MP_STREAM_POLL, which `poll` asks a stream with
_COUNT_MASK = const(0xFFFF)


class _Bell(io.IOBase):
    # `poll` asks it whenever it looks at its streams, also right after an interrupt woke the chip

    def __init__(self):
        self.rung = False
        self.interrupts = ()

    def ioctl(self, request, argument):
        return select.POLLIN if request == _POLL and self.rung else 0

    def answer(self, events):
        if isinstance(events, Exception):
            raise events
        self.rung = False
        for interrupt in self.interrupts:
            count = (interrupt.count - interrupt.seen) & _COUNT_MASK
            if count:
                interrupt.seen = (interrupt.seen + count) & _COUNT_MASK
                interrupt.handler(count)


_bell = _Bell()


class Interrupt:
    """Lets the loop hear of interrupts of a pin or timer, hard or soft.

    Args:
        handler: called on the loop, soon, with the number of interrupts since the last time, 1 to 65535.

    Attributes:
        ring: what to give to `irq`.
    """

    def __init__(self, handler):
        self.handler = handler
        self.count = 0  # written in interrupts alone, as `seen` is on the loop
        self.seen = 0
        if not _bell.interrupts:
            poller.watch(_bell, _bell.answer, select.POLLIN)
        _bell.interrupts += (self,)
        # Made here: in an interrupt a bound method could not be allocated
        self.ring = self._ring

    def _ring(self, source):
        self.count = (self.count + 1) & _COUNT_MASK
        _bell.rung = True

    def close(self):
        """The loop hears no more of it."""
        _bell.interrupts = tuple([other for other in _bell.interrupts if other is not self])
        if not _bell.interrupts:
            poller.unwatch(_bell)
