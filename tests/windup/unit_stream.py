"""Bodies read piece by piece: limits, deadlines, back-pressure, and what becomes of what nobody reads."""

import asyncio

from check import raises
from windup import HTTPError, WindUp
from windup.exchange import LINGER
from windup.stream import Stream
from wire import Tasks, Wire, get, one, parse, post

TEXT = bytes(range(256)) * 10
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def chunked(body, size, *fields, trailer=b""):
    """A request with `body` in chunks of `size` bytes."""
    data = b""
    while body:
        data += b"%x;a=b\r\n%s\r\n" % (len(body[:size]), body[:size])
        body = body[size:]
    fields += ("Transfer-Encoding: chunked",)
    return get("/", *fields, method="POST") + data + b"0\r\n" + trailer + b"\r\n"


class Site:
    """An application with one route that streams, and what its handler noted."""

    def __init__(self, handler, body_max=10000):
        self.app = WindUp()
        self.app.post("/", stream=True, body_max=body_max)(self.run)
        self.app.get("/")(lambda request: "page")
        self.handler = handler
        self.called = 0
        self.error = None

    async def run(self, request):
        self.called += 1
        try:
            return await self.handler(request)
        except Exception as exc:
            self.error = exc
            raise

    def wire(self, **limits):
        return Tasks(self.app, **limits)


def run(coroutine):
    asyncio.run(coroutine)


async def by_read(request):
    body = b""
    while True:
        piece = await request.stream.read(100)
        if not piece:
            assert await request.stream.read(100) == b""
            return body
        assert len(piece) <= 100
        body += piece


async def by_readinto(request):
    body = b""
    buf = bytearray(70)
    while True:
        count = await request.stream.readinto(buf)
        if not count:
            return body
        body += buf[:count]


async def by_iteration(request):
    body = b""
    async for piece in request.stream:
        body += piece
    return body


async def at_once(request):
    return await request.stream.read()


def test_all_ways_to_read_give_the_body_however_it_is_split():
    async def main():
        for handler in (by_read, by_readinto, by_iteration, at_once):
            for data in (post("/", TEXT), chunked(TEXT, 300, trailer=b"X-Sum: 1\r\n")):
                for at_a_time in (7, 333, 5000):
                    site = Site(handler)
                    wire = site.wire()
                    for _ in range(2):  # with the next request behind it
                        answers = parse(await wire.say(data + get("/"), at_a_time))
                        assert [answer[0] for answer in answers] == [200, 200], answers
                        assert answers[0][2] == TEXT, handler
                        assert answers[1][2] == b"page"
                    assert not wire.closing

    run(main())


def test_a_head_that_leaves_little_room():
    async def main():
        for length in (600, 700, 780, 1500):
            for data in (
                post("/", TEXT, "X: " + "x" * length),
                chunked(TEXT, 300, "X: " + "x" * length),
            ):
                for at_a_time in (50, 5000):
                    wire = Site(at_once).wire()
                    answers = parse(await wire.say(data + get("/"), at_a_time))
                    assert [answer[2] for answer in answers] == [TEXT, b"page"]

    run(main())


def test_a_short_body_is_there_with_the_head():
    async def main():
        for handler in (by_read, by_readinto, by_iteration, at_once):
            wire = Site(handler).wire()
            assert one(await wire.say(post("/", b"short")))[2] == b"short"
            assert one(await wire.say(post("/", b"")))[2] == b""
            assert one(await wire.say(chunked(b"", 1)))[2] == b""

    run(main())


def test_other_routes_have_the_whole_body_to_stream():
    async def main():
        app = WindUp()
        app.post("/")(by_read)
        wire = Tasks(app)
        for data in (post("/", TEXT), chunked(TEXT, 300), post("/", b"short")):
            answers = parse(await wire.say(data + post("/", b"next")))
            assert [answer[2] for answer in answers] == [
                b"short" if b"short" in data else TEXT,
                b"next",
            ]

    run(main())


def test_it_is_for_coroutines():
    errors = []

    def plain(request):
        errors.append(raises(RuntimeError, lambda: request.stream))
        return "page"

    app = WindUp()
    app.post("/", stream=True)(plain)
    wire = Wire(app)
    assert one(wire.send(post("/", b"abc")))[0] == 200
    assert one(wire.send(post("/", b"x" * 2000)))[0] == 200
    assert len(errors) == 2


