"""WebSocket: messages both ways on one connection (RFC 6455).

    @app.websocket("/ws")
    async def echo(request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(message)

`frames` takes apart what arrives, `handshake` answers the first request, `drive` runs the handler. Here is what the two
sides agree on while the connection lives: who may send, pings, and how it ends.

A connection ends in order when both sides have said so with a close frame; then, and when the handler has ended too, it
is closed. After an error of the client's only our close frame goes out, and what still arrives is thrown away until the
client has answered or fallen silent: to close with unread data would make TCP take our last words back.
"""

import errno

from modcore.borrow import borrow
from modcore.log import get
from modcore.port import MICROPYTHON, const
from modcore.turns import coroutine, sleep_ms

from . import response, tok  # noqa: F401  not while a request has the stack: `handshake` needs it
from .drive import Driven, core
from .frames import BINARY, BUFFER_MIN, CLOSE, PING, PONG, TEXT, Frames, header

_PATIENCE = const(10)  # seconds for the rest of the end, when one side has said that it is over
_SILENCE = const(2)  # seconds after which a client that broke a rule has no more to say
_JUNK_MAX = const(65536)  # bytes thrown away after an error
_SMALL_MAX = const(125)  # bytes of what `tok` calls a small text

# Of `drive`, which tells what they mean
_NOT_OURS = const(-1)
_TAKEN = const(-2)
_FREE = const(0)

_NORMAL = const(1000)
_GOING_AWAY = const(1001)
_NO_CODE = const(1005)
_LOST = const(1006)
_BROKEN = const(1011)

_AT_A_STRETCH = const(7)  # messages sent before others have their turn; 2^n - 1

_log = get("windup")
_take_text = tok.take_text
_put_text = tok.put_text


