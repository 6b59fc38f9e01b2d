"""Taking a connection over: whose bytes are whose, back-pressure, deadlines, and the end of either side."""

import asyncio

from check import raises
from windup import HTTPError, Response, WindUp
from windup.exchange import SWITCHED
from windup.intake import Intake
from wire import Wire, get, one, parse, post


class Echo(Intake):
    """Sends back what comes, as long as `room` is not 0."""

    def __init__(self, room=100):
        self.room = room
        self.log = []
        self.buffer = bytearray(100)

    def connection_made(self):
        self.log.append("made")
        self.post(b"hello ")

    def get_buffer(self):
        return memoryview(self.buffer)[: self.room]

    def buffer_updated(self, count):
        self.log.append(bytes(self.buffer[:count]))
        self.post(b"<" + bytes(self.buffer[:count]) + b">")

    def eof_received(self):
        self.log.append("eof")
        return self.room == 99

    def tick(self):
        self.log.append("tick")

    def connection_lost(self):
        self.log.append("lost")


def wired(intake, handler=None, fields=(), **limits):
    """A `Wire` whose connection `intake` has, or that `handler` has been asked for."""
    app = WindUp()
    app.get("/")(handler or (lambda request: intake))
    wire = Wire(app, **limits)
    return wire, wire.send(get("/", *fields))


def run(coroutine):
    """Run `coroutine` as asyncio's only task."""
    asyncio.run(coroutine)


def test_a_function_returns_what_takes_over():
    echo = Echo()
    wire, out = wired(echo)
    assert out == b"hello "
    assert wire.exchange.state == SWITCHED
    assert wire.send(b"GET / HTTP/1.1\r\n\r\n") == b"<GET / HTTP/1.1\r\n\r\n>"
    assert wire.send(b"abc", 1) == b"<a><b><c>"
    assert not wire.closing
    wire.connection.close()
    assert echo.log[-1] == "lost" and echo.exchange is None
    wire.connection.close()
    assert echo.log.count("lost") == 1


def test_the_connection_serves_the_next_client_afterwards():
    echo = Echo()
    wire, _ = wired(echo)
    wire.connection.close()
    wire.connection.open(("192.0.2.2", 1))
    echo.close()
    echo.wake()
    assert not echo.post(b"for the wrong one")
    assert wire.send(get("/nothing")).startswith(b"HTTP/1.1 404 ")
    assert not wire.closing


def test_a_coroutine_takes_over_and_its_end_closes():
    echo = Echo()

    async def handler(request):
        echo.take_over(request)
        await echo.write(b"one,")
        await echo.write(b"two,", b"three")

    wire, out = wired(echo, handler)
    assert out == b""
    assert wire.drive() == b"hello one,two,three"
    assert wire.closing


def test_a_coroutine_that_returns_the_intake_leaves_it_open():
    echo = Echo()

    async def early(request):
        echo.take_over(request)
        return echo

    async def late(request):
        return echo

    for handler in (early, late):
        wire, _ = wired(echo, handler)
        assert wire.drive() == b"hello "
        assert not wire.closing
        assert wire.send(b"abc") == b"<abc>"


def test_what_came_behind_the_request_arrives():
    echo = Echo(4)
    app = WindUp()
    app.get("/")(lambda request: echo)
    wire = Wire(app)
    wire.send(get("/") + b"abcdefghi")
    assert echo.log == ["made", b"abcd", b"efgh", b"i"]


def test_what_came_behind_the_request_waits_for_room():
    echo = Echo(0)
    app = WindUp()
    app.get("/")(lambda request: echo)
    wire = Wire(app)
    wire.send(get("/") + b"abcdef")
    assert not wire.exchange.get_buffer()
    echo.room = 4
    assert not wire.exchange.get_buffer()  # the socket is not before what waits
    echo.wake()
    assert echo.log == ["made", b"abcd", b"ef"]
    assert len(wire.exchange.get_buffer()) == 4


class Spare(Echo):
    """Collects to the room that the request leaves."""

    def connection_made(self):
        self.buffer = self.spare()
        self.taken = 0

    def get_buffer(self):
        return self.buffer[self.taken : self.taken + self.room]

    def buffer_updated(self, count):
        self.taken += count


def test_the_rest_of_the_receive_buffer_is_the_intakes():
    for room in (1, 3, 1000):
        spare = Spare(room)
        app = WindUp()
        app.get("/")(lambda request: spare)
        wire = Wire(app)
        wire.send(get("/") + b"0123456789")
        assert len(spare.buffer) == len(wire.connection.own_buffer) - len(get("/"))
        wire.send(b"abc")
        assert bytes(spare.buffer[: spare.taken]) == b"0123456789abc"
        assert wire.exchange.request.path == "/"


def test_what_nobody_overrides_throws_away_what_comes():
    intake = Intake()
    wire, out = wired(intake)
    assert wire.send(b"x" * 5000) == out == b""
    wire.wait(1000)
    assert not wire.closing
    wire.eof()
    assert wire.closing


def test_the_clients_end():
    for room, closing in ((100, True), (99, False)):
        echo = Echo(room)
        wire, _ = wired(echo)
        wire.eof()
        assert echo.log == ["made", "eof"]
        assert wire.closing == closing
        assert not wire.exchange.get_buffer()


