"""What the tokeniser does for the server beside tokenising; the vectors cover the rest."""

from collections import OrderedDict

from check import raises
from masked import TEXT, frames, masked
from windup import tok

PREFIX = b"HTTP/1.1 200 OK\r\nContent-Length: "
END = b"\r\n\r\n"


def head_of(*lines):
    data = b"\r\n".join(lines) + b"\r\n\r\n"
    head = tok.Head(bytearray(data))
    head.parse(0, len(data))
    return head


def test_rest_is_the_length_of_the_body_where_nothing_else_matters():
    assert head_of(b"GET / HTTP/1.1", b"Host: a").rest == 0
    assert head_of(b"POST / HTTP/1.1", b"Host: a", b"Content-Length: 27").rest == 27
    for other in (
        (b"GET / HTTP/1.1", b"Host: a", b"Connection: close"),
        (b"GET / HTTP/1.0", b"Connection: keep-alive"),
        (b"HEAD / HTTP/1.1", b"Host: a"),
        (b"POST / HTTP/1.1", b"Host: a", b"Transfer-Encoding: chunked"),
        (b"GET / HTTP/1.1",),  # no Host: refused
    ):
        assert head_of(*other).rest == -1, other
    assert tok.Head(bytearray(8)).rest == -1


def test_find_looks_the_path_up():
    table = {b"/a": 1, b"/b/c": 2, b"": 3}
    assert head_of(b"GET /a?b HTTP/1.1", b"Host: a").find(table) == 1
    assert head_of(b"GET /b/c HTTP/1.1", b"Host: a").find(table) == 2
    assert head_of(b"GET /b HTTP/1.1", b"Host: a").find(table) is None
    assert tok.Head(bytearray(8)).find(table) is None
    many = {b"/%d" % n: n for n in range(300)}
    for n in (0, 1, 150, 299):
        assert head_of(b"GET /%d HTTP/1.1" % n, b"Host: a").find(many) == n
    for n in range(
        2, 300
    ):  # one that is left has to be found behind those that are not there any more
        del many[b"/%d" % n]
        assert head_of(b"GET /%d HTTP/1.1" % n, b"Host: a").find(many) is None
    assert head_of(b"GET /1 HTTP/1.1", b"Host: a").find(many) == 1
    many[b"/2"] = "again"
    assert head_of(b"GET /2 HTTP/1.1", b"Host: a").find(many) == "again"
    full = {}
    for n in range(40):  # in tables of every size, some of them full
        path = b"/%d" % n
        assert head_of(b"GET %s HTTP/1.1" % path, b"Host: a").find(full) is None
        full[path] = n
        for known in range(n + 1):
            assert head_of(b"GET /%d HTTP/1.1" % known, b"Host: a").find(full) == known
    other = OrderedDict(((b"/a", 1), ("/b", 2), (3, 3), (b"/c", 4)))
    for table in (other, {"/b": 2, 3: 3, b"/c": 4, None: 5, b"/a": 1}):
        for path, value in ((b"/a", 1), (b"/b", None), (b"/c", 4), (b"/d", None)):
            assert head_of(b"GET %s HTTP/1.1" % path, b"Host: a").find(table) == value
    for n in range(5):  # with room behind them
        other[b"/%d" % n] = n
        for known in range(n + 1):
            assert head_of(b"GET /%d HTTP/1.1" % known, b"Host: a").find(other) == known
    assert head_of(b"GET / HTTP/1.1", b"Host: a").find({}) is None


def test_compose_puts_a_message_together():
    buf = bytearray(60)
    for body in ("", "hi", b"hi", bytearray(b"0123456789"), memoryview(b"x"), "\u00e9"):
        data = body.encode() if type(body) is str else bytes(body)
        message = PREFIX + str(len(data)).encode() + END + data
        assert tok.compose(buf, PREFIX, END, body) == len(message)
        assert bytes(buf[: len(message)]) == message


def test_compose_writes_nothing_where_there_is_no_room_or_no_body():
    exact = len(PREFIX) + 1 + len(END) + 2
    assert tok.compose(bytearray(exact), PREFIX, END, b"hi") == exact
    for size, body in (
        (exact - 1, b"hi"),
        (0, b""),
        (100, {}),
        (100, None),
        (100, 5),
        (100, ["a"]),
    ):
        buf = bytearray(size)
        assert tok.compose(buf, PREFIX, END, body) == 0, body
        assert bytes(buf) == bytes(size)


def test_a_small_text_is_taken_whole():
    for text in ("", "a", "Hello", "x" * 125, "\0\x7f"):
        frame = bytearray(masked(TEXT, text)) + bytearray(b"rest")
        before = bytes(frame)
        assert tok.take_text(memoryview(frame), len(frame) - 4) == text
        assert bytes(frame) == before
        for end in range(len(frame) + 1):
            if end != len(frame) - 4:
                assert tok.take_text(frame, end) is None, end
    raises(ValueError, tok.take_text, bytearray(5), 6)
    raises(ValueError, tok.take_text, bytearray(5), -1)


def test_another_frame_is_not_taken():
    for frame in (
        masked(TEXT, "x" * 126),
        masked(TEXT, "x", size=2),
        masked(TEXT, "caf\xe9"),
        masked(TEXT, b"\xff"),
        masked(TEXT, "x", final=False),
        masked(TEXT, "x", reserved=4),
        masked(2, "x"),
        masked(0, "x"),
        masked(9, "x"),
        b"\x81\x01xxxxxx",
        masked(TEXT, "one") + masked(TEXT, "two"),
    ):
        assert tok.take_text(bytearray(frame), len(frame)) is None, frame


def test_a_small_text_is_put():
    for text in ("", "Hello", "caf\xe9", "x" * 125):
        buf = bytearray(130)
        length = tok.put_text(memoryview(buf), text)
        assert frames(bytes(buf[:length])) == [(TEXT, text.encode())]
    buf = bytearray(10)
    for text in ("x" * 9, "x" * 126, "\xe9" * 63, b"bytes", None, 5, ["x"]):
        assert tok.put_text(buf, text) == 0, text
    assert buf == bytearray(10)
    assert tok.put_text(buf, "x" * 8) == 10
