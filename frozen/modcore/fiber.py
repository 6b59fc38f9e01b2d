"""Fibers: work that gives way to others, on asyncio's loop.

A fiber is a plain generator, a coroutine or a plain function; there is one scheduler for all of them. A generator gives way
with `yield`, sleeps with `yield MILLISECONDS`, and waits for anything of asyncio's with `yield from`; a coroutine may
`await` whatever asyncio has. Each stretch of work between two of those is timed, so that a slow fiber can be found.
"""

import asyncio

from .port import ticks_diff, ticks_us
from .running import account, running
from .turns import begin, coroutine, end, pause, wait_for_ms

TimeoutError = asyncio.TimeoutError
CancelledError = asyncio.CancelledError


class Fiber:
    """One piece of work under way. Use `spawn`, or a module's.

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
        if not hasattr(work, "send"):
            name = name or getattr(work, "__name__", None)
            work = _call(work)
        self.name = name or "fiber"
        self.owner = owner
        self._ended = ended
        self._task = asyncio.create_task(self._drive(work))

    async def join(self, timeout_ms=None):
        """Wait until it has ended; what it returned.

        Raises:
            TimeoutError: `timeout_ms` milliseconds were over; the fiber goes on.
            Exception: the one that ended it; `CancelledError` when it was killed.
        """
        if not self.done:
            if self._joined is None:
                self._joined = asyncio.Event()
            if timeout_ms is None:
                await self._joined.wait()
            else:
                await wait_for_ms(self._joined.wait(), timeout_ms)
        if self.error is not None:
            raise self.error
        return self.result

    def kill(self, error=None):
        """End it where it stands: its `finally` blocks run, its guards are closed. Returns whether it was still going.

        Args:
            error: the exception that `join` raises; default: `CancelledError`.
        """
        if self.done:
            return False
        if running.who is self:
            raise error or CancelledError()
        self.error = error
        self._task.cancel()
        if not self._started:
            # asyncio throws into what has not begun, and nothing of `_drive` runs
            self._end(CancelledError())
        return True

    def guard(self, thing):
        """Have `thing.close()` or `thing.deinit()` called when this fiber ends, however it ends; returns `thing`."""
        self._guards = (thing,) + self._guards
        return thing

    @coroutine
    def _drive(self, work):
        self._started = True
        task = asyncio.current_task()
        owner = self.owner
        thrown = error = None
        try:
            while True:
                running.who = self
                running.since = start = ticks_us()
                begin(task)
                try:
                    value = work.send(None) if thrown is None else work.throw(thrown)
                finally:
                    running.who = None
                    if owner is not None:
                        account(owner, ticks_diff(ticks_us(), start))
                thrown = None
                try:
                    yield pause(task, value)
                except BaseException as exc:
                    thrown = exc
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
            self._joined.set()
        if self._ended is not None:
            self._ended(self)
        elif self._joined is None and isinstance(self.error, Exception):
            from .log import get

            get("fiber").exception(self.error, "%s failed", self.name)


class FiberLoop:
    """Fibers that end together.

    Args:
        owner: the module whose time they take, or `None`.
    """

    def __init__(self, owner=None):
        self._owner = owner
        self.fibers = []

    def spawn(self, work, name=None, timeout_ms=None):
        """Start a fiber beside everything else; a `Fiber`. The arguments are those of `spawn`."""
        fiber = spawn(work, name, timeout_ms, self._owner)
        self.fibers = [other for other in self.fibers if not other.done]
        self.fibers.append(fiber)
        return fiber

    def kill(self):
        """End all of them."""
        for fiber in self.fibers:
            if fiber is not running.who:
                fiber.kill()

    async def join(self, timeout_ms=None):
        """Wait until all of them have ended; the errors of those that failed are logged and not raised.

        Raises:
            TimeoutError: one needed longer than `timeout_ms` milliseconds.
        """
        for fiber in self.fibers:
            if not fiber.done and fiber is not running.who:
                try:
                    await fiber.join(timeout_ms)
                except (Exception, CancelledError):
                    if not fiber.done:
                        raise


def spawn(work, name=None, timeout_ms=None, owner=None):
    """Start a fiber beside everything else; a `Fiber`.

    Args:
        work: a generator, a coroutine, or a function that is called without arguments and may return one of them.
        name: for the log; default: what the function is called.
        timeout_ms: it is killed when it has not ended by itself then, and `join` raises TimeoutError.
        owner: the module whose time it takes, or `None`.
    """
    fiber = Fiber(work, name, owner)
    if timeout_ms is not None:
        fiber.guard(_Timeout(fiber, timeout_ms))
    return fiber


def guard(thing):
    """Have `thing` closed when the fiber that runs now ends, however it ends; returns `thing`.

    Raises:
        RuntimeError: no fiber runs now.
    """
    fiber = running.who
    if not isinstance(fiber, Fiber):
        raise RuntimeError("guard() is called from within a fiber; here none runs")
    return fiber.guard(thing)


def close(thing):
    """Call `thing.close()` or `thing.deinit()`; what that raises is logged."""
    try:
        (thing.close if hasattr(thing, "close") else thing.deinit)()
    except Exception as exc:
        from .log import get

        get("fiber").exception(exc, "%s did not close", type(thing).__name__)


class _Timeout:
    def __init__(self, fiber, timeout_ms):
        self._watched = fiber
        self._fiber = Fiber(self._expire(timeout_ms), "timeout of " + fiber.name)

    def _expire(self, timeout_ms):
        yield timeout_ms
        self._watched.kill(TimeoutError("%s: %d ms are over" % (self._watched.name, timeout_ms)))

    def close(self):
        if running.who is not self._fiber:
            self._fiber.kill()


def _call(function):
    # A plain function as a generator; one that returns a generator or coroutine becomes that
    result = function()
    if hasattr(result, "send"):
        # CPython wants to be asked for what a coroutine yields
        result = yield from result.__await__() if hasattr(result, "__await__") else result
    return result
