"""Fibers: work that gives way to others, on asyncio's loop.

A fiber is a plain generator, a coroutine or a plain function; there is one scheduler for all of them. A generator gives way
with `yield`, sleeps with `yield MILLISECONDS`, and waits for anything of asyncio's with `yield from`; a coroutine may
`await` whatever asyncio has. Each stretch of work between two of those is timed, so that a slow fiber can be found.
"""

from asyncio import CancelledError, TimeoutError

from .events import running
from .task import Fiber
from .turns import sleep_ms  # noqa: F401


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
