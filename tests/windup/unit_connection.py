"""The connection's state machine: keep-alive, pipelining, bodies, limits, deadlines, errors."""

import io

from windup import HTTPError, Response, WindUp, exchange
from windup.exchange import LINGER
from wire import Wire, get, one, parse, post


def make_app():
    app = WindUp(body_max=2000)

    @app.get("/")
    def index(request):
        return "hello"

    @app.post("/echo")
    def echo(request):
        return bytes(request.body)

    @app.get("/empty")
    def empty(request):
        pass

    @app.get("/broken")
    def broken(request):
        raise RuntimeError("no")

    @app.get("/teapot")
    def teapot(request):
        raise HTTPError(409, "Short and stout", (("X-Kind", "tea"),))

    @app.get("/big")
    def big(request):
        return b"x" * 5000

    @app.get("/file")
    def file(request):
        return Response(io.BytesIO(b"0123456789" * 300), length=3000)

    @app.get("/stream")
    def stream(request):
        return Response(io.BytesIO(b"abc" * 1000))

    @app.get("/pieces")
    def pieces(request):
        yield "one,"
        yield b""
        yield b"two"

    return app


def test_hello_and_keep_alive():
    wire = Wire(make_app())
    for _ in range(3):
        status, headers, body = one(wire.send(get("/")))
        assert (status, body) == (200, b"hello")
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert "connection" not in headers
    assert not wire.closing


def test_a_byte_at_a_time():
    wire = Wire(make_app())
    assert one(wire.send(post("/echo", b"abc"), 1))[2] == b"abc"


def test_connection_close():
    wire = Wire(make_app())
    status, headers, _ = one(wire.send(get("/", "Connection: close")))
    assert headers["connection"] == "close"
    assert wire.closing


def test_http_1_0_closes_unless_it_asks_not_to():
    wire = Wire(make_app())
    assert one(wire.send(get("/", version="1.0")))[1]["connection"] == "close"
    assert wire.closing
    wire = Wire(make_app())
    answer = one(wire.send(get("/", "Connection: keep-alive", version="1.0")))
    assert answer[1]["connection"] == "keep-alive"
    assert not wire.closing


def test_pipelined_requests_are_answered_in_order():
    wire = Wire(make_app())
    answers = parse(wire.send(post("/echo", b"1") + get("/") + get("/nope") + post("/echo", b"2")))
    assert [(a[0], a[2][:5]) for a in answers] == [
        (200, b"1"),
        (200, b"hello"),
        (404, b"404 N"),
        (200, b"2"),
    ]


def test_pipelined_behind_a_big_answer_with_short_writes():
    wire = Wire(make_app(), step=700)
    answers = parse(wire.send(get("/big") + get("/file") + get("/stream") + get("/")))
    assert [len(a[2]) for a in answers] == [5000, 3000, 3000, 5]
    assert answers[1][2] == b"0123456789" * 300
    assert answers[2][2] == b"abc" * 1000


def test_head_has_the_length_and_no_body():
    wire = Wire(make_app())
    for path, length in (("/", "5"), ("/big", "5000"), ("/file", "3000")):
        data = wire.send(get(path, method="HEAD"))
        assert data.endswith(b"\r\n\r\n")
        assert ("Content-Length: %s\r\n" % length).encode() in data
    assert one(wire.send(get("/")))[2] == b"hello"


def test_nothing_returned_is_204():
    wire = Wire(make_app())
    status, headers, body = one(wire.send(get("/empty")))
    assert (status, body) == (204, b"") and "content-length" not in headers


def test_errors():
    wire = Wire(make_app())
    assert one(wire.send(get("/broken")))[0] == 500
    status, headers, body = one(wire.send(get("/teapot")))
    assert (status, headers["x-kind"], body) == (409, "tea", b"409 Conflict\nShort and stout\n")
    assert not wire.closing


def test_malformed_head_is_refused_and_closes():
    wire = Wire(make_app())
    status, headers, _ = one(wire.send(b"GET / HTTP/1.1\r\nHost : x\r\n\r\n"))
    assert (status, headers["connection"]) == (400, "close")
    assert wire.exchange.state == LINGER
    wire.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert wire.exchange.out is None
    wire.eof()
    assert wire.closing


def test_a_body_up_to_the_end_ends_with_the_connection():
    # RFC 9112 section 6.3: who waited for the client to close first would wait for each other
    wire = Wire(make_app())
    answer = wire.send(get("/stream", version="1.0") + get("/"))
    assert answer.endswith(b"\r\n\r\n" + b"abc" * 1000)
    assert wire.closing and wire.exchange.state != LINGER


