"""asyncio's tasks that wait for streams, on the poller."""

import select
from asyncio import core

from .poller import poller

_POLLIN = select.POLLIN
_POLLOUT = select.POLLOUT

_waiting = []


class _Tasks:
    """The tasks that wait for one stream."""

    def __init__(self, stream):
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
            _forget(self)
        else:
            self.watch()


def enqueue(queue, stream, side, task):
    """Let `task` wait until it can read `stream` (`side` 0) or write it (1); `queue` is asyncio's."""
    for tasks in _waiting:
        if tasks.stream is stream:
            break
    else:
        tasks = _Tasks(stream)
        _waiting.append(tasks)
        poller.watch(stream, tasks.ready, 0)
    tasks.sides[side] = task
    tasks.watch()
    task.data = queue  # so that a cancelled task can be removed


def remove(task):
    """Let `task`, which is cancelled, wait no longer."""
    for tasks in _waiting:
        if task in tasks.sides:
            # Both sides go: asyncio's own queue does the same, and a stream is one task's
            _forget(tasks)
            return


def take_over(queue, before):
    """Let the tasks of asyncio's queue `before` wait in `queue`."""
    while _waiting:
        _forget(_waiting[-1])  # those are tasks of a loop that is gone
    for *tasks, stream in before.map.values():
        for side, task in enumerate(tasks):
            if task is not None:
                enqueue(queue, stream, side, task)


def _forget(tasks):
    _waiting.remove(tasks)
    poller.unwatch(tasks.stream)
