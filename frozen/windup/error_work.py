"""Error handlers that are coroutines or generators."""

from modcore.log import get

from .errors import response
from .response import PIECES, HTTPError


def begin(handler_work, exchange, exc):
    """What `exchange` has to drive for `handler_work`, which an error handler has returned for `exc`."""
    # On MicroPython coroutines are generators
    if hasattr(handler_work, "__await__"):
        return _awaited(handler_work, exc)
    return _driven(handler_work, exchange, exc)


class _Outcome:
    # What the exchange hands itself to when the handler has ended: what goes wrong from there on is not for an error
    # handler, which would be this one again
    def __init__(self, result, exc, worse=None):
        self._result = result
        self._exc = exc
        self._worse = worse

    def take_over(self, request):
        exchange, exc = request.exchange, self._exc
        if self._worse is None:
            try:
                exchange.send_error(exc, response(self._result, exc))
                return
            except Exception as worse:
                self._worse = worse
        get("windup").exception(self._worse, "the error handler for %r failed", exc)
        if isinstance(exc, HTTPError):
            exchange.send_error(exc, None)
        else:
            exchange.fail(exchange.unhandled(exc))


async def _awaited(work, exc):
    try:
        return _Outcome(await work, exc)
    except Exception as worse:
        return _Outcome(None, exc, worse)


def _driven(work, exchange, exc):
    thrown = None
    begun = False
    while True:
        try:
            piece = work.throw(thrown) if thrown else work.send(None)
        except StopIteration as stop:
            return None if begun else _Outcome(stop.value, exc)
        except Exception as worse:
            if begun:
                raise  # half of the page is out
            return _Outcome(None, exc, worse)
        thrown = None
        if piece is not None and not begun:
            begun = True
            exchange.send_error(exc, response(PIECES, exc))
        try:
            yield piece
        except BaseException as came:
            thrown = came  # it is meant for the handler
