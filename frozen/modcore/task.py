"""One fiber; `modcore.fiber` tells what that is, and has what programs use."""

import asyncio

from .events import running
from .port import MICROPYTHON
from .turns import Waiters, begin, end, pause, wait_for_ms


class Fiber:
    """One piece of work under way. Use `modcore.fiber.spawn`, or a module's `spawn`.

    Args:
        work: a generator, a coroutine, or a function that is called without arguments and may return one of them.
        name: for the log; default: what the function is called.
        owner: the module whose time it takes, or `None`.
        ended: called with the fiber when it has ended; it is to report the error then. Without, an error is logged.

    Attributes:
        name, owner: see above.
        done: whether it has ended.
        result: what it returned.
        error: the exception that ended it, else `None`; `CancelledError` when it was killed.
    """

    done = False
    result = None
    error = None
    _joined = None
    _guards = ()
    _started = False

    def __init__(self, work, name=None, owner=None, ended=None):
        self.name = name or getattr(work, "__name__", None) or "fiber"
        self.owner = owner
        self._ended = ended
        self._task = asyncio.create_task(self._drive(work))

    async def join(self, timeout_ms=None):
        """Wait until it has ended; what it returned.

        Raises:
            TimeoutError: `timeout_ms` milliseconds were over; the fiber goes on.
            Exception: the one that ended it; `CancelledError` when it was killed.
        """
        if timeout_ms is None:
            await self._wait()
        elif not self.done:
            await wait_for_ms(self._wait(), timeout_ms)
        if self.error is not None:
            raise self.error
        return self.result

    async def _wait(self):
        while not self.done:
            if self._joined is None:
                self._joined = Waiters()
            await self._joined.wait()

    def kill(self, error=None):
        """End it where it stands: its `finally` blocks run, its guards are closed. Returns whether it was still going.

        Args:
            error: the exception that `join` raises; default: `CancelledError`.
        """
        if self.done:
            return False
        if running.who is self:
            raise error or asyncio.CancelledError()
        self.error = error
        self._task.cancel()
        if not self._started:
            # asyncio throws into what has not begun, and nothing of `_drive` runs
            self._end(asyncio.CancelledError())
        return True

    def guard(self, thing):
        """Have `thing.close()` or `thing.deinit()` called when this fiber ends, however it ends; returns `thing`."""
        self._guards = (thing,) + self._guards
        return thing

    def _drive(self, work):
        self._started = True
        task = asyncio.current_task()
        account = self.owner and self.owner.account
        thrown = error = None
        try:
            while True:
                running.enter(self)
                begin(task)
                try:
                    if thrown is not None:
                        value = work.throw(thrown)
                    elif hasattr(work, "send"):
                        value = work.send(None)
                    else:
                        work = value = work()
                        if hasattr(work, "send"):
                            continue
                        break
                finally:
                    running.leave(account)
                thrown = None
                try:
                    yield pause(task, value)
                except BaseException as exc:
                    thrown = exc
            self.result = value
        except StopIteration as stop:
            self.result = stop.value
        except BaseException as exc:
            error = exc
        end(task)
        self._end(error)

    def _end(self, error):
        if error is None or self.error is None:
            self.error = error
        self.done = True
        for thing in self._guards:
            close(thing)
        if self._joined is not None:
            self._joined.wake()
        if self._ended is not None:
            self._ended(self)
        elif self._joined is None and isinstance(self.error, Exception):
            from .log import get

            get("fiber").exception(self.error, "%s failed", self.name)


def close(thing):
    """Call `thing.close()` or `thing.deinit()`; what that raises is logged."""
    try:
        (thing.close if hasattr(thing, "close") else thing.deinit)()
    except Exception as exc:
        from .log import get

        get("fiber").exception(exc, "%s did not close", type(thing).__name__)


if not MICROPYTHON:
    from types import coroutine  # what has `yield` cannot be awaited there without it

    Fiber._drive = coroutine(Fiber._drive)
