"""How a generator gives way under asyncio: what differs between MicroPython's and CPython's."""

import asyncio

from .port import MICROPYTHON

if MICROPYTHON:
    from asyncio import core

    from .port import ticks_add, ticks_ms

    _NOT_QUEUED = object()

    sleep_ms = asyncio.sleep_ms

    def run(main, finish):
        try:
            asyncio.run(main())
        finally:
            # KeyboardInterrupt and SystemExit leave MicroPython's loop from wherever it
            # stands, past the tasks' own `finally`; so this is no part of the main task.
            asyncio.run(finish())

    def coroutine(function):
        return function

    def begin(task):
        # Whatever puts a task to sleep or lets it wait pushes it on a queue, and that clears `data`
        task.data = _NOT_QUEUED

    def pause(task, value):
        if task.data is _NOT_QUEUED:
            core._task_queue.push(task, ticks_add(ticks_ms(), value or 0))

    def end(task):
        task.data = None

else:
    from types import coroutine  # noqa: F401

    def run(main, finish):
        with (
            asyncio.Runner() as runner
        ):  # `asyncio.run` would cancel what `finish` is to end in order
            try:
                runner.run(main())
            finally:
                runner.run(finish())

    def sleep_ms(ms):
        return asyncio.sleep(ms / 1000)

    def begin(task):
        pass

    def pause(task, value):
        if type(value) is not int:
            return value  # None gives way; a future tells CPython's loop what to wait for
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        loop.call_later(value / 1000, _wake, future)
        future._asyncio_future_blocking = True
        return future

    def _wake(future):
        if not future.done():
            future.set_result(None)

    def end(task):
        pass


def wait_for_ms(awaitable, ms):
    """What `awaitable` returns, if it does so within `ms` milliseconds.

    Raises:
        TimeoutError: it did not; it is cancelled.
    """
    if MICROPYTHON:
        return asyncio.wait_for_ms(awaitable, ms)
    return asyncio.wait_for(awaitable, ms / 1000)
