"""Made-up requests of all sorts: a connection never breaks, keeps to its limits, and accepts nothing that h11 refuses.

What differs from h11 on purpose is stricter, and listed in tests/httptok/test_h11.py.
"""

import contextlib
import random
import re
import socket

import h11
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from windup import WindUp, send_file
from windup.ranges import part
from wire import Wire, parse

HEAD_MAX = 1024
BODY_MAX = 300
CONTENT = bytes(range(100))

METHODS = [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH"]
ROUTED = ("GET", "POST", "PUT", "DELETE", "PATCH")

examples = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


class File:
    """`CONTENT`, as a handler sends it."""

    def __init__(self):
        self.at = 0

    def seek(self, at, whence=0):
        self.at = at + (0, self.at, len(CONTENT))[whence]
        return self.at

    def readinto(self, buf):
        piece = CONTENT[self.at : self.at + len(buf)]
        buf[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)

    def close(self):
        pass


def make_app(seen):
    """Notes each request in `seen`: method, target, body."""
    app = WindUp(body_max=BODY_MAX)

    @app.route("/<path:path>", ROUTED)
    def any_path(request, path):
        target = request.head.path
        if request.head.query is not None:
            target += b"?" + request.head.query
        seen.append((request.method, target, bytes(request.body)))
        return "seen"

    @app.get("/file")
    def file(request):
        return send_file(request, File(), etag="tag")

    @app.get("/query")
    def query(request):
        return str(len(request.query))

    return app


class Bounded(Wire):
    """A client that looks at what the connection holds after each piece."""

    def feed(self, data):
        count = super().feed(data)
        exchange = self.connection.exchange
        if exchange is not None:
            assert len(exchange.buf) <= HEAD_MAX
            if exchange.body is not None:
                assert len(exchange.body.data) <= BODY_MAX
        return count


def converse(data, sizes):
    """Send `data` in pieces of `sizes`, over and over; what was seen, and what came back."""
    seen = []
    wire = Bounded(make_app(seen), head=HEAD_MAX, target=200, buffer=256)
    out = b""
    at = turn = 0
    while at < len(data) and not wire.closing:
        size = sizes[turn % len(sizes)]
        turn += 1
        out += wire.send(data[at : at + size])
        at += size
    wire.eof()
    return seen, out + wire.take() if wire.exchange else out


def by_h11(data):
    """The requests that h11 reads, until it refuses one or wants more: method, target, body."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=100_000)
    connection.receive_data(data)
    connection.receive_data(b"")
    requests = []
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                current = [event.method.decode(), event.target, b""]
            elif isinstance(event, h11.Data):
                current[2] += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                requests.append(tuple(current))
                connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                    return requests
                connection.start_next_cycle()
            else:
                return requests
    except h11.RemoteProtocolError:
        return requests


names = st.sampled_from(
    [b"Host", b"Content-Length", b"Transfer-Encoding", b"Connection", b"Expect", b"Range", b"X-A"]
)
values = st.one_of(
    st.sampled_from(
        [b"x", b"5", b"0", b"300", b"301", b"chunked", b"gzip", b"close", b"keep-alive"]
        + [b"100-continue", b"bytes=0-1", b"a, b", b"", b"5, 5", b"chunked, chunked"]
    ),
    st.binary(max_size=12),
)
ends = st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r", b"\r\n "])
plain_fields = st.sampled_from(
    [b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n"]
)
odd_fields = st.builds(
    lambda n, colon, v, end: n + colon + v + end,
    names,
    st.sampled_from([b": "] * 8 + [b":", b" :", b""]),
    values,
    ends,
)
fields = st.one_of(plain_fields, odd_fields)
targets = st.one_of(
    st.sampled_from([b"/a", b"/a?b=c", b"/file", b"/%41", b"/%zz", b"*", b"/" + b"a" * 250]),
    st.binary(max_size=10).map(lambda data: b"/" + data),
)
lines = st.builds(
    lambda m, t, v, end: m + b" " + t + b" HTTP/" + v + end,
    st.sampled_from([*METHODS, b"get", b""]),
    targets,
    st.sampled_from([b"1.1"] * 8 + [b"1.0", b"2.0", b"1"]),
    ends,
)
sizes_of_chunks = st.sampled_from(
    [b"5", b"0", b"A", b"05", b"5;a=b", b"5 ", b"g", b"", b"80000000", b"12d"]
)
chunks = st.lists(
    st.builds(
        lambda size, cut, data, end: size + cut + data + end,
        sizes_of_chunks,
        ends,
        st.binary(max_size=12) | st.just(b"hello"),
        ends,
    ),
    max_size=4,
).map(b"".join)
bodies = st.one_of(
    st.just(b""), st.binary(max_size=20), chunks, st.just(b"5\r\nhello\r\n0\r\n\r\n")
)
requests = st.builds(
    lambda line, host, rest, body: line + host + b"".join(rest) + b"\r\n" + body,
    lines,
    st.sampled_from([b"Host: x\r\n"] * 8 + [b""]),
    st.lists(fields, max_size=3),
    bodies,
)
streams = st.lists(requests, min_size=1, max_size=3).map(b"".join)
cuts = st.lists(st.integers(1, 400), min_size=1, max_size=4)


@examples
@given(streams, cuts)
@example(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" * 2, [1])
@example(
    b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", [7]
)
def test_what_is_accepted_is_what_h11_reads(data, sizes):
    seen, out = converse(data, sizes)
    others = by_h11(data)
    routed = [request for request in others if request[0] in ("HEAD", *ROUTED)]
    at = 0
    for method, target, body in seen:
        # Requests that were refused by a handler's limits leave no trace in `seen`
        while at < len(routed) and not same(routed[at], method, target, body):
            at += 1
        assert at < len(routed), (method, target, body, others)
        at += 1


def same(request, method, target, body):
    path = re.sub(rb"^https?://[^/?]*", b"", request[1]) or b"/"
    return request[0] == method and path == target and (body == request[2] or not body)


@examples
@given(st.binary(max_size=3000), cuts)
@example(b"GET / HTTP/1.1\r\nX: " + b"a" * 3000, [1000])
@example(
    b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 400,
    [100],
)
def test_any_bytes_are_answered_or_refused(data, sizes):
    _, out = converse(data, sizes)
    assert not out or out.startswith(b"HTTP/1.1 ")


@examples
@given(streams, cuts, cuts)
@example(b"GET /a HTTP/1.0\r\nHost: x\r\nContent-Length: 5\r\n\r\n123456", [1], [3])
def test_how_it_is_cut_makes_no_difference(data, one, other):
    seen, out = converse(data, one)
    again, other_out = converse(data, other)
    common = min(len(seen), len(again))
    assert seen[:common] == again[:common]
    if len(seen) != len(again):
        # A body that nobody asked for is skipped when it is there already: else the connection closes
        shorter = out if len(seen) < len(again) else other_out
        assert b"Connection: close\r\n" in shorter


@examples
@given(
    st.one_of(st.text(max_size=20), st.from_regex(r"(bytes)?=?[0-9]{0,20}-[0-9]{0,20}(,[0-9-]*)?"))
)
@example("bytes=0-" + "9" * 900)
def test_ranges_stay_inside(text):
    value = text.encode("utf-8", "surrogatepass")
    for length in (0, 1, 100):
        found = part(value, length)
        if found:
            start, count = found
            assert 0 <= start < length and 0 < count <= length - start
    if len(value) > 800 or min(value, default=32) < 32 or 127 in value:
        return
    app = make_app([])
    data = b"GET /file HTTP/1.1\r\nHost: x\r\nRange: " + value + b"\r\n\r\n"
    ((status, headers, body),) = parse(Wire(app).send(data))
    assert status in (200, 206, 416)
    if status == 206:
        start, end = re.fullmatch(r"bytes (\d+)-(\d+)/100", headers["content-range"]).groups()
        assert body == CONTENT[int(start) : int(end) + 1]
    elif status == 200:
        assert body == CONTENT


@examples
@given(st.binary(max_size=60))
@example(b"a=%ff")
@example(b"&&==&a&=b&a=b=c")
def test_any_query(query):
    line = b"GET /query?" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    out = Wire(make_app([])).send(line)
    assert parse(out)[0][0] in (200, 400, 505)


# None of these has a file inflated: for that such a heap may be too full, and the connection closes then
SEEDS = [
    b"GET /api/v1/status?a=b%20c HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nRange: bytes=0-9\r\n\r\n",
    b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789",
    b"POST /api HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
    b'HEAD / HTTP/1.0\r\nConnection: keep-alive\r\nIf-None-Match: "a", W/"b"\r\n\r\n',
    b"GET /api/v1/status HTTP/1.1\r\nHost: [::1]:80\r\nX-Long: " + b"a" * 700 + b"\r\n\r\n",
]


def mutate(chance, data):
    """`data` with a few bytes changed, cut out or repeated."""
    data = bytearray(data)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data))
        end = min(len(data), at + chance.randrange(1, 30))
        kind = chance.randrange(4)
        if kind == 0:
            data[at] = (
                chance.choice(b"\r\n\t :;,%/.=-0\0\xff") if chance.random() < 0.7 else at & 255
            )
        elif kind == 1:
            del data[at:end]
        elif kind == 2:
            data[at:at] = data[at:end] * chance.randrange(1, 4)
        else:
            data[at:at] = chance.randbytes(chance.randrange(1, 8))
        data = data or bytearray(b"\n")
    return bytes(data)


@pytest.mark.timeout(3600)
def test_the_firmware_takes_whatever_comes_in_38_kib(make_host, soak):
    host = make_host(bits=32, profile="esp8266").start()
    chance = random.Random(8)
    levels = []
    for _ in range(4):
        for _ in range(5000 if soak else 200):
            with host.connect() as sock, contextlib.suppress(OSError):
                sock.sendall(mutate(chance, chance.choice(SEEDS)) * chance.randrange(1, 3))
                sock.shutdown(socket.SHUT_WR)
                out = b""
                while more := sock.recv(65536):
                    out += more
                assert not out or out.startswith(b"HTTP/1.1 ")
        # What has a finaliser is freed by the second one
        used = "import gc; gc.collect(); gc.collect(); print(gc.mem_alloc())"
        for _ in range(5):  # there may be no room for the tool before the first collection
            told = host.mpremote("resume", "exec", used, check=False).strip()
            if told.isdigit():
                break
        levels.append(int(told))
        assert host.get("/").text.startswith("<!doctype html>")
    # A heap so small may be full for one of them. Then its connection closes, and nobody else notices
    errors = set(re.findall(r"(\w+Error|\w+Exception)\b", host.output))
    assert errors <= {"MemoryError"}, host.output
    # What the last requests have left to the collector's doubt comes and goes; what grows stays
    assert min(levels[-2:]) - levels[0] < 1024, levels
