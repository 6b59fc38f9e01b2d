"""What happens on streams, told to callbacks.

One poller serves the whole program. Where asyncio's loop runs it is asyncio's too (see `loop`): a task that waits for a
stream and a callback cost no more together than each alone.
"""

import select

from .port import ticks_add, ticks_diff, ticks_ms


class Poller:
    """Calls back when streams are ready.

    Attributes:
        map: the callbacks, by stream.
        pending: what is to be called before the next wait, or `None`; it returns whether it is to be called again.
    """

    def __init__(self):
        self.map = {}
        self.pending = None
        self._poll = select.poll()
        # Who spoke last mostly speaks next: a full map of 200 streams would be searched for long
        self._recent = None
        self._callback = None

    def watch(self, stream, callback, events):
        """Call `callback(events)` whenever `stream` has one of `events` (`select.POLLIN`, `POLLOUT`), or an error.

        It runs outside of every task. When it raises, it is called once more, with the exception in place of events; what
        it raises then is logged.
        """
        self._recent = None
        self.map[stream] = callback
        self._poll.register(stream, events)

    def modify(self, stream, events):
        """Change the events that `stream`'s callback is called for."""
        self._poll.modify(stream, events)

    def unwatch(self, stream):
        """Forget `stream`. Call it before closing the stream."""
        self._recent = self._callback = None
        if self.map.pop(stream, None) is not None:
            self._poll.unregister(stream)

    def wait(self, timeout_ms, peek=None):
        """Call back for what happens, until there was something or `timeout_ms` milliseconds are over; -1: for ever.

        With `peek`, which returns asyncio's next task, it goes on until the time is over, as long as that task stays the
        next one. To come back here from asyncio's loop each time would cost more than a small request.
        """
        first = peek and peek()
        due = first and first.ph_key
        deadline = ticks_add(ticks_ms(), timeout_ms)
        called = True
        while called:
            called = False
            if self.pending is not None:
                if not self.pending():
                    self.pending = None
                if self.pending is not None or (peek and peek() is not first):
                    timeout_ms = 0
            for stream, events in self._poll.ipoll(timeout_ms):
                called = True
                if stream is not self._recent:
                    self._recent = stream
                    self._callback = self.map.get(stream)
                callback = self._callback
                if callback is not None:  # else: a callback before it closed this stream
                    try:
                        callback(events)
                    except BaseException as exc:
                        _failed(callback, exc)
            if first is None or peek() is not first or first.ph_key != due:
                return  # that task's time changes when a callback cancels it
            timeout_ms = ticks_diff(deadline, ticks_ms())
            if timeout_ms <= 0:
                return


def _failed(callback, exc):
    # Of asyncio's CancelledError somebody else may have to know; it is no `Exception`
    if isinstance(exc, (KeyboardInterrupt, SystemExit)):
        raise exc
    try:
        callback(exc)
    except Exception as worse:
        from .log import get

        get("poller").exception(worse, "a callback failed")


poller = Poller()
