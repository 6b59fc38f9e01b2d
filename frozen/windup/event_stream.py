"""Server-sent events (WHATWG HTML, section 9.2): a page that stays open and gets news.

    @app.event_stream("/events")
    async def clock(request, stream):
        while True:
            await stream.send({"uptime": time.time()}, event="clock")
            await asyncio.sleep(1)

The browser's `EventSource` reads them, and connects again when the connection breaks. A plain function may keep the stream
and return: then there is no task, and whoever has something to say calls `push`.
"""

from json import dumps

from .drive import Driven
from .response import PIECES, Response

_TYPE = b"text/event-stream"
_BEAT = b":\n\n"  # a comment: a client that has gone is noticed when it is sent to


class EventStream(Driven):
    """One client, as its handler has it.

    Attributes:
        last_event_id: the id of the last event that it got before the connection broke, `str`, or `""`.
        on_close: called, with nothing, when the client has gone.
    """

    on_close = None
    _beats = 0  # seconds since something was sent

    def __init__(self, request, start, retry, heartbeat):
        self.start = start
        self.last_event_id = request.header("last-event-id") or ""
        self._retry = retry
        self._heartbeat = heartbeat

    async def send(self, data, event=None, id=None, retry=None):
        """Send an event, and wait until the socket has taken it. Several tasks may send: each event stays whole.

        Args:
            data: `str`, or anything that becomes JSON; `None`: nothing happens in the page, but the rest counts.
            event: its type, `str`; without one it is `message`.
            id: what the client says as its Last-Event-ID when it connects again, `str`.
            retry: milliseconds until it does.

        Raises:
            OSError: ECONNRESET, the client has gone.
            ValueError: a line break in `event` or `id`, or a NUL in `id`.
        """
        self._beats = 0
        await self.write(_lines(data, event, id, retry))

    def push(self, data, event=None, id=None, retry=None):
        """Send an event if that needs no waiting; whether it was sent. The arguments are those of `send`."""
        if not self.post(_lines(data, event, id, retry)):
            return False
        self._beats = 0
        self.wake()
        return True

    # For the transport

    def connection_made(self):
        response = Response(b"", 200, (("Cache-Control", "no-store"),), _TYPE)
        self.post(self.head(response) + (_lines(None, None, None, self._retry)))

    def drained(self):
        if self.start is not None and self.exchange is not None:
            self.run_handler()
        Driven.drained(self)

    def tick(self):
        self._beats += 1
        if self._beats >= self._heartbeat > 0:
            self._beats = 0
            self.post(_BEAT)

    def connection_lost(self):
        self.start = None
        self.cancel()
        if self.on_close is not None:
            self.on_close()

    # For `drive`

    def handler_returned(self):
        pass  # whoever it has given the stream to goes on

    def handler_ended(self, error):
        if isinstance(error, Exception) and not (
            isinstance(error, OSError) and self.exchange is None
        ):
            self.log_failure(error, "a handler of an event stream failed")
        self.close()


def _lines(data, event, id, retry):
    text = ""
    if id is not None:
        text = "id: %s\n" % _one_line("id", id)
        if "\0" in text:
            raise ValueError("id: a NUL in it")
    if event is not None:
        text += "event: %s\n" % _one_line("event", event)
    if retry is not None:
        text += "retry: %d\n" % retry
    if data is not None:
        if type(data) is not str:
            data = dumps(data)
        if "\r" in data:
            data = data.replace("\r\n", "\n").replace("\r", "\n")
        text += "data: " + (data.replace("\n", "\ndata: ") if "\n" in data else data) + "\n"
    return (text + "\n").encode() if text else b""


def _one_line(name, value):
    if "\n" in value or "\r" in value:
        raise ValueError("%s: a line break in it" % name)
    return value


def event_stream(app, path, roles=(), retry=None, heartbeat=15):
    """What `WindUp.event_stream` does: a decorator that adds `handler(request, stream, *parameters)` for GET.

    Args:
        path: as of a route.
        roles: who may connect; empty: everybody.
        retry: milliseconds after which a browser connects again; `None`: as it likes.
        heartbeat: seconds of silence after which a comment is sent, so that a client that has gone is noticed; 0: never.
    """

    def add(handler):
        def connect(request, *args):
            if request.method == "HEAD":
                return Response(PIECES, 200, (("Cache-Control", "no-store"),), _TYPE)
            stream = EventStream(
                request, lambda stream: handler(request, stream, *args), retry, heartbeat
            )
            return stream.opened(request)

        (app.route(path, roles=roles) if roles else app.route(path))(connect)
        return handler

    return add
