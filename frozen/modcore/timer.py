"""Timers: one task wakes for all of them, when the first is due.

They run on `ticks_ms`, which no change of the clock touches.
"""

import asyncio

from .port import ticks_add, ticks_diff, ticks_ms

_queue = []  # by time, the first one first
_task = None
_polling = False


class Timer:
    """Something to be done later: `ring()`, which a subclass has. What that raises is logged."""

    _due = 0  # ticks_ms()

    def start(self, ms, since=None):
        """Ring once, in place of when it was going to.

        Args:
            ms: milliseconds until then, 0 to 2**28.
            since: the `ticks_ms()` to count from; default: now.
        """
        if self in _queue:
            _queue.remove(self)
        self._due = due = ticks_add(ticks_ms() if since is None else since, ms)
        place = 0
        while place < len(_queue) and ticks_diff(due, _queue[place]._due) >= 0:
            place += 1
        _queue.insert(place, self)
        if place == 0:
            _wake()

    def stop(self):
        """Do not ring."""
        if self in _queue:
            _queue.remove(self)
            if not _queue:
                _wake()

    def left_ms(self):
        """Milliseconds until it rings; `None` when it does not."""
        return ticks_diff(self._due, ticks_ms()) if self in _queue else None


def poll():
    """Let the timer ring that is due, if there is one; milliseconds until the next is due, `None` without any."""
    global _polling
    if _queue and ticks_diff(ticks_ms(), _queue[0]._due) >= 0:
        timer = _queue.pop(0)
        _polling = True
        try:
            timer.ring()
        except Exception as exc:
            from .log import get

            get("timer").exception(exc, "a timer failed")
        finally:
            _polling = False
    return max(0, ticks_diff(_queue[0]._due, ticks_ms())) if _queue else None


async def _run():
    global _task
    from .turns import sleep_ms

    task = asyncio.current_task()
    try:
        while True:
            wait = poll()
            if wait is None:
                break
            await sleep_ms(wait)
    finally:
        if _task is task:
            _task = None


def _wake():
    # The task sleeps until the timer that was the first one
    global _task
    if _polling:
        return  # it is about to look
    if _task is not None:
        if hasattr(asyncio, "core"):  # MicroPython's
            # A new task in its place would be linked to it by what the queue leaves in both: neither would ever be freed
            asyncio.core._task_queue.remove(_task)
            if _queue:
                asyncio.core._task_queue.push(_task)
                return
        else:
            _task.cancel()
    _task = asyncio.create_task(_run()) if _queue else None


def remove(module, id):
    """A method of `interval`, `timeout` and `alarm`: stop the timer `id` of `module` for good, and forget it.

    Raises:
        KeyError: there is none.
    """
    module.timers.pop(id).cancel()