def test_a_request_line_that_does_not_end_is_414():
    for start in (b"", b"\r\n"):
        wire = Wire(make_app(), buffer=256, head=2048)
        assert one(wire.send(start + get("/" + "a" * 3000)[: 2048 - len(start)]))[0] == 414


def test_head_grows_to_its_limit():
    app = make_app()
    wire = Wire(app, buffer=256, head=2048)
    assert one(wire.send(get("/", "X-Long: " + "a" * 1500)))[0] == 200
    assert one(wire.send(get("/", "X-Long: " + "a" * 3000)[:2048]))[0] == 431
    # The next client starts with a small buffer again
    wire.connection.close()
    wire.connection.open(None)
    assert len(wire.connection.buffer) == 256


def test_after_a_refused_client_the_next_one_starts_afresh():
    wire = Wire(make_app(), keep_alive=5)
    assert one(wire.send(b"POST / HTTP/1.1\r\nbroken\r\n\r\n"))[0] == 400
    wire.connection.close()
    wire.connection.open(None)
    assert one(wire.send(get("/")))[2] == b"hello"
    wire.send(post("/echo", b"abc")[:-1])
    wire.connection.close()
    wire.connection.open(None)
    wire.limits.keep = False  # others wait: the long way
    assert one(wire.send(get("/")))[2] == b"hello"


def test_long_target():
    assert one(Wire(make_app(), target=64).send(get("/" + "a" * 100)))[0] == 414


def test_body_limits():
    wire = Wire(make_app())
    assert one(wire.send(post("/echo", b"x" * 2000)))[2] == b"x" * 2000
    status, headers, _ = one(wire.send(get("/echo", "Content-Length: 2001", method="POST")))
    assert (status, headers["connection"]) == (413, "close")


def test_chunked_body():
    wire = Wire(make_app())
    head = get("/echo", "Transfer-Encoding: chunked", method="POST")
    chunks = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
    for step in (1, 2, 7, 1000):
        assert one(wire.send(head + chunks, step))[2] == b"abcde"
    answers = parse(wire.send(head + chunks + get("/")))
    assert [a[2] for a in answers] == [b"abcde", b"hello"]
    # The next request's first bytes come in one read with the body's last
    assert wire.send(head) == b""
    assert [a[2] for a in parse(wire.send(chunks + get("/")))] == [b"abcde", b"hello"]


def test_chunked_body_limits():
    wire = Wire(make_app())
    head = get("/echo", "Transfer-Encoding: chunked", method="POST")
    chunk = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    assert one(wire.send(head + chunk * 2 + b"1\r\nx\r\n"))[0] == 413
    wire = Wire(make_app())
    assert one(wire.send(head + b"zz\r\n"))[0] == 400


def test_expect_100_continue():
    wire = Wire(make_app())
    head = get("/echo", "Content-Length: 3", "Expect: 100-continue", method="POST")
    assert wire.send(head) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert one(wire.send(b"abc"))[2] == b"abc"
    # Refused before the body is asked for
    head = get("/echo", "Content-Length: 9999", "Expect: 100-continue", method="POST")
    assert one(wire.send(head))[0] == 413


def test_unwanted_body_that_came_along_does_not_close():
    wire = Wire(make_app())
    answers = parse(wire.send(post("/nope", b"abc") + get("/")))
    assert [a[0] for a in answers] == [404, 200]
    assert (
        one(wire.send(get("/nope", "Content-Length: 100", method="POST")))[1]["connection"]
        == "close"
    )


def test_generator_streams_in_chunks():
    wire = Wire(make_app())
    assert wire.send(get("/pieces")) == b""
    status, headers, body = one(wire.drive())
    assert (status, headers["transfer-encoding"], body) == (200, "chunked", b"one,two")
    assert one(wire.send(get("/")))[2] == b"hello"


def test_generator_on_http_1_0_ends_with_the_connection():
    wire = Wire(make_app())
    wire.send(get("/pieces", "Connection: keep-alive", version="1.0"))
    data = wire.drive()
    assert data.endswith(b"\r\n\r\none,two") and b"chunked" not in data
    assert wire.closing


def test_deadlines():
    wire = Wire(make_app(), first_byte=5, keep_alive=7, between_bytes=3, request=6)
    wire.wait(4)
    assert not wire.closing
    wire.wait(1)
    assert wire.closing

    wire = Wire(make_app(), first_byte=5, keep_alive=7, between_bytes=3, request=6)
    wire.send(get("/"))
    wire.wait(6)
    assert not wire.closing
    wire.wait(1)
    assert wire.closing


