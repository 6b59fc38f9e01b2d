"""The half of an exchange that sends: from what a handler returned to the bytes that go out.

`Answer` is the base class of `Exchange`, which knows how requests come in.
"""

from modcore.borrow import borrow
from modcore.log import get
from modcore.port import const

from .response import PIECES, HTTPError, Response, error_response, response_of

# Of the states that `exchange` lists
_HANDLING = const(2)
_SENDING = const(3)
_SWITCHED = const(4)

_METHOD_HEAD = const(2)

_BYTES = (bytes, bytearray, memoryview)
_PLAIN = (str, bytes, dict, tuple, list, Response)

_log = get("windup")


class Answer:
    """What `Exchange` says about `out`, `closing`, `serial`, `since` and `state` holds here."""

    def put(self, out):
        # Send the whole of `out`
        self.out = out
        self.out_len = len(out)

    def _append(self, piece):
        # Send `piece` behind what has still to go, the rest of the head perhaps
        self.put(bytes(self.out) + piece if self.out else piece)

    def sent(self, count):
        """Only the first `count` bytes of `out` went."""
        if count:
            self.heard = self._limits.now
        if self.out is self.chunk:
            # Other connections will use that buffer before this one is writable: a file is read again
            # then, from where it stopped; what else is left is copied
            end = self.out_len
            if hasattr(self._source, "seek"):
                left = end - max(count, self._shared_head)
                self._source.seek(-left, 1)
                self._remaining += left
                end -= left
            self.put(bytes(self.chunk[count:end]))
        elif count:
            self.put(memoryview(self.out)[count : self.out_len])

    def abort(self):
        """Give up: nothing more is sent, and what the answer held open is closed."""
        self.out = None
        self.closing = True
        self.serial += 1
        self._close_source()
        self._drop_intake()

    def _drop_intake(self):
        intake, self.intake = self.intake, None
        if intake is not None:
            try:
                intake.lost()
            except Exception as exc:
                _log.exception(exc, "connection_lost failed")

    def _answer(self, result):
        if type(result) in _PLAIN:
            self.respond(result)
        elif hasattr(result, "send") or hasattr(result, "__await__"):
            self.state = _HANDLING
            try:
                self.connection.spawn(result, self.serial)
            except MemoryError as exc:
                self.fail(exc)
        elif hasattr(result, "take_over"):
            self._switch(result)
        elif result is None:
            self.fail(HTTPError(404, "Nothing is here"))
        else:
            self.respond(result)

    def _switch(self, intake):
        self.state = _HANDLING
        try:
            intake.take_over(self.request)
        except Exception as exc:
            self.fail(exc)

    def respond(self, result):
        """Send `result`, whatever a handler may return."""
        request = self.request
        try:
            try:
                response = response_of(result)
            except TypeError as exc:
                raise borrow("windup.faults", "wrong_result", request, exc)
            self._send(self.connection.app.finish(request, response))
        except Exception as exc:
            self.fail(exc)

    def fail(self, exc):
        """Answer with the error that `exc` stands for. What nobody handles and is no `HTTPError` is logged, and is a 500.

        Without memory for what the handler wanted it is a 503.
        """
        app, request = self.connection.app, self.request
        sending = self.state == _SENDING or self.state == _SWITCHED
        response = None if sending else app.on_error(request, exc)
        if response is None and not isinstance(exc, HTTPError):
            exc = self.unhandled(exc)
            response = None if sending else app.on_error(request, exc)
        if sending:
            self.abort()  # half an answer is out: only closing tells the client
        elif response is None or isinstance(response, Response):
            self.send_error(exc, response)
        else:
            self.state = _HANDLING
            try:
                self.connection.spawn(response, self.serial)
            except MemoryError as worse:
                self.send_error(_error(worse, ""), None)

    def unhandled(self, exc):
        """Log `exc`, which nobody handles; returns the HTTPError, 500 or 503, that goes to the client."""
        _log.exception(exc, "%s failed", str(self.request.head.path, "latin-1"))
        return _error(exc, "The handler failed; the device's log says where")

    def send_error(self, exc, response):
        """Send `response`, the page for `exc`; `None`: the plain one. When that fails it is the one of a 500 or 503."""
        try:
            self._send(self.connection.app.finish(self.request, response or error_response(exc)))
        except Exception as worse:
            _log.exception(worse, "the error page failed")
            self._send(error_response(_error(worse, "")))

    def _refuse(self, error):
        # There is no request: no filter can look at it, and nothing that follows can be one
        self.room = None
        response = error_response(error)
        response.length = len(response.body)
        self.put(response.head(self.connection.app.fields, False, 1) + response.body)
        self._keep_alive = False
        self.request.body_pending = True
        self._finish()

    def _send(self, response):
        head = self._head
        body = response.body
        plain = type(body) in _BYTES
        if plain:
            response.length = len(body)
        if self.request.body_pending and not self._skip_body():
            self._keep_alive = False
        minor = head.version
        if response.length < 0 and not minor:
            self._keep_alive = False  # HTTP/1.0 has no chunks: the body ends with the connection
        fields = self.connection.app.fields
        if self.request._values:
            fields += self.request._values.get("fields", b"")
        start = response.head(fields, self._keep_alive, minor)
        before = self.out
        self._append(start)  # to an unsent 100 Continue, perhaps
        start = self.out
        self.heard = self._limits.now
        if head.method == _METHOD_HEAD or response.status == 204 or response.status == 304:
            self._source = None if plain else body
            self._finish()
        elif plain and len(start) + len(body) <= len(self.chunk):
            self.join(start, body)
            self._finish()
        else:
            self.state = _SENDING
            self._remaining = response.length
            self._chunked = response.length < 0 and minor > 0
            try:
                if plain:
                    self._source = body
                elif hasattr(body, "readinto"):
                    self._source = body
                    if len(start) < len(self.chunk) // 2:
                        self._next_piece()  # a small file goes in one piece with its head
                elif body is not PIECES:
                    self.connection.spawn(body, self.serial)
            except Exception:
                # Nothing has gone yet: another answer can
                self.state = _HANDLING
                self.out = before
                self._close_source()
                raise

    def join(self, start, body):
        # Head and body in one piece, in the buffer that all connections use: it needs no heap
        chunk = self.chunk
        middle = len(start)
        end = middle + len(body)
        chunk[:middle] = start
        chunk[middle:end] = body
        self._shared_head = end
        self.out = chunk
        self.out_len = end

    def _next_piece(self):
        source = self._source
        if type(source) in _BYTES:
            self.put(source)
            self._finish()
            return
        remaining = self._remaining
        if remaining == 0:
            if self.out is None:
                self._finish()
            return
        target = chunk = self.chunk
        start = 0
        if remaining < 0:
            if self.out is not None:
                return  # chunks begin when the head has gone
        else:
            if self.out is not None:
                start = self.out_len
                chunk[:start] = self.out
            if start or remaining < len(chunk):
                target = chunk[start : start + remaining]
        count = source.readinto(target)  # an error closes: the head may be out
        if not count:
            self._end_of_body()
        elif remaining < 0:
            self.send_piece(chunk[:count])
        else:
            self._remaining = remaining - count
            self._shared_head = start
            self.out = chunk
            self.out_len = start + count

    def send_piece(self, piece):
        """Send `piece`, `bytes` or `str`, as the next part of the body; `out` is free then.

        The first one of a handler that is a generator starts a response with status 200.
        """
        if self.state == _HANDLING:
            self.respond(Response(PIECES))
        if self.state != _SENDING:
            return  # HEAD, or an error instead: nobody waits for pieces
        if type(piece) is str:
            piece = piece.encode()
        if self.closing or not piece:
            return
        self.heard = self._limits.now
        if self._remaining >= 0:
            self._remaining -= len(piece)
            if self._remaining < 0:
                _log.error("a body is longer than its Content-Length")
                self.abort()
                return
        if self._chunked:
            piece = b"%x\r\n%s\r\n" % (len(piece), bytes(piece))
        self._append(bytes(piece))

    def finished(self, result=None):
        """The work that was spawned has come to its end, with `result`."""
        if self.closing:
            return
        if self.state == _SWITCHED:
            self.closing = result is None or result is not self.intake
        elif self.state == _HANDLING:
            if hasattr(result, "take_over"):
                self._switch(result)
            else:
                self.respond(Response(b"", 204) if result is None else result)
        elif self.state == _SENDING:
            self._end_of_body()
            if self.out is None and not self.closing:
                self.more()  # nobody will ask: all pieces have gone already

    def _end_of_body(self):
        if self._remaining > 0:
            _log.error("a body is shorter than its Content-Length")
            self.abort()
            return
        if self._chunked:
            self._append(b"0\r\n\r\n")
        self._finish()

    def _close_source(self):
        source, self._source = self._source, None
        self._remaining = 0
        if hasattr(source, "close"):
            try:
                source.close()
            except Exception as exc:
                _log.exception(exc, "a body did not close")


def _error(exc, detail):
    # What the client hears of an exception
    if isinstance(exc, MemoryError):
        return HTTPError(503, "There is no memory for that just now", (("Retry-After", "5"),))
    return HTTPError(500, detail)
