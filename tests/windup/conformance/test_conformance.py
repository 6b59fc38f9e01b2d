"""WindUp against the RFCs by raw sockets: each case is a line in one of the tables, and says which section it is of."""

import re

import cases_connection
import cases_fields
import cases_files
import cases_framing
import cases_request_line
import pytest
from case import chunked, post, request
from client import Talk, check
from servers import on_cpython, on_firmware

CASES = [
    *cases_request_line.CASES,
    *cases_fields.CASES,
    *cases_framing.CASES,
    *cases_connection.CASES,
    *cases_files.CASES,
]


@pytest.fixture(scope="module", params=["firmware-64", "firmware-32", "cpython"])
def server(request, tmp_path_factory):
    """Booted once for all cases: each of them leaves it as it was."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "cpython":
        running = on_cpython(folder)
    else:
        running = on_firmware(folder, int(request.param[-2:]))
    with running as server:
        yield server


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(server, case):
    check(server, case)


def test_there_are_enough_cases_and_none_is_there_twice():
    assert len(CASES) >= 250
    assert len({case.data for case in CASES}) == len(CASES)
    assert len({str(case) for case in CASES}) == len(CASES)
    assert all(re.fullmatch(r"(\d{4}|HTML) [\dC.]+", case.section) for case in CASES)


SPLIT = {
    "a page": (request("/hello"), b"hello"),
    "a query and fields": (request("/seen?a=b", "X-Seen: c d", "Accept: */*"), None),
    "a body": (post("/echo", b"hello"), b"hello"),
    "chunks": (chunked("/echo", b"2;a\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n"), b"hello"),
    "HTTP/1.0": (request("/hello", "Connection: keep-alive", version="1.0"), b"hello"),
    "two requests": (request("/hello") + request("/last"), b"hello"),
    "a body and a request": (post("/echo", b"hello") + request("/last"), b"hello"),
    "chunks and a request": (
        chunked("/echo", b"5\r\nhello\r\n0\r\n\r\n") + request("/last"),
        b"hello",
    ),
    "an empty line first": (b"\r\n" + request("/hello"), b"hello"),
    "a stream": (request("/pieces"), b"one,two"),
    "a part of a file": (request("/static/data.bin", "Range: bytes=0-9"), bytes(range(10))),
    "a bad line": (b"GET /hello HTTP/1.1\r\nHost : x\r\n\r\n", None),
    "a bad chunk": (chunked("/echo", b"5\r\nhelloo\r\n0\r\n\r\n"), None),
}


def answers_to(server, pieces, ping=None):
    """Statuses and bodies of what `pieces` are answered with; each is read before the next is sent."""
    with Talk(server) as talk:
        for piece in pieces:
            talk.send(piece)
            for _ in range(2 if ping else 0):
                # The server has had its turn with that piece when it has answered this twice
                ping.send(request("/hello"))
                assert ping.answers(1)[0].body == b"hello"
                ping.data = b""
        return [(answer.status, answer.body) for answer in talk.finish()]


@pytest.mark.parametrize("what", SPLIT)
def test_split_at_each_byte(server, what):
    """RFC 9112 2.2: a message is a sequence of bytes, however TCP cuts it."""
    data, body = SPLIT[what]
    whole = answers_to(server, [data])
    assert whole and (body is None or whole[0][1] == body)
    for at in range(1, len(data)):
        with Talk(server) as ping:
            got = answers_to(server, [data[:at], data[at:]], ping)
        assert got == whole, f"RFC 9112 2.2: {what}, split before byte {at}: {data[at:]!r}"


@pytest.mark.parametrize("what", SPLIT)
def test_a_byte_at_a_time(server, what):
    data, _ = SPLIT[what]
    whole = answers_to(server, [data])
    with Talk(server) as ping:
        assert answers_to(server, [data[i : i + 1] for i in range(len(data))], ping) == whole


def test_a_client_that_waits_is_told_to_go_on(server):
    """RFC 9110 10.1.1."""
    head = request("/echo", "Content-Length: 5", "Expect: 100-continue", method="POST")
    with Talk(server) as talk:
        talk.send(head)
        while b"\r\n\r\n" not in talk.data:
            talk.data += talk.sock.recv(1000)
        assert talk.data == b"HTTP/1.1 100 Continue\r\n\r\n"
        talk.send(b"hello" + request("/last"))
        answers = talk.answers(2)
    assert [(a.interim, a.status, a.body) for a in answers] == [
        ((100,), 200, b"hello"),
        ((), 200, b"last"),
    ]


def test_a_client_that_waits_with_chunks_is_told_to_go_on(server):
    head = chunked("/echo", b"", "Expect: 100-continue")
    with Talk(server) as talk:
        talk.send(head)
        while b"\r\n\r\n" not in talk.data:
            talk.data += talk.sock.recv(1000)
        talk.send(b"5\r\nhello\r\n0\r\n\r\n")
        (answer,) = talk.answers(1)
    assert (answer.interim, answer.status, answer.body) == ((100,), 200, b"hello")


def test_no_error_is_lost_when_the_client_still_sends(server):
    """RFC 9112 9.6: to close with unread bytes would make TCP take the answer back."""
    big = b"a" * 60000
    for data, status in (
        (post("/hello", big), 405),
        (post("/echo", big), 413),
        (chunked("/echo", b"ea60\r\n" + big + b"\r\n0\r\n\r\n"), 413),
        (b"GET / HTTP/1.1\r\nX: " + big, 431),
        (b"\0\r\n" + big, 400),
    ):
        for _ in range(5):
            with Talk(server) as talk:
                talk.send(data)
                (answer,) = talk.finish()
            assert answer.status == status, data[:40]


def test_more_than_lingering_takes_is_cut_off(server):
    """What comes behind the last answer is thrown away, but not for ever."""
    with Talk(server) as talk:
        talk.send(post("/hello", b"a" * 100))
        talk.send(b"\0")
        sent = 0
        try:
            while sent < 100_000_000:
                sent += talk.sock.send(b"a" * 65536)
        except OSError:
            pass
        assert sent < 100_000_000


def test_a_client_that_shuts_its_side_is_still_answered(server):
    """RFC 9112 9.6."""
    for data, wanted in (
        (request("/hello"), [b"hello"]),
        (request("/hello") * 3, [b"hello"] * 3),
        (request("/later"), [b"later"]),
        (request("/pieces") + request("/later"), [b"one,two", b"later"]),
        (post("/echo", b"12345"), [b"12345"]),
        (request("/big"), [b"x" * 20000]),
    ):
        with Talk(server) as talk:
            talk.send(data)
            assert [answer.body for answer in talk.finish()] == wanted, data


def test_half_a_request_is_not_answered(server):
    """RFC 9112 8: what is not whole was not asked."""
    data = post("/echo", b"12345")
    for end in (1, 10, len(data) - 6, len(data) - 1):
        with Talk(server) as talk:
            talk.send(data[:end])
            assert talk.finish() == [], data[:end]
    data = chunked("/echo", b"5\r\nhello\r\n0\r\n\r\n")
    for end in range(len(data) - 20, len(data)):
        with Talk(server) as talk:
            talk.send(data[:end])
            assert talk.finish() == [], data[:end]
