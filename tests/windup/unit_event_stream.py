"""Server-sent events: what goes out, who is noticed, and that nothing can be smuggled in."""

import asyncio

from check import raises
from windup import WindUp
from windup.event_stream import _lines, event_stream
from wire import Wire, get, parse


def open_stream(handler, *fields, limits=None, **options):
    """A `Wire` with an open stream, and what came with its head."""
    app = WindUp()
    event_stream(app, "/events", **options)(handler)
    wire = Wire(app, **(limits or {}))
    data = wire.send(get("/events", *fields)) + wire.drive()
    at = data.find(b"\r\n\r\n")
    head, rest = data[:at], data[at + 4 :]
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"), head
    assert b"\r\nConnection: close" in head and b"\r\nCache-Control: no-store" in head
    assert b"Content-Length" not in head and b"Transfer-Encoding" not in head
    return wire, rest


async def come(wire):
    out = b""
    for _ in range(6):
        await asyncio.sleep(0)
        out += wire.take()
    return out


def running(test):
    def run():
        asyncio.run(test())

    return run


def test_fields():
    assert _lines("a", None, None, None) == b"data: a\n\n"
    assert _lines("", None, None, None) == b"data: \n\n"
    assert (
        _lines("a", "temperature", "7", 3000)
        == b"id: 7\nevent: temperature\nretry: 3000\ndata: a\n\n"
    )
    assert _lines(None, None, "7", None) == b"id: 7\n\n"
    assert _lines(None, None, "", None) == b"id: \n\n"
    assert _lines(None, None, None, None) == b""
    assert _lines({"a": 1}, None, None, None) == b'data: {"a": 1}\n\n'
    assert _lines([1, "x"], None, None, None) == b'data: [1, "x"]\n\n'
    assert _lines("κόσμε", None, None, None) == b"data: " + "κόσμε".encode() + b"\n\n"


def test_each_line_of_the_data_has_its_field():
    for data in ("a\nb", "a\r\nb", "a\rb"):
        assert _lines(data, None, None, None) == b"data: a\ndata: b\n\n", data
    assert _lines("\n", None, None, None) == b"data: \ndata: \n\n"
    assert _lines("a\n\nid: 5", None, None, None) == b"data: a\ndata: \ndata: id: 5\n\n"
    assert _lines("a\r\n\r\nevent: x", None, None, None) == b"data: a\ndata: \ndata: event: x\n\n"


def test_what_would_start_another_field_is_refused():
    for text in ("a\nb", "a\rb", "\n", "a\r\ndata: b"):
        raises(ValueError, _lines, "x", text, None, None)
        raises(ValueError, _lines, "x", None, text, None)
    raises(ValueError, _lines, "x", None, "a\0b", None)


@running
async def test_a_handler_sends():
    async def handler(request, stream):
        await stream.send("one", id="1")
        await asyncio.sleep(0)
        await stream.send("two", event="tick", id="2")

    wire, rest = open_stream(handler)
    assert rest + await come(wire) == b"id: 1\ndata: one\n\nid: 2\nevent: tick\ndata: two\n\n"
    assert wire.closing


@running
async def test_retry_parameters_and_the_last_id():
    seen = []

    def handler(request, stream):
        seen.append((stream.last_event_id, request.header("x-id")))

    wire, rest = open_stream(handler, "Last-Event-ID: 41", "X-Id: 7", retry=500)
    assert rest + await come(wire) == b"retry: 500\n\n" and seen == [("41", "7")]
    assert not wire.closing  # a plain function may have kept the stream
    open_stream(handler)
    await asyncio.sleep(0)
    assert seen[1] == ("", None)


@running
async def test_push_does_not_wait():
    streams = []

    def handler(request, stream):
        stream.on_close = lambda: streams.append("closed")
        streams.append(stream)

    wire, _ = open_stream(handler)
    await come(wire)
    stream = streams[0]
    assert stream.push("a") and stream.push({"b": 2})
    assert await come(wire) == b'data: a\n\ndata: {"b": 2}\n\n'
    wire.stuck = True
    assert stream.push("c") and not stream.push("d")
    wire.stuck = False
    assert await come(wire) == b"data: c\n\n"
    wire.connection.close()
    assert streams[1:] == ["closed"] and not stream.push("late")


@running
async def test_a_slow_client_holds_its_handler_back():
    sent = []

    async def handler(request, stream):
        for number in range(5):
            await stream.send("%d" % number)
            sent.append(number)

    app = WindUp()
    event_stream(app, "/events")(handler)
    wire = Wire(app)
    wire.send(get("/events"))
    wire.stuck = True
    wire.spawned and wire.drive()
    await asyncio.sleep(0)
    wire.stuck = True
    before = len(sent)
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(sent) - before <= 1
    wire.stuck = False
    out = b""
    for _ in range(5):
        out += await come(wire)
    assert sent == [0, 1, 2, 3, 4]


@running
async def test_silence_is_broken_by_comments():
    wire, _ = open_stream(lambda request, stream: None, heartbeat=5)
    await come(wire)
    assert wire.wait(4) == b"" and wire.wait(1) == b":\n\n"
    assert wire.wait(4) == b"" and wire.wait(1) == b":\n\n"
    wire, _ = open_stream(lambda request, stream: None, heartbeat=0)
    await come(wire)
    assert wire.wait(100) == b"" and not wire.closing


@running
async def test_a_client_that_takes_no_comment_is_dropped():
    wire, _ = open_stream(lambda request, stream: None, heartbeat=5, limits={"between_bytes": 3})
    await come(wire)
    for _ in range(5):
        wire.limits.now += 1
        wire.connection.timed_out()
    assert wire.exchange.out is not None and not wire.closing
    for _ in range(3):
        wire.limits.now += 1
        wire.connection.timed_out()
    assert wire.closing


@running
async def test_a_handler_ends_with_its_client():
    ended = []

    async def handler(request, stream):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    wire, _ = open_stream(handler)
    await come(wire)
    wire.connection.close()
    for _ in range(3):
        await asyncio.sleep(0)
    assert ended == [1]
    wire, _ = open_stream(handler)
    await come(wire)
    wire.eof()  # nobody reads any more
    assert wire.closing


@running
async def test_a_handler_that_fails_ends_the_stream():
    async def handler(request, stream):
        await stream.send("a")
        raise ValueError("no")

    wire, rest = open_stream(handler)
    assert rest + await come(wire) == b"data: a\n\n" and wire.closing

    def breaks(request, stream):
        raise ValueError("no")

    wire, rest = open_stream(breaks)
    await come(wire)
    assert wire.closing


@running
async def test_head_and_other_methods():
    app = WindUp()
    event_stream(app, "/events")(lambda request, stream: None)
    wire = Wire(app)
    data = wire.send(get("/events", method="HEAD"))
    assert data.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
    assert data.endswith(b"\r\n\r\n") and not wire.spawned
    assert parse(Wire(app).send(get("/events", method="POST")))[0][0] == 405


@running
async def test_filters_see_the_answer():
    class Cors:
        def response(self, request, response):
            response.add_header("Access-Control-Allow-Origin", "https://a.example")

    app = WindUp()
    app.add_filter(Cors())
    event_stream(app, "/events")(lambda request, stream: None)
    wire = Wire(app)
    data = wire.send(get("/events")) + wire.drive()
    assert b"\r\nAccess-Control-Allow-Origin: https://a.example\r\n" in data
