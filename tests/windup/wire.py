"""A client without sockets: feeds bytes to a `Connection` and collects what it says."""

from windup.connection import Connection
from windup.limits import Limits


class Wire:
    """One connection to `app`; `limits` are overrides by key. `step` limits how many bytes are sent at a time."""

    def __init__(self, app, step=65536, **limits):
        self.limits = Limits(limits)
        self.spawned = []
        self.connection = Connection(app, self.limits, self._spawn)
        self.connection.open(("192.0.2.1", 1234))
        self.step = step

    def _spawn(self, work, serial):
        self.spawned.append((work, serial))

    def drive(self):
        """Run what handlers left to be driven, to its end; the pieces that come are sent."""
        out = b""
        while self.spawned:
            work, serial = self.spawned.pop(0)
            try:
                while True:
                    piece = work.send(None)
                    if piece is not None:
                        self.connection.send_piece(piece)
                        out += self.take()
            except StopIteration as stop:
                self.connection.finished(stop.value)
            except Exception as exc:
                self.connection.fail(exc)
            out += self.take()
        return out

    def take(self):
        out = b""
        connection = self.connection
        while connection.out is not None:
            piece = bytes(connection.out[: connection.out_len])
            if len(piece) > self.step:
                out += piece[: self.step]
                connection.sent(self.step)
                if connection.out_len == 0:
                    connection.more()
                continue
            out += piece
            if not connection.more():
                break
        return out

    def send(self, data, at_a_time=65536):
        """Feed `data`, as the client; returns the bytes that come back."""
        out = b""
        while data:
            buffer = self.connection.buffer
            if buffer is None:
                buffer = self.connection.get_buffer()
            count = min(len(buffer), len(data), at_a_time)
            if not count:
                raise AssertionError("not reading; left %r" % data)
            buffer[:count] = data[:count]
            data = data[count:]
            length = self.connection.received(count)
            if length > self.step:
                out += bytes(self.limits.chunk[: self.step])
                self.connection.unsent(self.step, length)
            else:
                out += bytes(self.limits.chunk[:length])
            out += self.take()
        return out

    def wait(self, seconds):
        """Let time pass."""
        for _ in range(seconds):
            self.limits.now += 1
            self.connection.timed_out()
        return self.take()


def get(path, *fields, method="GET", version="1.1"):
    """A request without body."""
    lines = ["%s %s HTTP/%s" % (method, path, version), "Host: device"]
    lines.extend(fields)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path, body, *fields):
    """A request with a body of known length."""
    return get(path, "Content-Length: %d" % len(body), *fields, method="POST") + body


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