class WebSocket(Frames, Driven):
    """One client, as its handler has it.

    Attributes:
        close_code: why it ended (RFC 6455 section 7.4.1), `None` while it is open: what the client said, 1005 when it said
            nothing, 1006 when it was gone without a word, or the code of the rule that it broke.
        close_reason: what it said besides, `str`.
        on_close: for handlers that do not wait: called, with nothing, when the connection has closed.
        on_message: for handlers that do not wait: called with each message in place of `receive`.
        protocol: the subprotocol that was agreed on, `str` or `None`.
    """

    close_code = None
    close_reason = ""
    on_close = None
    on_message = None
    protocol = None
    _small = False  # whether there is a way of small texts
    _open = False  # whether it is open
    _said = False  # our close frame is out, or about to be
    _heard = False  # theirs has come, or none will
    _pending = None  # a control frame that waits for the message before it
    _ending = 0  # seconds since one side has said that it is over
    _junk = 0
    _sent = 0

    def __init__(self, answer, start, message_max, ping):
        self._answer = answer
        self.start = start
        self._message_max = message_max
        self._ping = ping

    # What handlers use

    @coroutine
    def receive(self):
        """The next message, `str` or `bytes`; `None`: the connection is closed, or about to be.

        One message waits to be taken. Of a second one the client is held back. Who is cancelled here loses none.
        """
        while self.ready is None:
            if self._said:
                return None
            if (
                self.turn != _NOT_OURS or core.cur_task is self.task
            ):  # else it is not the handler who asks
                message = yield self
                if message is not None:
                    return message
            else:
                yield from self.others()
        message = self.ready
        if self.taken():
            self.wake()
        return message

    def send(self, data):
        """Send `data` as one message, `str` as text, bytes as binary, and wait until the socket has taken it.

        To be awaited. Several tasks may send: their messages go one after another, each whole.

        Raises:
            OSError: ECONNRESET, the connection is closed, or about to be.
            TypeError: neither of the two.
        """
        if self.turn == _FREE:
            size = _put_text(self._buffer, data)
            if size:
                self.turn = size
                return _done
        return self._send(_message(data))

    @coroutine
    def _send(self, frame):
        while True:
            if self._said or self.exchange is None:
                raise OSError(errno.ECONNRESET)
            if self._post_now(frame):
                break
            yield from self._turn()
        if self.turn != _NOT_OURS:
            return
        self.wake()
        if self.exchange is not None and self.exchange.out is not None:
            yield from self._turn()
            if self.exchange is None:
                raise OSError(errno.ECONNRESET)
        else:
            self._sent = self._sent + 1 & _AT_A_STRETCH
            if not self._sent:
                yield from sleep_ms(0)

    def push(self, data):
        """Send `data` if that needs no waiting; whether it was sent. TypeError: neither `str` nor bytes."""
        if self._said or not self._post_now(_message(data)):
            return False
        if self.turn == _NOT_OURS:
            self.wake()
        return True

    async def close(self, code=1000, reason=""):
        """Say that it is over; nothing can be sent afterwards, and nothing is received.

        Args:
            code: 1000 to 1003, 1007 to 1009, 1011 to 1014, or 3000 to 4999 (RFC 6455 section 7.4).
            reason: up to 123 bytes of UTF-8.

        Raises:
            ValueError: another code, or a longer reason.
        """
        borrow("windup.farewell", "check", code, reason)
        self._end_with(code, reason.encode())

    # Most messages are small texts that arrive whole and alone, at a handler that waits for one, and many are answered at
    # once. They go a way of their own, past what `exchange`, `frames` and `drive` do step by step. It is open while nothing
    # that came before waits for its end, and nothing waits to go

    def received(self, count):
        """What the exchange's `received` is while that way is open: the length of an answer, which stands in the buffer
        that was read to, or `True`."""
        if self.parked:
            message = _take_text(self._buffer, count)
            if message is not None:
                self.quiet = 0
                self.turn = _FREE
                before = core.cur_task
                core.cur_task = self.task
                # What it raises comes back by `failed`: a `try` here would put its frame on the heap
                if self.work.send(message) is None:
                    self.parked = False
                core.cur_task = before
                count = self.turn
                self.turn = _NOT_OURS
                return count if count > 0 else True
        self.buffer_updated(count)
        return True

    def failed(self, exc):
        """`received` has raised `exc`: its handler has ended."""
        if self.turn == _NOT_OURS:
            raise exc
        core.cur_task = None
        self.handler_raised(exc)
        self.turn = _NOT_OURS

    def unsent(self, start, end):
        """Of the answer that `received` returned only `start` bytes of `end` went."""
        self.post(bytes(self._buffer[start:end]))
        self._close_way()

    def buffer_updated(self, count):
        Frames.buffer_updated(self, count)
        self._open_way()

    def _open_way(self):
        exchange = self.exchange
        if exchange is not None and self._small:
            if self._end or self._left or self._blocked or self._opcode or exchange.out is not None:
                self._close_way()
            elif not self._open and exchange.used == exchange.end:
                self._open = True
                exchange.room = self._buffer
                exchange.received = self.received

    def _close_way(self):
        if self._open:
            self._open = False
            self.exchange.room = None
            del self.exchange.received

    # For the transport

    def connection_made(self):
        spare = self.spare()
        if len(spare) < BUFFER_MIN:  # the request's head has filled it
            spare = memoryview(bytearray(BUFFER_MIN))
        Frames.__init__(self, spare, self._message_max)
        # Looked at for each message: the class's own would be found the slower
        self.turn = _NOT_OURS
        self._said = self.parked = False
        self.ready = None
        transport = self.exchange.connection.transport
        self._small = (
            MICROPYTHON
            and self._message_max >= _SMALL_MAX
            and getattr(transport, "answers_at_once", False)
        )
        self.post(self._answer)
        self._answer = None

    def drained(self):
        if self.exchange is not None:
            pending, self._pending = self._pending, None
            if pending is not None:
                self.post(pending)
            elif self.start is not None:
                self.run_handler()
            self._close_if_over()
            if self.start is None:
                self._open_way()
        Driven.drained(self)

    def lost(self):
        self._close_way()
        Driven.lost(self)

    def tick(self):
        if self._said or self._heard:
            self._ending += 1
            if self.deaf and not self._heard and self.quiet >= _SILENCE:
                self._heard = True
            self.quiet += 1
            if self._ending > _PATIENCE:
                self.exchange.closing = True
            self._close_if_over()
        elif self._ping and not self._blocked:  # while nobody reads, what has come is not known
            self.quiet += 1
            if self.quiet == self._ping:
                self._post(header(PING, 0))
            elif self.quiet >= 2 * self._ping:
                self.exchange.closing = True

    def connection_lost(self):
        if self.close_code is None:
            self.close_code = _LOST
        self.start = None
        self._said = True
        self.forget()
        self.resume()
        self.cancel()
        if self.on_close is not None:
            self.on_close()

    def stop(self):
        self._end_with(_GOING_AWAY, b"")

    # For `frames`

    def deliver(self, message):
        if self._said:
            return
        if self.on_message is None:
            self.ready = message
            self.resume()
            return
        try:
            self.on_message(message)
        except Exception as exc:
            _log.exception(exc, "a message was not worked on")
            self._say_close(_BROKEN, b"")

    def control(self, opcode, payload):
        if opcode == PING:
            if not self._said:
                # Of several only the last one needs an answer (RFC 6455 section 5.5.3)
                self._post(header(PONG, len(payload)) + payload)
        elif opcode == CLOSE:
            self._client_closes(payload)

    def fail(self, code, reason):
        if self.close_code is None:
            self.close_code = code
            self.close_reason = reason
        if self._said:
            self._heard = True  # it had been over anyway
            self._close_if_over()
        else:
            self._say_close(code, reason.encode())
        self.resume()

    def discarded(self, count):
        if self._heard:
            return
        self._junk += count
        if self._junk > _JUNK_MAX or borrow("windup.farewell", "is_last", self._buffer, count):
            self._heard = True
            self._close_if_over()

    # For `drive`

    def handler_ended(self, error):
        if isinstance(error, Exception):
            if not isinstance(error, OSError) or not (self._said or self.exchange is None):
                _log.exception(error, "a handler of WebSocket failed")
        if self.exchange is None:
            return
        self._end_with(_NORMAL if error is None else _BROKEN, b"")
        self._close_if_over()
        if self.turn == _NOT_OURS:
            self.wake()

    def handler_returned(self):
        if self.on_message is None:
            self.handler_ended(None)

    # How it ends

    def _client_closes(self, payload):
        self.deaf = self._heard = True
        code, reason, wrong = _NO_CODE, "", 0
        if payload == b"\x03\xe8":  # which most say: nothing needs to be imported, for which there may be no room
            code = _NORMAL
        elif payload:
            code, reason, wrong = borrow("windup.farewell", "parse", payload)
        if self.close_code is None:
            self.close_code = wrong or code
            self.close_reason = reason
        if not self._said:
            if wrong:
                self._say_close(wrong, b"")
            else:
                self._said = True
                self._post(header(CLOSE, len(payload[:2])) + payload[:2])
        self._close_if_over()
        self.resume()

    def _end_with(self, code, reason):
        if not self._said and self.exchange is not None:
            if self.close_code is None:
                self.close_code = code
                self.close_reason = str(reason, "utf-8")
            self.ready = None
            self._say_close(code, reason)
            if self._blocked:
                self.taken()  # the client's close frame is behind what nobody wants any more
            self.resume()
            if self.turn == _NOT_OURS:
                self.wake()

    def _say_close(self, code, reason):
        self._said = True
        self._post(header(CLOSE, 2 + len(reason)) + code.to_bytes(2, "big") + reason)

    def _post(self, frame):
        if not self._post_now(frame):
            self._pending = frame

    def _post_now(self, frame):
        self._close_way()
        answer = self.turn
        if answer != _NOT_OURS:
            self.turn = _TAKEN
            if answer > 0:
                self.post(bytes(self._buffer[:answer]))  # what is said next goes behind it
        return self.post(frame)

    def _close_if_over(self):
        if self._said and self._heard and self._pending is None:
            if self.work is None and self.start is None and self.exchange is not None:
                self.exchange.closing = True


def _nothing():
    yield


_done = _nothing()  # to be awaited, by anybody and again and again
for _ in _done:
    pass


def _message(data):
    if type(data) is str:
        data = data.encode()
        return header(TEXT, len(data)) + data
    if isinstance(data, (bytes, bytearray, memoryview)):
        return header(BINARY, len(data)) + bytes(data)
    raise TypeError("send: expected str or bytes; turn anything else into JSON")


def websocket(app, path, roles=(), protocols=(), message_max=4096, origins=(), ping=30):
    """What `WindUp.websocket` does."""

    def add(handler):
        def upgrade(request, *args):
            answer, protocol = borrow("windup.handshake", "accept", request, protocols, origins)
            ws = WebSocket(answer, lambda ws: handler(request, ws, *args), message_max, ping)
            if protocol is not None:
                ws.protocol = protocol
            return ws.opened(request)

        (app.route(path, roles=roles) if roles else app.route(path))(upgrade)
        return handler

    return add
