"""Giving way and waiting under asyncio: what differs between MicroPython's and CPython's."""

import asyncio

from .port import MICROPYTHON

if MICROPYTHON:
    from asyncio import core

    from .port import ticks_add, ticks_ms

    _NOT_QUEUED = object()
    _apart = core.TaskQueue()

    sleep_ms = asyncio.sleep_ms

    def begin(task):
        # Whatever puts a task to sleep or lets it wait pushes it on a queue, and that clears `data`
        task.data = _NOT_QUEUED

    def pause(task, value):
        if task.data is _NOT_QUEUED:
            core._task_queue.push(task, ticks_add(ticks_ms(), value or 0))

    def end(task):
        # A queue leaves in a task the one that was last behind it. So each of many that overlap would keep the next one,
        # long after their ends, if but one task waits that was ahead of the first. Put behind itself it keeps nobody.
        _apart.push(task)
        _apart.push(task)
        _apart.pop()
        _apart.pop()

    class Waiters:
        """Tasks that wait for one moment: an `asyncio.Event` that knows no state."""

        def __init__(self):
            self._queue = core.TaskQueue()

        def wait(self):
            """Wait for the next `wake`; to be awaited."""
            task = core.cur_task
            end(task)  # this stretch of it: now it may wait for ever
            self._queue.push(task)
            task.data = self._queue  # so that a cancelled task can be removed
            yield

        def wake(self):
            """Let all that wait go on."""
            while self._queue.peek():
                core._task_queue.push(self._queue.pop())

else:
    from .cpython import Waiters, begin, end, pause, run, sleep_ms  # noqa: F401


def wait_for_ms(awaitable, ms):
    """What `awaitable` returns, if it does so within `ms` milliseconds.

    Raises:
        TimeoutError: it did not; it is cancelled.
    """
    if MICROPYTHON:
        return asyncio.wait_for_ms(awaitable, ms)
    return asyncio.wait_for(awaitable, ms / 1000)
