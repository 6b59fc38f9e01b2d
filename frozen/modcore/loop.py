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

    `map` holds, by stream, what is called with its events.
    """

    def __init__(self):
        self.poller = select.poll()
        self.map = {}
        self._tasks = []  # the `_Tasks` among what is called

    def watch(self, stream, callback, events):
        """Call `callback(events)` whenever `stream` has one of `events` (`select.POLLIN`, `POLLOUT`), or an error.

        It runs outside of every task. An exception that leaves it is logged.
        """
        self.map[stream] = callback
        self.poller.register(stream, events)

    def modify(self, stream, events):
        """Change the events that `stream`'s callback is called for."""
        self.poller.modify(stream, events)

    def unwatch(self, stream):
        """Forget `stream`. Call it before closing the stream."""
        if self.map.pop(stream, None) is not None:
            self.poller.unregister(stream)

    def queue_read(self, stream):
        self._enqueue(stream, 0)

    def queue_write(self, stream):
        self._enqueue(stream, 1)

    def _enqueue(self, stream, side):
        for tasks in self._tasks:
            if tasks.stream is stream:
                break
        else:
            tasks = _Tasks(self, stream)
            self._tasks.append(tasks)
            self.watch(stream, tasks.ready, 0)
        tasks.waiting[side] = core.cur_task
        tasks.wait()
        core.cur_task.data = self  # so that a cancelled task can be removed

    def remove(self, task):
        for tasks in self._tasks:
            if task in tasks.waiting:
                # Both sides go: asyncio's own queue does the same, and a stream is one task's
                self.forget(tasks)
                return

    def forget(self, tasks):
        self._tasks.remove(tasks)
        self.unwatch(tasks.stream)

    def wait_io_event(self, timeout_ms):
        # As long as no task is due it goes on to wait, rather than have the loop find that out each time
        queue = core._task_queue
        first = queue.peek()
        # The task that ran last is not running now; it may be cancelled like any other
        core.cur_task = None
        called = True
        while called:
            called = False
            for stream, events in self.poller.ipoll(timeout_ms):
                called = True
                callback = self.map.get(stream)
                if callback is not None:  # else: a callback before it closed this stream
                    try:
                        callback(events)
                    except Exception as exc:
                        _log.exception(exc, "a callback failed")
            if first is None or queue.peek() is not first:
                return
            timeout_ms = core.ticks_diff(first.ph_key, core.ticks())
            if timeout_ms <= 0:
                return


class _Tasks:
    """The tasks that wait for one stream."""

    def __init__(self, poller, stream):
        self._poller = poller
        self.stream = stream
        self.waiting = [None, None]  # the one that reads, and the one that writes

    def wait(self):
        reader, writer = self.waiting
        self._poller.modify(self.stream, ((reader and _POLLIN) or 0) | ((writer and _POLLOUT) or 0))

    def ready(self, events):
        reader, writer = self.waiting
        if reader is not None and events & ~_POLLOUT:
            core._task_queue.push(reader)
            self.waiting[0] = None
        if writer is not None and events & ~_POLLIN:
            core._task_queue.push(writer)
            self.waiting[1] = None
        if self.waiting[0] is None and self.waiting[1] is None:
            self._poller.forget(self)
        else:
            self.wait()


def install():
    """Make asyncio's loop use a `Poller`, once, before anything waits for a stream. Returns it."""
    if not isinstance(core._io_queue, Poller):
        core._io_queue = Poller()
    return core._io_queue