def test_slow_head_is_answered_408():
    wire = Wire(make_app(), between_bytes=3, request=6)
    wire.send(b"GET / HT")
    assert wire.wait(2) == b""
    assert one(wire.wait(1))[0] == 408
    wire = Wire(make_app(), between_bytes=3, request=6)
    for byte in b"GET /":
        wire.send(bytes((byte,)))
        assert wire.wait(1) == b""
    wire.send(b" ")
    assert one(wire.wait(1))[0] == 408


def test_slow_body_is_answered_408():
    wire = Wire(make_app(), between_bytes=3)
    wire.send(get("/echo", "Content-Length: 3", method="POST") + b"a")
    assert one(wire.wait(3))[0] == 408


def test_client_that_does_not_read_is_dropped():
    wire = Wire(make_app(), step=1, between_bytes=3)
    wire.feed(get("/big"))
    wire.exchange.sent(1)
    wire.limits.now += 3
    assert wire.connection.timed_out() and wire.closing


def test_filters_run_around_every_answer():
    app = make_app()
    seen = []

    class Filter:
        def __init__(self, name):
            self.name = name

        def request(self, request):
            seen.append("in " + self.name)
            if request.path == "/stop":
                return "stopped", 403

        def response(self, request, response):
            seen.append("out " + self.name)
            response.add_header("X-" + self.name, str(response.status))

    app.add_filter(Filter("a"))
    app.add_filter(Filter("b"))
    wire = Wire(app)
    status, headers, body = one(wire.send(get("/stop")))
    assert (status, body, headers["x-a"]) == (403, b"stopped", "403")
    assert seen == ["in a", "out b", "out a"]
    assert one(wire.send(get("/nope")))[1]["x-b"] == "404"


def test_a_server_that_keeps_none_closes_after_the_answer():
    wire = Wire(make_app())
    wire.limits.keep = False
    assert one(wire.send(get("/")))[1]["connection"] == "close"


def test_a_slow_but_steady_reader_gets_all_of_it():
    for path, size in (("/big", 5000), ("/file", 3000)):
        wire = Wire(make_app(), between_bytes=3)
        wire.feed(get(path) + get("/"))
        connection = wire.exchange
        data = b""
        while connection.out is not None:
            wire.limits.now += 2
            assert not wire.connection.timed_out()
            piece = bytes(connection.out[: min(100, connection.out_len)])
            data += piece
            if len(piece) == connection.out_len:
                connection.more()
            else:
                connection.sent(len(piece))
                if connection.out_len == 0:
                    connection.more()
        assert [len(answer[2]) for answer in parse(data)] == [size, 5]


def test_bytes_that_arrive_while_an_answer_goes_out_wait():
    wire = Wire(make_app())
    for _ in range(3):
        wire.feed(get("/"))
    wire.feed(b"GET / HT")
    assert [answer[2] for answer in parse(wire.take())] == [b"hello"] * 3


def test_an_answer_that_waits_is_not_another_connections():
    app = make_app()
    first = Wire(app)
    first.feed(get("/"))
    first.exchange.sent(10)
    second = Wire(app)
    second.connection.limits = first.limits
    assert one(second.send(get("/nope")))[0] == 404
    assert first.take().endswith(b"\r\n\r\nhello")


def test_requests_before_the_end_of_the_stream_are_answered():
    wire = Wire(make_app())
    wire.feed(get("/big") + get("/") + b"GET / HT")
    wire.eof()
    assert [len(answer[2]) for answer in parse(wire.take())] == [5000, 5]
    assert wire.closing


def test_head_of_a_generator_sends_no_piece():
    wire = Wire(make_app())
    wire.send(get("/pieces", method="HEAD"))
    data = wire.drive()
    assert data.endswith(b"\r\n\r\n") and b"chunked" in data
    assert one(wire.send(get("/")))[2] == b"hello"


def test_head_limit_below_the_buffer():
    wire = Wire(make_app(), buffer=1024, head=512)
    assert one(wire.send(get("/", "X: " + "a" * 700)))[0] == 431
    wire = Wire(make_app(), buffer=1024, head=300)
    assert one(wire.send(get("/", "X: " + "a" * 200)))[0] == 200


def test_a_length_that_a_generator_does_not_keep():
    app = make_app()
    for path, pieces in (("/long", (b"aaa", b"bbb")), ("/short", (b"a",))):

        def handler(request, pieces=pieces):
            return Response((piece for piece in pieces), length=3)

        app.get(path)(handler)
        wire = Wire(app)
        data = wire.send(get(path)) + wire.drive()
        assert wire.closing
        assert len(data.split(b"\r\n\r\n")[1]) <= 3


def test_a_request_behind_a_generator_of_known_length():
    app = make_app()

    @app.get("/sized")
    def sized(request):
        return Response((piece for piece in (b"ab", b"c")), length=3)

    wire = Wire(app)
    data = wire.send(get("/sized") + get("/"))
    data += wire.drive()
    assert [answer[2] for answer in parse(data)] == [b"abc", b"hello"]
    assert wire.connection.buffer is not None


