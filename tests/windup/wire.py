"""A client without sockets: feeds bytes to a `Connection` and collects what it says."""

import asyncio

from windup.connection import Connection
from windup.limits import Limits

try:
    from asyncio import core
except ImportError:  # CPython
    core = None


class Wire:
    """One connection to `app`; `limits` are overrides by key. `step` limits how many bytes are sent at a time.

    While `stuck` the client takes nothing of what is written in between.
    """

    answers_at_once = True

    def __init__(self, app, step=65536, **limits):
        self.limits = Limits(limits)
        self.spawned = []
        self.connection = Connection(app, self.limits, self._spawn)
        self.connection.transport = self
        self.connection.open(("192.0.2.1", 1234))
        self.stuck = False
        self._flushed = b""
        self.step = step
        self._closed = False

    def _spawn(self, work, serial):
        self.spawned.append((work, serial))

    @property
    def exchange(self):
        return self.connection.exchange

    @property
    def closing(self):
        """Whether the transport closes the connection, when all has gone."""
        return self._closed or (self.connection.buffer is None and self.exchange.closing)

    def drive(self):
        """Run what handlers left to be driven, to its end; the pieces that come are sent."""
        out = b""
        while self.spawned:
            work, serial = self.spawned.pop(0)
            try:
                while True:
                    piece = work.send(None)
                    if piece is not None:
                        self.exchange.send_piece(piece)
                        out += self.take()
            except StopIteration as stop:
                self.exchange.finished(stop.value)
            except Exception as exc:
                self.exchange.fail(exc)
            out += self.take()
        return out

    def flush(self):
        """Send what the exchange has to say: a transport's."""
        if not self.stuck:
            self._flushed = self.take() + self._flushed  # within that it may have been called again

    def take(self):
        """What the exchange has to say."""
        out, self._flushed = self._flushed, b""
        exchange = self.exchange
        while exchange is not None and exchange.out is not None:
            piece = bytes(exchange.out[: exchange.out_len])
            if len(piece) > self.step:
                out += piece[: self.step]
                exchange.sent(self.step)
                if exchange.out_len == 0:
                    exchange.more()
                continue
            out += piece
            if not exchange.more():
                break
        return out

    def feed(self, data):
        """Hand over the start of `data`, and take nothing of what comes back. Returns how many bytes were taken."""
        connection = self.connection
        rests = connection.buffer is not None
        buffer = connection.buffer if rests else self.exchange.get_buffer()
        count = min(len(buffer), len(data))
        if not count:
            raise AssertionError("not reading; left %r" % data)
        buffer[:count] = data[:count]
        if rests:
            try:
                length = connection.received(count)
            except Exception as exc:
                length = 0
                connection.failed(exc)
            if length:
                connection.unsent(0, length)
        else:
            self._received(count)
        return count

    def _received(self, count):
        task = getattr(core, "cur_task", None)  # a transport runs outside of every task
        try:
            length = self.exchange.received(count)
        except Exception as exc:
            length = 0
            self.connection.failed(exc)
        if core:
            core.cur_task = task
        if length and length is not True:
            self.exchange.intake.unsent(0, length)

    def send(self, data, at_a_time=65536):
        """Feed `data`, as the client, until the server closes; returns the bytes that come back."""
        out = b""
        while data and not self.closing:
            count = self.feed(data[:at_a_time])
            data = data[count:]
            out += self.take()
        return out

    def eof(self):
        """The client has sent its last byte."""
        if self.connection.buffer is not None:
            self._closed = True
        else:
            self.exchange.eof_received()

    def wait(self, seconds):
        """Let time pass."""
        for _ in range(seconds):
            self.limits.now += 1
            if self.connection.timed_out() and self.connection.buffer is not None:
                self._closed = True
        return self.take()


class Tasks(Wire):
    """A `Wire` that drives its handlers as tasks of asyncio; it lives in its loop."""

    def _spawn(self, work, serial):
        self.task = asyncio.create_task(self._run(work, serial))

    async def _run(self, work, serial):
        exchange = self.exchange
        try:
            result = await work
            if exchange.serial == serial:
                exchange.finished(result)
        except Exception as exc:
            if exchange.serial == serial:
                exchange.fail(exc)
        self.flush()

    async def say(self, data, at_a_time=65536):
        """Send `data` as far as it is taken, and let the handlers work; the bytes that come back."""
        out = self.take()
        while data:
            connection = self.connection
            buffer = connection.buffer
            if buffer is None:
                buffer = self.exchange.get_buffer()
            if len(buffer):
                count = self.feed(data[:at_a_time])
                data = data[count:]
            out += self.take()
            await self.turns()
            out += self.take()
        await self.turns()
        return out + self.take()

    async def turns(self):
        """Let everybody have a few turns."""
        for _ in range(4):
            await asyncio.sleep(0)


def get(path, *fields, method="GET", version="1.1"):
    """A request without body."""
    lines = ["%s %s HTTP/%s" % (method, path, version), "Host: device"]
    lines.extend(fields)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path, body, *fields):
    """A request with a body of known length."""
    return get(path, "Content-Length: %d" % len(body), *fields, method="POST") + body


def one(data):
    """The only response in `data`."""
    responses = parse(data)
    assert len(responses) == 1, responses
    return responses[0]


def parse(data):
    """All responses in `data`, as `(status, headers, body)`; headers by lower-case name."""
    responses = []
    while data:
        head, _, data = _cut(data, b"\r\n\r\n")
        lines = head.split(b"\r\n")
        status = int(lines[0].split(b" ")[1])
        headers = {}
        for line in lines[1:]:
            name, _, value = _cut(line, b": ")
            headers[name.decode().lower()] = value.decode()
        if status in (100, 204, 304):
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = b""
            while True:
                size, _, data = _cut(data, b"\r\n")
                size = int(size, 16)
                body += data[:size]
                assert data[size : size + 2] == b"\r\n"
                data = data[size + 2 :]
                if not size:
                    break
        elif "content-length" in headers:
            length = int(headers["content-length"])
            body, data = data[:length], data[length:]
            assert len(body) == length, "short body"
        else:
            body, data = data, b""
        responses.append((status, headers, body))
    return responses


def _cut(data, mark):
    at = data.find(mark)
    assert at >= 0, "no %r in %r" % (mark, data)
    return data[:at], mark, data[at + len(mark) :]