def test_a_body_that_is_declared_too_long_is_refused_before_the_handler_is_called():
    async def main():
        site = Site(by_read, body_max=100)
        wire = site.wire()
        answer = one(
            await wire.say(get("/", "Content-Length: 101", "Expect: 100-continue", method="POST"))
        )
        assert (answer[0], site.called) == (413, 0)
        assert wire.exchange.state == LINGER
        assert one(await site.wire().say(post("/", b"x" * 100)))[0] == 200
        assert one(await site.wire().say(post("/", b"x" * 101)))[0] == 413
        assert site.called == 1

    run(main())


def test_the_limit_of_the_server_holds_where_the_route_has_none():
    async def main():
        app = WindUp(body_max=50)
        app.post("/", stream=True)(by_read)
        for data, status in ((b"x" * 50, 200), (b"x" * 51, 413)):
            assert one(await Tasks(app).say(post("/", data)))[0] == status
            assert one(await Tasks(app).say(chunked(data, 20)))[0] == status

    run(main())


def test_a_generator_that_no_route_limits_is_limited_by_the_server():
    class Taker:
        def handle(self, request):
            return by_read(request)

    async def main():
        app = WindUp(body_max=50)
        app.add_generator(Taker())
        app.put("/long", body_max=5000)(lambda request: "")
        wire = Tasks(app)
        long = post("/long", b"x" * 3000).replace(b"POST", b"PUT")
        assert one(await wire.say(long))[0] == 200
        assert one(await wire.say(post("/", b"x" * 1500)))[0] == 413

    run(main())


def test_a_chunked_body_is_cut_at_the_limit():
    async def main():
        taken = []

        async def handler(request):
            async for piece in request.stream:
                taken.append(len(piece))

        site = Site(handler, body_max=1000)
        assert one(await site.wire().say(chunked(b"x" * 1000, 90)))[0] == 204
        del taken[:]
        wire = site.wire()
        data = await wire.say(chunked(b"x" * 1001, 90), 50)
        assert one(data)[0] == 413
        assert sum(taken) <= 1000
        assert site.error.status == 413

    run(main())


def test_malformed_chunks_are_400():
    async def main():
        site = Site(by_read)
        data = get("/", "Transfer-Encoding: chunked", method="POST") + b"3\r\nabc\r\nz\r\n"
        assert one(await site.wire().say(data))[0] == 400
        assert site.error.status == 400

    run(main())


def test_what_fails_goes_on_to_fail():
    errors = []

    async def handler(request):
        for _ in range(3):
            try:
                await request.stream.read(10)
            except HTTPError as exc:
                errors.append(exc.status)
        return "stubborn"

    async def main():
        data = get("/", "Transfer-Encoding: chunked", method="POST") + b"z\r\n"
        answer = one(await Site(handler).wire().say(data))
        assert (answer[2], answer[1]["connection"]) == (b"stubborn", "close")
        assert errors == [400, 400, 400]

    run(main())


def test_a_socket_that_breaks_closes_the_connection():
    async def main():
        wire = Site(by_read).wire()
        await wire.say(get("/", "Content-Length: 2000", method="POST") + b"abc")
        error = OSError(104)
        try:
            wire.connection.failed(error)
            raise AssertionError("not told")
        except OSError as exc:
            assert exc is error

    run(main())


def test_a_client_that_stops_sending_gets_408():
    async def main():
        site = Site(by_read)
        wire = site.wire(between_bytes=5)
        head = get("/", "Content-Length: 2000", method="POST")
        assert await wire.say(head + b"abc") == b""
        for _ in range(4):  # nor does the time for a whole request run
            assert wire.wait(4) == b""
            assert await wire.say(b"abc") == b""
        wire.wait(5)
        await wire.turns()
        assert one(wire.take())[0] == 408
        assert site.error.status == 408
        assert wire.exchange.state == LINGER

    run(main())


def test_no_deadline_runs_while_the_handler_does_not_ask():
    async def main():
        go = asyncio.Event()

        async def handler(request):
            await go.wait()
            return await by_read(request)

        wire = Site(handler).wire(between_bytes=5)
        await wire.say(get("/", "Content-Length: 4", method="POST"))
        assert wire.wait(100) == b""
        go.set()
        await wire.turns()
        assert wire.wait(4) == b""
        assert one(await wire.say(b"abcd"))[2] == b"abcd"

    run(main())


def test_continue_is_said_when_the_handler_first_reads():
    async def main():
        go = asyncio.Event()

        async def handler(request):
            await go.wait()
            return await by_read(request)

        for coding in ("Content-Length: 3", "Transfer-Encoding: chunked"):
            wire = Site(handler).wire()
            assert await wire.say(get("/", coding, "Expect: 100-continue", method="POST")) == b""
            go.set()
            await wire.turns()
            assert wire.take() == CONTINUE
            go.clear()
            body = b"abc" if "Length" in coding else b"3\r\nabc\r\n0\r\n\r\n"
            assert one(await wire.say(body, 1))[2] == b"abc"
        go.set()
        data = post("/", b"abc", "Expect: 100-continue")
        for at_a_time in (len(data) - 1, 5000):  # some of the body has come already
            assert one(await Site(handler).wire().say(data, at_a_time))[2] == b"abc"

    run(main())