def test_a_client_that_takes_nothing_is_dropped_however_much_it_sends():
    echo = Echo()
    wire, _ = wired(echo, between_bytes=5)
    wire.stuck = True
    wire.feed(b"abc")  # its echo never goes
    for _ in range(4):
        wire.limits.now += 1
        assert not wire.connection.timed_out()
        wire.feed(b"abc")
    wire.limits.now += 1
    assert wire.connection.timed_out() and wire.closing
    assert wire.exchange.out is None
    assert echo.log[-1] == "lost"


def test_ticks_come_while_nothing_waits_to_go():
    class Beat(Echo):
        def tick(self):
            self.post(b"beat")

    wire, _ = wired(Beat())
    assert wire.wait(1) == b"beat"
    assert wire.wait(1) == b"beat"
    assert not wire.closing


def test_stop_closes():
    echo = Echo()
    wire, _ = wired(echo)
    echo.stop()
    assert wire.closing
    assert not echo.post(b"late")


def test_writers_take_turns_and_their_pieces_stay_whole():
    echo = Echo()
    wire, _ = wired(echo, chunk=256)
    done = []

    async def writer(name, size):
        for _ in range(3):
            await echo.write(name + b":", name * size)
        done.append(name)

    async def main():
        wire.stuck = True
        tasks = [
            asyncio.create_task(writer(b"a", 1)),
            asyncio.create_task(writer(b"b", 300)),
            asyncio.create_task(writer(b"c", 40)),
        ]
        out = b""
        while len(done) < 3:
            await asyncio.sleep(0)
            exchange = wire.exchange
            if exchange.out is not None:  # 50 bytes at a time
                length = exchange.out_len
                out += bytes(exchange.out[: min(50, length)])
                if length > 50:
                    exchange.sent(50)
                else:
                    exchange.more()
        for task in tasks:
            await task
        pieces = [b"a:a", b"b:" + b"b" * 300, b"c:" + b"c" * 40]
        assert len(out) == 3 * sum([len(piece) for piece in pieces])
        while out:
            for piece in pieces:
                if out.startswith(piece):
                    out = out[len(piece) :]
                    break
            else:
                raise AssertionError(out)

    run(main())


def test_a_writer_learns_that_the_client_has_gone():
    echo = Echo()
    wire, _ = wired(echo)
    errors = []

    async def writer():
        try:
            await echo.write(b"abc")
        except OSError as exc:
            errors.append(exc.errno)

    async def main():
        wire.stuck = True
        first, second = asyncio.create_task(writer()), asyncio.create_task(writer())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert wire.exchange.out == b"abc"
        wire.connection.close()
        await first
        await second
        await writer()
        assert len(errors) == 3

    run(main())


def test_writes_that_go_at_once_let_others_have_a_turn():
    echo = Echo()
    wire, _ = wired(echo)
    turns = []

    async def other():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async def main():
        task = asyncio.create_task(other())
        for _ in range(80):
            await echo.write(b"abc")
        task.cancel()

    run(main())
    assert len(turns) >= 10


def test_not_twice_not_late_and_not_with_a_body():
    echo = Echo()
    errors = []

    async def twice(request):
        echo.take_over(request)
        errors.append(raises(RuntimeError, Echo().take_over, request))
        return echo

    def early(request):
        errors.append(raises(RuntimeError, echo.take_over, request))
        return "page"

    def late(request):
        yield "piece"
        errors.append(raises(RuntimeError, Echo().take_over, request))

    app = WindUp()
    app.post("/body")(lambda request: echo)
    app.get("/twice")(twice)
    app.get("/early")(early)
    app.get("/late")(late)
    for data in (post("/body", b"abc"), post("/body", b"x" * 3000)):
        assert one(Wire(app).send(data))[0] == 400
    wire = Wire(app)
    for _ in range(2):
        assert one(wire.send(get("/early")))[2] == b"page"
        assert one(wire.send(get("/late")) + wire.drive())[2] == b"piece"
    wire.send(get("/twice"))
    assert wire.drive() == b"hello "
    assert len(errors) == 5 and echo.log == ["made"]


def test_a_handler_that_fails_afterwards_cuts_the_connection():
    echo = Echo()

    async def handler(request):
        echo.take_over(request)
        raise HTTPError(400, "too late for it")

    wire, _ = wired(echo, handler)
    assert b"400" not in wire.drive()
    assert wire.closing and echo.log[-1] == "lost"


def test_the_head_of_a_response_has_the_filters_fields():
    class Filter:
        fields = b"X-All: 1\r\n"

        def response(self, request, response):
            response.add_header("X-One", request.path)

    class Stream(Echo):
        def connection_made(self):
            self.post(self.head(Response(b"", content_type=b"text/event-stream")))

    app = WindUp()
    app.add_filter(Filter())
    app.get("/")(lambda request: Stream())
    wire = Wire(app)
    status, headers, body = parse(wire.send(get("/")))[0]
    assert (status, body) == (200, b"")
    assert headers == {
        "content-type": "text/event-stream",
        "x-all": "1",
        "x-one": "/",
        "connection": "close",
    }
