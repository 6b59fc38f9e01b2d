"""What the vectors cannot say of twin and core: the interface, its life, its limits."""

import pytest


@pytest.fixture(params=["twin", "core"])
def module(request):
    return request.getfixturevalue(request.param)


SIMPLE = b"GET /a/b?x=1 HTTP/1.1\r\nHost: dev\r\nX-One:  two \t\r\nx-one: three\r\n\r\n"


def head_of(module, data, **limits):
    head = module.Head(bytearray(data), **limits)
    return head, head.parse(0, len(data))


def test_everything_is_absent_until_the_head_is_complete(module):
    head, n = head_of(module, SIMPLE[:-1])
    assert n == 0
    assert (head.method, head.path, head.query, head.version) == (0, None, None, 0)
    assert (head.content_length, head.flags, head.count) == (-1, 0, 0)
    assert head.get(module.HOST) is None and head.get("host") is None
    with pytest.raises(IndexError):
        head.item(0)


def test_complete_head(module):
    head, n = head_of(module, SIMPLE + b"GET ")
    assert n == len(SIMPLE)
    assert (head.method, head.path, head.query, head.version) == (module.GET, b"/a/b", b"x=1", 1)
    assert (head.content_length, head.flags, head.count) == (-1, module.KEEP_ALIVE, 3)
    assert [head.item(i) for i in range(3)] == [
        (b"Host", b"dev"),
        (b"X-One", b"two"),
        (b"x-one", b"three"),
    ]
    assert head.get(module.HOST) == head.get("HOST") == head.get(b"hOst") == b"dev"
    assert head.get("x-One") == b"two" and head.get("x-two") is None
    assert head.get("content-type") is None and head.get("hos") is None and head.get("") is None
    for i in (-1, 3):
        with pytest.raises(IndexError):
            head.item(i)
    for slot in (-1, 22):
        with pytest.raises(IndexError):
            head.get(slot)


def test_a_name_that_is_no_token_is_no_name(module):
    head, _ = head_of(module, b"GET / HTTP/1.0\r\nContent-Type: a\r\nX^A: b\r\n\r\n")
    assert head.get("CONTENT-type") == b"a" and head.get("x^a") == b"b"
    assert head.get(b"content\rtype") is None and head.get("x~a") is None


def test_a_complete_head_stays_complete_and_an_error_stays_an_error(module):
    head, n = head_of(module, SIMPLE)
    assert head.parse(0, len(SIMPLE)) == n
    head, n = head_of(module, b"GET / HTTP/2.0\r\n")
    assert n == -505
    assert head.parse(0, 16) == -505 and head.count == 0 and head.path is None


def test_pipelined_heads_in_one_buffer(module):
    buf = bytearray(SIMPLE + b"POST /p HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc")
    head = module.Head(buf)
    at = head.parse(0, len(buf))
    head.reset()
    assert head.count == 0 and head.get("host") is None
    at = head.parse(at, len(buf))
    assert bytes(buf[at:]) == b"abc"
    assert (head.method, head.path, head.version, head.content_length) == (module.POST, b"/p", 0, 3)
    assert head.get(module.HOST) is None


def test_the_unfinished_head_may_move_in_the_buffer(module):
    buf = bytearray(b"....." + SIMPLE)
    head = module.Head(buf)
    assert head.parse(5, 40) == 0
    buf[0 : len(SIMPLE)] = SIMPLE
    assert head.parse(0, len(SIMPLE)) == len(SIMPLE)
    assert head.path == b"/a/b" and head.item(1) == (b"X-One", b"two")


@pytest.mark.parametrize("span", [(-1, 2), (3, 2), (0, 99)])
def test_a_range_outside_of_the_buffer_is_refused(module, span):
    head = module.Head(bytearray(10))
    with pytest.raises(ValueError):
        head.parse(*span)
    with pytest.raises(ValueError):
        module.Chunked().decode(bytearray(10), *span)
    with pytest.raises(ValueError):
        module.unmask(bytearray(10), *span, b"abcd")
    with pytest.raises(ValueError):
        module.find_boundary(bytearray(10), *span, b"x")
    with pytest.raises(ValueError):
        module.boundary_tail(bytearray(10), *span, b"x")