def test_who_refuses_says_no_continue():
    async def refuse(request):
        raise HTTPError(403, "Not you")

    async def main():
        data = get("/", "Content-Length: 3", "Expect: 100-continue", method="POST")
        wire = Site(refuse).wire()
        assert one(await wire.say(data))[0] == 403
        assert wire.exchange.state == LINGER

    run(main())


def test_an_answer_stays_behind_a_continue_that_has_not_gone():
    async def main():
        wire = Site(by_read).wire()
        wire.stuck = True
        head = get("/", "Content-Length: 3", "Expect: 100-continue", method="POST")
        wire.feed(head)
        await wire.turns()
        exchange = wire.exchange
        assert bytes(exchange.out) == CONTINUE
        exchange.sent(10)
        wire.feed(b"abc")
        await wire.turns()
        wire.stuck = False
        data = wire.take()
        assert data.startswith(CONTINUE[10:])
        assert one(data[len(CONTINUE) - 10 :])[2] == b"abc"

    run(main())


async def indifferent(request):
    return "whatever"


def test_a_body_that_nobody_reads():
    async def main():
        wire = Site(indifferent).wire()
        # Whole behind its head: no reason to close
        answers = parse(await wire.say(post("/", b"abc") + get("/") + post("/", b"def")))
        assert [answer[2] for answer in answers] == [b"whatever", b"page", b"whatever"]
        assert not wire.closing
        # Else the answer ends the connection, which throws away what comes
        status, headers, body = one(await wire.say(post("/", b"x" * 3000)[:2000]))
        assert (body, headers["connection"]) == (b"whatever", "close")
        assert wire.exchange.state == LINGER
        assert await wire.say(b"x" * 1000 + get("/")) == b""

    run(main())


def test_a_body_read_in_part():
    async def handler(request):
        return await request.stream.read(3)

    async def main():
        for data in (post("/", TEXT), chunked(TEXT, 300)):
            wire = Site(handler).wire()
            status, headers, body = one(await wire.say(data))
            assert (body, headers["connection"]) == (TEXT[:3], "close")
            assert wire.exchange.state == LINGER
        # All of it has come: the next request is served
        wire = Site(handler).wire()
        answers = parse(await wire.say(get("/") + post("/", b"abcdef") + get("/")))
        assert [answer[2] for answer in answers] == [b"page", b"abc", b"page"]

    run(main())


def test_tcp_holds_back_who_sends_more_than_is_read():
    async def main():
        go = asyncio.Event()

        async def handler(request):
            stream = request.stream
            await go.wait()
            return await stream.read()

        wire = Site(handler).wire()
        data = post("/", TEXT)
        sent = 0
        while True:
            await wire.turns()
            if sent and not wire.exchange.get_buffer():
                break
            sent += wire.feed(data[sent:])
        assert sent <= len(wire.connection.own_buffer)
        go.set()
        assert one(await wire.say(data[sent:]))[2] == TEXT

    run(main())


def test_the_client_goes():
    async def main():
        for leave in (Tasks.eof, lambda wire: wire.connection.close()):
            site = Site(by_read)
            wire = site.wire()
            await wire.say(post("/", TEXT)[:500])
            leave(wire)
            assert wire.connection.buffer is not None or wire.closing
            wire.connection.close()
            await wire.turns()
            assert isinstance(site.error, OSError), site.error

    run(main())


def test_a_client_that_has_sent_all_may_shut_its_side():
    async def main():
        go = asyncio.Event()

        async def handler(request):
            stream = request.stream
            await go.wait()
            return await stream.read()

        wire = Site(handler).wire()
        await wire.say(get("/", "Content-Length: 3", method="POST"))
        await wire.say(b"abc")
        wire.eof()
        assert not wire.closing
        go.set()
        await wire.turns()
        assert one(wire.take())[2] == b"abc"
        assert wire.closing

    run(main())


def test_nobody_reads_on_when_the_response_has_gone():
    kept = []

    async def handler(request):
        kept.append(request.stream)
        return "done"

    async def main():
        wire = Site(handler).wire()
        await wire.say(post("/", TEXT)[:600])
        try:
            await kept[0].read(1)
            raise AssertionError("read")
        except OSError:
            pass
        assert kept[0].at == kept[0].end and type(kept[0]) is Stream

    run(main())
