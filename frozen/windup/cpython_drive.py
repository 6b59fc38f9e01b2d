"""How CPython runs a handler that `drive` is about: in a task of its own, as any other coroutine."""

import asyncio


class core:
    cur_task = "nobody's"  # that of a handler is never looked at here
    create_task = asyncio.ensure_future


class _OnAsyncio:
    def begin(self, work):
        self.work = work
        self.task = asyncio.ensure_future(self._run(work))

    async def _run(self, work):
        error = None
        try:
            await work
        except (Exception, asyncio.CancelledError) as exc:
            error = exc
        self.work = None
        self.handler_ended(error)

    def cancel(self):
        # In a moment: a handler that waits for a message is told first that none will come
        if self.work is not None and asyncio.current_task() is not self.task:
            asyncio.get_running_loop().call_soon(self.task.cancel)

    def resume(self):
        if self._waiting is not None:
            self._waiting.wake()


def run_on_asyncio(driven):
    """Give the class `driven` what it needs on CPython."""
    for name in ("begin", "_run", "cancel", "resume"):
        setattr(driven, name, getattr(_OnAsyncio, name))
