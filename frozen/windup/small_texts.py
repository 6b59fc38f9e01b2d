"""The short way of a WebSocket's small texts.

Most messages are small texts that arrive whole and alone, at a handler that waits for one, and many are answered at once.
They go past what `exchange`, `frames` and `drive` do step by step, and an answer goes to the socket from the buffer that was
read to. The way is open while nothing that came before waits for its end, and nothing waits to go.
"""

from modcore.log import get
from modcore.port import MICROPYTHON, const

from . import tok
from .drive import Driven, core
from .frames import Frames

_SMALL_MAX = const(125)  # bytes of what `tok` calls a small text

# Of `drive`, which tells what they mean
_NOT_OURS = const(-1)
_TAKEN = const(-2)
_FREE = const(0)

_log = get("windup")
_take_text = tok.take_text


class SmallTexts(Frames, Driven):
    """Frames for a handler, and the short way.

    `_said` tells whether it is over, `tell_wrong()` tells the client what it did wrong, and `on_message_failed()` ends it;
    they are for whoever derives from this.
    """

    on_message = None
    _open = None  # whether the way is; `None`: there is none
    _wrong = None  # how the client broke a rule, until it is told

    def prepare_way(self):
        """Find out whether there can be one, now that there is a connection."""
        transport = self.exchange.connection.transport
        if MICROPYTHON and self._message_max >= _SMALL_MAX:
            self._open = False if getattr(transport, "answers_at_once", False) else None

    def received(self, count):
        """What the exchange's `received` is while that way is open: the length of an answer, which stands in the buffer
        that was read to, or `True`."""
        if self.parked:
            message = _take_text(self._buffer, count)
            if message is not None:
                self.quiet = 0
                self.turn = _FREE
                before = core.cur_task
                core.cur_task = self.task
                # What it raises comes back by `failed`: a `try` here would put its frame on the heap
                if self.work.send(message) is None:
                    self.parked = False
                core.cur_task = before
                count = self.turn
                self.turn = _NOT_OURS
                return count if count > 0 else True
        self.buffer_updated(count)
        return True

    def failed(self, exc):
        """`received` has raised `exc`: its handler has ended."""
        if self.turn == _NOT_OURS:
            raise exc
        core.cur_task = None
        self.handler_raised(exc)
        self.turn = _NOT_OURS

    def unsent(self, start, end):
        """Of the answer that `received` returned only `start` bytes of `end` went."""
        self.post(bytes(self._buffer[start:end]))
        self.close_way()

    def open_way(self):
        """Open it if nothing is in the way; else close it."""
        exchange = self.exchange
        if exchange is not None and self._open is not None:
            if self._end or self._left or self._blocked or self._opcode or exchange.out is not None:
                self.close_way()
            elif not self._open and exchange.used == exchange.end:
                self._open = True
                exchange.room = self._buffer
                exchange.received = self.received

    def close_way(self):
        """What comes next goes step by step."""
        if self._open:
            self._open = False
            self.exchange.room = None
            del self.exchange.received

    # All the others

    def buffer_updated(self, count):
        Frames.buffer_updated(self, count)
        self._hand_over()
        self.open_way()

    # What has come; not from within `frames`, for a chip's stack is short
    def _hand_over(self):
        while True:
            if self._wrong:
                self.tell_wrong()
            message = self.ready
            if message is None:
                if not self._blocked:
                    break
                self.taken()
            elif self.on_message is not None:
                self.ready = None
                self._call(message)
            else:
                self.resume()
                if self.ready is message:
                    return
        if self._said:
            self.resume()

    def _call(self, message):
        self.turn = _TAKEN
        try:
            self.on_message(message)
        except Exception as exc:
            _log.exception(exc, "a message was not worked on")
            self.on_message_failed()
        self.turn = _NOT_OURS
