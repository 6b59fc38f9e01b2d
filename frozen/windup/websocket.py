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
from modcore.port import MICROPYTHON, const
from modcore.turns import sleep_ms

from . import tok
from .drive import Driven, core
from .frames import BINARY, BUFFER_MIN, CLOSE, PING, PONG, TEXT, Frames, header
from .response import Response  # noqa: F401  not while a request has the stack: `handshake` needs it
from .small_texts import SmallTexts

_PATIENCE = const(10)  # seconds for the rest of the end, when one side has said that it is over
_SILENCE = const(2)  # seconds after which a client that broke a rule has no more to say
_JUNK_MAX = const(65536)  # bytes thrown away after an error

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

_put_text = tok.put_text


class WebSocket(SmallTexts):
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
    protocol = None
    _said = False  # our close frame is out, or about to be
    _heard = False  # theirs has come, or none will
    _pending = None  # a control frame that waits for the message before it
    _ending = 0  # seconds since one side has said that it is over
    _junk = 0
    _sent = 0

    def __init__(self, answer, start, message_max, ping):
        self._pending = answer
        self.start = start
        self._message_max = message_max
        self._ping = ping

    # What handlers use

    def receive(self):
        """The next message, `str` or `bytes`; `None`: the connection is closed, or about to be.

        One message waits to be taken. Of a second one the client is held back. Who is cancelled here loses none.
        """
        while self.ready is None:
            if self._said:
                return None
            # Whether it is the handler who asks
            if self.turn != _NOT_OURS or core.cur_task is self.task:
                message = yield self
                if message is not None:
                    return message
            else:
                yield from self.others()
        message = self.ready
        if self.turn != _NOT_OURS:
            self.ready = None  # `_hand_over` has called, and goes on
        elif self.taken():
            if self._wrong:
                self.tell_wrong()
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
        return self._send(_opcode_of(data), data)

    def _send(self, opcode, data):
        if opcode == TEXT:
            data = data.encode()
        while True:
            if self._said or self.exchange is None:
                raise OSError(errno.ECONNRESET)
            if self._say(opcode, data):
                break
            yield from self._turn()
        if self.turn != _NOT_OURS:
            return
        if self.exchange is not None and self.exchange.out is not None:
            yield from self._turn()
        else:
            self._sent = self._sent + 1 & _AT_A_STRETCH
            if not self._sent:
                yield from sleep_ms(0)
        if self.exchange is None:
            raise OSError(errno.ECONNRESET)

    def push(self, data):
        """Send `data` if that needs no waiting; whether it was sent. TypeError: neither `str` nor bytes."""
        opcode = _opcode_of(data)
        return not self._said and self._say(opcode, data.encode() if opcode == TEXT else data)

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

    # For the transport

    def connection_made(self):
        spare = self.spare()
        if len(spare) < BUFFER_MIN:  # the request's head has filled it
            spare = memoryview(bytearray(BUFFER_MIN))
        Frames.__init__(self, spare, self._message_max)
        # All that a connection may need: to grow later takes room that there may not be then; nor is the class's own
        # found as quickly as these
        self.turn = _NOT_OURS
        self.deaf = self.parked = self._said = self._heard = self._blocked = False
        self.ready = self.work = self.task = self.close_code = self._wrong = None
        self._message = self._target = self._key = None
        self.quiet = self._opcode = self._left = self._checked = self._ending = self._sent = 0
        self.prepare_way()
        answer, self._pending = self._pending, None
        self.post(answer)

    def drained(self):
        if self.exchange is not None:
            pending, self._pending = self._pending, None
            if pending is not None:
                self.post(pending)
            elif self.start is not None:
                self.run_handler()
                # What came with the handshake may have stopped the reading before there was anybody to take it
                self._hand_over()
                self._feed()
            self._close_if_over()
            if self.start is None:
                self.open_way()
        Driven.drained(self)

    def lost(self):
        self.close_way()
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
        if not self._said:
            self.ready = message

    def control(self, opcode, payload):
        if opcode == PING:
            if not self._said:
                # Of several only the last one needs an answer (RFC 6455 section 5.5.3)
                self._post(header(PONG, len(payload)) + payload)
        elif opcode == CLOSE:
            self._client_closes(payload)

    def fail(self, code, reason):
        self._wrong = (code, reason)

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
                self.log_failure(error, "a handler of WebSocket failed")
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

    def on_message_failed(self):
        if not self._said:
            self._say_close(_BROKEN, b"")

    def tell_wrong(self):
        code, reason = self._wrong
        self._wrong = None
        if self.close_code is None:
            self.close_code = code
            self.close_reason = reason
        if self._said:
            self._heard = True  # it had been over anyway
            self._close_if_over()
        else:
            self._say_close(code, reason.encode())
        self.resume()

    def _client_closes(self, payload):
        self.deaf = self._heard = True
        code, reason, wrong = _NO_CODE, "", 0
        if (
            payload == b"\x03\xe8"
        ):  # which most say: nothing needs to be imported, for which there may be no room
            code = _NORMAL
        elif payload:
            code, reason, wrong = borrow("windup.farewell", "parse", payload)
        if self.close_code is None:
            self.close_code = wrong or code
            if reason:
                self.close_reason = reason
        if not self._said:
            if wrong:
                self._say_close(wrong, b"")
            else:
                self._said = True
                self._post(header(CLOSE, len(payload)) + payload)  # said again, as browsers expect
        self._close_if_over()

    def _end_with(self, code, reason):
        if not self._said and self.exchange is not None:
            if self.close_code is None:
                self.close_code = code
                if reason:
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
        self.close_way()
        answer = self.turn
        if answer != _NOT_OURS:
            self.turn = _TAKEN
            if answer > 0:  # what is said next goes behind it
                return self.post(bytes(self._buffer[:answer]) + frame)
        return self.post(frame)

    # Send a message if nothing is in its way; whether it was sent
    def _say(self, opcode, payload):
        start = header(opcode, len(payload))
        exchange = self.exchange
        if self.turn != _NOT_OURS:
            return self._post_now(start + bytes(payload))
        if exchange is None or len(start) + len(payload) > len(exchange.chunk):
            sent = self._post_now(start + bytes(payload))
        else:
            # Together in the buffer that all connections use: that needs no heap, but has to go at once
            sent = self._post_now(start)
            if sent:
                exchange.join(start, payload)
        if sent:
            self.wake()
            if exchange.out is exchange.chunk:
                exchange.sent(0)
        return sent

    def _close_if_over(self):
        if self._said and self._heard and self._pending is None:
            if self.work is None and self.start is None and self.exchange is not None:
                self.exchange.closing = True


if not MICROPYTHON:
    from types import coroutine  # what has `yield` cannot be awaited there without it

    WebSocket.receive = coroutine(WebSocket.receive)
    WebSocket._send = coroutine(WebSocket._send)


def _nothing():
    yield


_done = _nothing()  # to be awaited, by anybody and again and again
for _ in _done:
    pass


def _opcode_of(data):
    if type(data) is str:
        return TEXT
    if isinstance(data, (bytes, bytearray, memoryview)):
        return BINARY
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