@pytest.mark.parametrize("size", [0, -1, 8192])
def test_target_max_out_of_range(module, size):
    with pytest.raises(ValueError):
        module.Head(bytearray(10), target_max=size)


def test_target_max(module):
    assert head_of(module, b"GET /234567 HTTP/1.0\r\n\r\n", target_max=7)[1] == 24
    assert head_of(module, b"GET /2345678 HTTP/1.0\r\n\r\n", target_max=7)[1] == -414
    assert head_of(module, b"GET /2345678", target_max=7)[1] == 0
    assert head_of(module, b"GET /234567", target_max=7)[1] == 0


@pytest.mark.parametrize(
    "data, status",
    [
        (b"GET / HTTP/1.0\r\n\r\n", 18),
        (b"GET /\n", -400),
        (b"GET / HTTP/1.1\r\n\r\n", -400),
        (b"BREW / HTTP/1.1\r\n", -501),
        (b"GET / HTTP/2.0\r\n", -505),
        (b"GET / HTTP/1.1\r\nHost : a\r\n", -400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", -501),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n", -413),
        (b"GET / HTTP/1.0\r\n" + b"a:\r\n" * 64 + b"\r\n", 16 + 256 + 2),
        (b"GET / HTTP/1.0\r\n" + b"a:\r\n" * 65, -431),
        (b"GET / HTTP/1.0\r\na:" + b"b" * 8169 + b"\r\n\r\n", 8191),
        (b"GET / HTTP/1.0\r\na:" + b"b" * 8170 + b"\r\n\r\n", -431),
    ],
)
def test_statuses(module, data, status):
    assert head_of(module, data)[1] == status


def test_unquote(module):
    assert module.unquote("a%20b+c") == b"a b+c"
    assert module.unquote(b"%41%7a%C3%a9+", True) == b"Az\xc3\xa9 "
    for bad in (b"%", b"a%4", b"%zz", b"%4g", b"%%41"):
        with pytest.raises(ValueError):
            module.unquote(bad)


def test_split_pairs(module):
    assert module.split_pairs(b"a=1&b&&c=%26=2&=", b"&", True) == [
        (b"a", b"1"),
        (b"b", b""),
        (b"c", b"&=2"),
        (b"", b""),
    ]
    assert module.split_pairs("a=%31; b=x=y;c ; ", b";", False) == [
        (b"a", b"%31"),
        (b"b", b"x=y"),
        (b"c", b""),
    ]
    with pytest.raises(ValueError):
        module.split_pairs(b"a=%", b"&", True)
    with pytest.raises(ValueError):
        module.split_pairs(b"a=b", b"", True)


def test_chunked_in_place_and_pipelined(module):
    buf = bytearray(b"4;x=y\r\nWiki\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\nGET")
    consumed, data_end, done = module.Chunked().decode(buf, 0, len(buf))
    assert (bytes(buf[:data_end]), bytes(buf[consumed:]), done) == (b"Wiki0123456789", b"GET", True)


def test_chunked_error_stays_an_error(module):
    decoder = module.Chunked()
    for data in (b"x", b"0\r\n\r\n"):
        with pytest.raises(ValueError):
            decoder.decode(bytearray(data), 0, len(data))


def test_boundary(module):
    buf = bytearray(b"ab\r\n--x\r\n--yz\r\n--")
    assert module.find_boundary(buf, 0, len(buf), b"\r\n--y") == 7
    assert module.find_boundary(buf, 8, len(buf), b"\r\n--y") == -1
    assert module.find_boundary(buf, 0, 11, b"\r\n--y") == -1
    assert module.boundary_tail(buf, 8, len(buf), b"\r\n--y") == len(buf) - 4
    assert module.boundary_tail(buf, 0, 13, b"\r\n--y") == 13


def test_unmask(module):
    buf = bytearray(b"..Hello.")
    module.unmask(buf, 2, 5, b"\x01\x02\x03\x04")
    module.unmask(buf, 5, 7, b"\x01\x02\x03\x04", 3)
    assert bytes(buf) == b"..Igohn."
    with pytest.raises(ValueError):
        module.unmask(buf, 0, 1, b"abc")