def test_a_request_finds_nothing_of_the_one_before():
    app = WindUp()
    inner = WindUp()
    app.mount("/inner", inner)

    def leave(request):
        request.values["a"] = request.query.get("q")
        return "left"

    def look(request):
        return repr(
            (
                request.values,
                request.query.pairs,
                bytes(request.body),
                bool(request.body_pending),
                request.mounted and bytes(request.mounted),
                request.part is inner,
            )
        )

    for router in (app, inner):
        router.route("/leave", ("GET", "POST"))(leave)
        router.route("/plain", ("GET", "POST"))(lambda request: "plain")
        router.get("/look")(look)
    nothing = repr(({}, [], b"", False, None, False)).encode()
    below = repr(({}, [], b"", False, b"/look", True)).encode()
    before = [get(path) for path in ("/inner/nowhere", "/look", "/inner/look")]
    for path in ("/leave?q=1", "/inner/leave?q=1", "/plain", "/inner/plain"):
        before += [get(path), post(path, b"body")]
    for data in before:
        wire = Wire(app)
        for seen, then in ((nothing, "/look"), (below, "/inner/look")):
            for cut in (len(data), len(data) - 1):  # at one go, and step by step
                wire.send(data[:cut])
                if cut < len(data):
                    wire.send(data[cut:])
                assert one(wire.send(get(then)))[2] == seen, (data, cut, then)
                # and sent ahead
                assert parse(wire.send(data + get(then)))[-1][2] == seen, (data, then)
                assert one(wire.send(get(then)))[2] == seen, (data, then)
    # ... nor does the next client find what one left that had not sent it all
    wire = Wire(app)
    for path in ("/plain", "/inner/plain", "/inner/nowhere"):
        wire.send(post(path, b"body")[:-2])
        wire.connection.close()
        wire.connection.open(("192.0.2.2", 1234))
        assert not wire.connection.request.body_pending
        assert one(wire.send(get("/look")))[2] == nothing, path


def test_options_for_the_server():
    assert one(Wire(make_app()).send(get("*", method="OPTIONS")))[0] == 204


def test_a_generator_that_always_waits_for_the_body():
    class Reader:
        def handle(self, request):
            if request.path == "/read":
                return request.later(lambda request: bytes(request.body) or "none", (), 9)

    app = make_app()
    app.add_generator(Reader())
    wire = Wire(app)
    for step in (1, 65536):
        for data, body in ((post("/read", b"abc"), b"abc"), (get("/read"), b"none")):
            assert one(wire.send(data, step))[2] == body
            assert wire.connection.buffer is not None
        assert one(Wire(app).send(post("/read", b"x" * 10), step))[0] == 413


def test_pieces_behind_a_head_that_has_gone_in_part():
    app = make_app()
    for path, pieces, body in (("/two", ("one,", b"two"), b"one,two"), ("/none", (), b"")):

        def handler(request, pieces=pieces):
            return Response(piece for piece in pieces)

        app.get(path)(handler)
        wire = Wire(app)
        wire.feed(get(path))
        data = bytes(wire.exchange.out[:10])
        wire.exchange.sent(10)
        assert one(data + wire.drive())[2] == body


def test_a_connection_whose_exchange_finds_no_memory_serves_the_next_client():
    def full(connection):
        raise MemoryError

    wire = Wire(make_app())
    connection = wire.connection
    real, exchange.Exchange = exchange.Exchange, full
    try:
        for data in (get("/big"), post("/echo", b"abc") + b"G", get("/broken"), get("/")[:-3]):
            for request in (data, get("/")):
                connection.buffer[: len(request)] = request
                length = 0
                try:
                    try:
                        length = connection.received(len(request))
                    except Exception as exc:
                        connection.failed(exc)
                except MemoryError:
                    connection.close()
                    connection.open(None)
            assert bytes(wire.limits.chunk[:length]).endswith(b"hello")
    finally:
        exchange.Exchange = real


def test_without_memory_there_is_another_answer():
    def full(*args):
        raise MemoryError

    class Body:
        closed = False
        readinto = full

        def close(self):
            Body.closed = True

    app = make_app()
    app.get("/full")(full)
    app.get("/body")(lambda request: with_length(Body()))
    for path in ("/full", "/pieces", "/body"):
        wire = Wire(app)
        wire.connection.spawn = full
        for _ in range(2):
            status, headers, body = one(wire.send(get(path)))
            assert (status, headers["retry-after"]) == (503, "5"), path
    assert Body.closed


def with_length(body):
    response = Response(body)
    response.length = 5
    return response
