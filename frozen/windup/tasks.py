"""Handlers that are coroutines or generators, driven as tasks of asyncio on MicroPython."""

import asyncio


class Work:
    """One handler at work.

    Args:
        channel: whose client waits; it has `flush()` and `close()`.
        exchange: its `Exchange`.
        work: the coroutine or generator.
        serial: the number of the answer.
    """

    def __init__(self, channel, exchange, work, serial):
        self._channel = channel
        self._drained = asyncio.Event()
        self._task = asyncio.create_task(self._drive(exchange, work, serial))

    def drained(self):
        """All that the handler yielded has gone."""
        self._drained.set()

    def cancel(self):
        """The client has gone."""
        # None is running in a callback of the poller
        if self._task is not asyncio.core.cur_task:
            self._task.cancel()

    # A generator, not an `async def`: what `work` waits for must reach the loop as it is
    def _drive(self, exchange, work, serial):
        thrown = None
        channel = self._channel
        try:
            while exchange.serial == serial:
                try:
                    piece = work.throw(thrown) if thrown else work.send(None)
                except StopIteration as stop:
                    if exchange.serial == serial:
                        exchange.finished(stop.value)
                    break
                thrown = None
                if piece is None:
                    try:
                        yield
                    except BaseException as exc:
                        thrown = exc  # a timeout, or the end: it is meant for `work`
                elif exchange.serial == serial:
                    exchange.send_piece(piece)
                    self._drained.clear()
                    channel.flush()
                    if exchange.serial == serial and exchange.out is not None:
                        yield from self._drained.wait()
                    else:
                        yield from asyncio.sleep_ms(0)
            if exchange.serial != serial:
                work.close()
            channel.flush()
        except Exception as exc:
            if exchange.serial == serial:
                try:
                    exchange.fail(exc)
                except MemoryError:  # not even for the error: closing gives back what there is
                    channel.apologize()
                    channel.close()
                channel.flush()
        except BaseException:  # cancelled: by us because the client has gone, or by the handler
            if exchange.serial == serial:
                channel.close()
            raise
