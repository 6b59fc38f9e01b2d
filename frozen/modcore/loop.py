"""asyncio's loop on the poller that callbacks use.

asyncio wakes a task for each readable socket; switching to it costs more than answering a small request. Callbacks are
called straight from the loop's own wait instead, and tasks wait for streams as they always did.
"""

import select
from asyncio import core

from .poller import poller

_POLLIN = select.POLLIN
_POLLOUT = select.POLLOUT


class Queue:
    """Takes the place of asyncio's `IOQueue`, with the same four methods."""

    def __init__(self):
        self.map = poller.map  # asyncio looks whether it is empty
        self._waiting = []

    def queue_read(self, stream):
        self.enqueue(stream, 0, core.cur_task)

    def queue_write(self, stream):
        self.enqueue(stream, 1, core.cur_task)

    def enqueue(self, stream, side, task):
        """Let `task` wait until it can read `stream` (`side` 0) or write it (1)."""
        for tasks in self._waiting:
            if tasks.stream is stream:
                break
        else:
            tasks = _Tasks(self, stream)
            self._waiting.append(tasks)
            poller.watch(stream, tasks.ready, 0)
        tasks.sides[side] = task
        tasks.watch()
        task.data = self  # so that a cancelled task can be removed

    def remove(self, task):
        for tasks in self._waiting:
            if task in tasks.sides:
                # Both sides go: asyncio's own queue does the same, and a stream is one task's
                self.forget(tasks)
                return

    def forget(self, tasks):
        self._waiting.remove(tasks)
        poller.unwatch(tasks.stream)

    def clear(self):
        while self._waiting:
            self.forget(self._waiting[-1])

    def wait_io_event(self, timeout_ms):
        # The task that ran last is not running now; it may be cancelled like any other
        core.cur_task = None
        # As long as the same task is the next one there is nothing for the loop to do
        peek = core._task_queue.peek
        poller.wait(timeout_ms, peek)
        # It takes a task to wake the loop from a wait for ever; a callback need not bring one
        while timeout_ms < 0 and self.map and not peek():
            poller.wait(timeout_ms)


class _Tasks:
    """The tasks that wait for one stream."""

    def __init__(self, queue, stream):
        self._queue = queue
        self.stream = stream
        self.sides = [None, None]  # the one that reads, and the one that writes

    def watch(self):
        reader, writer = self.sides
        poller.modify(self.stream, (_POLLIN if reader else 0) | (_POLLOUT if writer else 0))

    def ready(self, events):
        if isinstance(events, Exception):
            raise events
        reader, writer = self.sides
        if reader is not None and events & ~_POLLOUT:
            core._task_queue.push(reader)
            self.sides[0] = None
        if writer is not None and events & ~_POLLIN:
            core._task_queue.push(writer)
            self.sides[1] = None
        if self.sides[0] is None and self.sides[1] is None:
            self._queue.forget(self)
        else:
            self.watch()


_queue = Queue()


def install():
    """Make asyncio's loop use the poller, from now on, or again after `asyncio.new_event_loop()`.

    Tasks that wait for streams already are taken over.
    """
    before = core._io_queue
    if before is _queue:
        return
    _queue.clear()  # those are tasks of a loop that is gone
    core._io_queue = _queue
    for *tasks, stream in before.map.values():
        for side, task in enumerate(tasks):
            if task is not None:
                _queue.enqueue(stream, side, task)
