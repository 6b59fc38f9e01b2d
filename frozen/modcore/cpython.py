"""CPython's side of `modcore.turns` and `modcore.poller`; no firmware has it."""

import asyncio

from .poller import poller


def run(main, finish):
    # `asyncio.run` would cancel what `finish` is to end in order
    with asyncio.Runner() as runner:
        if poller.pending:  # fired before there was a loop
            runner.get_loop().call_soon(_run, poller, poller.pending)
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


class Waiters:
    def __init__(self):
        self._futures = []

    async def wait(self):
        future = asyncio.get_running_loop().create_future()
        self._futures.append(future)
        try:
            await future
        finally:
            self._futures.remove(future)

    def wake(self):
        for future in self._futures:
            _wake(future)


def soon(poller, callback):
    poller.pending = callback
    try:
        asyncio.get_running_loop().call_soon(_run, poller, callback)
    except RuntimeError:
        pass  # no loop yet: `run` sees to it


def _run(poller, callback):
    poller.pending = None
    if callback():
        soon(poller, callback)
