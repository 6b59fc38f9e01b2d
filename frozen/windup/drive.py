"""A handler that lives as long as its connection, and mostly waits for what that brings.

On MicroPython it is run from where that arrives, without asyncio: to switch to a task costs more than to answer a small
message. It has a task all the same, which holds no more than it needs, and runs as that; so it may await whatever asyncio
has, and the loop goes on with it when that has come.
"""

from modcore.log import get
from modcore.port import MICROPYTHON, const
from modcore.turns import Waiters

from .intake import Intake

# Whether the transport sends by itself what is posted
_NOT_OURS = const(-1)  # no: nobody runs on its behalf
_TAKEN = const(-2)  # yes, at the end of its turn
_FREE = const(
    0
)  # and an answer may go to the buffer that was read to; then it is the answer's length

if MICROPYTHON:
    from asyncio import CancelledError, core

    from modcore.turns import end
else:
    from .cpython_drive import core


class Driven(Intake):
    """An `Intake` with a handler. Whoever derives from it says in two methods what follows:

    - `handler_ended(error)`: the coroutine has ended, with `error`, an exception, or `None`;
    - `handler_returned()`: the handler was a plain function.

    Attributes:
        parked: whether the handler waits for `resume`, and for nothing of asyncio's: it has yielded something.
        start: called with this to get the handler's coroutine; `None` when it runs.
        task: the handler's.
        turn: whose turn it is, one of the constants above.
        work: the handler's coroutine while it runs, else `None`.
    """

    start = None
    turn = _NOT_OURS
    work = None
    task = None
    parked = False
    _waiting = None

    def begin(self, work):
        """Run the coroutine `work`; `handler_ended(error)` is called when it has ended."""
        self.work = work
        turns = self._turns()
        turns.send(None)
        self.task = core.Task(turns)
        self._step_in_turn()

    def remove(self, task):
        """What asyncio asks of that on which a task waits which is cancelled."""
        self.parked = False

    def cancel(self):
        """End the handler where it stands."""
        if self.work is not None and core.cur_task is not self.task:
            self.task.cancel()

    def resume(self):
        """Let the handler go on, and whoever else waits."""
        if self._waiting is not None:
            self._waiting.wake()
        if self.parked and self.turn == _NOT_OURS:
            self._step_in_turn()

    def _step_in_turn(self):
        turn, task = self.turn, core.cur_task
        if turn == _NOT_OURS:
            self.turn = _TAKEN
        core.cur_task = self.task
        self._step(None)
        core.cur_task = task
        self.turn = turn

    def _step(self, thrown):
        try:
            value = self.work.send(None) if thrown is None else self.work.throw(thrown)
            if value is None:
                self.parked = False
            elif not self.parked:
                self.parked = True
                end(self.task)
                self.task.data = (
                    self  # so that asyncio knows where to take it from when it is cancelled
                )
        except BaseException as exc:
            self.handler_raised(exc)

    def handler_raised(self, exc):
        """The handler has ended, with `exc`."""
        self.work = None
        self.parked = False
        if not isinstance(exc, (Exception, CancelledError)):
            raise exc
        self.handler_ended(None if isinstance(exc, StopIteration) else exc)

    # The coroutine of the handler's task: asyncio goes on with it when that has come which the handler awaited
    def _turns(self):
        while True:
            thrown = None
            try:
                yield
            except BaseException as exc:
                thrown = exc
            if self.work is None:
                return
            self._step(thrown)
            if self.work is None:
                return

    async def opened(self, request):
        """Take `request`'s connection over; a coroutine, so that there is a loop for the handler."""
        self.take_over(request)
        return self

    def run_handler(self):
        """Run what `start` gives."""
        start, self.start = self.start, None
        try:
            work = start(self)
        except Exception as exc:
            self.handler_ended(exc)
            return
        if hasattr(work, "send"):
            self.begin(work)
        else:
            self.handler_returned()

    def log_failure(self, error, text):
        """Log `error`, in a moment, from a task of its own: a handler runs deep in the stack, which tracebacks take more of."""
        core.create_task(_log_exception(error, text))

    def others(self):
        """The next `resume`, for everybody but the handler's own task; to be awaited."""
        if self._waiting is None:
            self._waiting = Waiters()
        return self._waiting.wait()


async def _log_exception(error, text):
    get("windup").exception(error, text)


if not MICROPYTHON:
    from .cpython_drive import run_on_asyncio

    run_on_asyncio(Driven)
