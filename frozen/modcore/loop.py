"""asyncio's poller, extended by callbacks.

asyncio wakes a task for each readable socket; switching to it costs more than answering a small
request. `watch` registers a callback instead, which the loop's own `poll` calls straight away. Tasks
wait for streams as they always did.
"""

import select
from asyncio import core

from . import log

_POLLIN = select.POLLIN
_POLLOUT = select.POLLOUT

_log = log.get("loop")


class Poller:
    """Takes the place of asyncio's `IOQueue`, with the same four methods for tasks.

    `map` holds, by `id(stream)`, either a callback or a list `[reader, writer, stream]` of tasks.
    """

    def __init__(self):
        self.poller = select.poll()
        self.map = {}

    def watch(self, stream, callback, events):
        """Call `callback(events)` whenever `stream` has one of `events` (`select.POLLIN`, `POLLOUT`), or an error.

        It runs outside of every task. An exception that leaves it is logged.
        """
        self.map[id(stream)] = callback
        self.poller.register(stream, events)

    def modify(self, stream, events):
        """Change the events that `stream`'s callback is called for."""
        self.poller.modify(stream, events)

    def unwatch(self, stream):
        """Forget `stream`. Call it before closing the stream."""
        if self.map.pop(id(stream), None) is not None:
            self.poller.unregister(stream)

    def queue_read(self, stream):
        self._enqueue(stream, 0)

    def queue_write(self, stream):
        self._enqueue(stream, 1)

    def _enqueue(self, stream, side):
        entry = self.map.get(id(stream))
        if entry is None:
            entry = self.map[id(stream)] = [None, None, stream]
            self.poller.register(stream, _POLLOUT if side else _POLLIN)
        else:
            self.poller.modify(stream, _POLLIN | _POLLOUT)
        entry[side] = core.cur_task
        core.cur_task.data = self  # so that a cancelled task can be removed

    def remove(self, task):
        for entry in self.map.values():
            if type(entry) is list and task in entry:
                # Both sides go: asyncio's own queue does the same, and a stream is one task's
                del self.map[id(entry[2])]
                self.poller.unregister(entry[2])
                return

    def wait_io_event(self, timeout_ms):
        for stream, events in self.poller.ipoll(timeout_ms):
            entry = self.map.get(id(stream))
            if type(entry) is not list:
                if entry is not None:  # else: a callback before it closed this stream
                    # The task that ran last is not running now; it may be cancelled like any other
                    core.cur_task = None
                    try:
                        entry(events)
                    except Exception as exc:
                        _log.exception(exc, "a callback failed")
                continue
            reader, writer, _ = entry
            if reader is not None and events & ~_POLLOUT:
                core._task_queue.push(reader)
                reader = entry[0] = None
            if writer is not None and events & ~_POLLIN:
                core._task_queue.push(writer)
                writer = entry[1] = None
            if reader is None and writer is None:
                del self.map[id(stream)]
                self.poller.unregister(stream)
            else:
                self.poller.modify(stream, _POLLIN if writer is None else _POLLOUT)


def install():
    """Make asyncio's loop use a `Poller`, once, before anything waits for a stream. Returns it."""
    if not isinstance(core._io_queue, Poller):
        core._io_queue = Poller()
    return core._io_queue
