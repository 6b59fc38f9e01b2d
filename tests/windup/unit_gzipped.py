"""Answers that are kept compressed."""

from binascii import unhexlify

from check import raises
from windup import WindUp, inflated
from windup.gzipped import send_gzip
from wire import Wire, get, parse

PLAIN = b"hello " * 20
# As `gzip` makes it
DATA = unhexlify("1f8b0800000000000203cb48cdc9c957c8a03b09002ffaf84878000000")


def ask(*fields, method="GET", **options):
    app = WindUp()
    app.get("/")(lambda request: send_gzip(request, DATA, b"text/plain", **options))
    wire = Wire(app)
    data = wire.send(get("/", *fields, method=method))
    if method == "HEAD":
        return data
    return parse(data + wire.drive())[0]


def test_for_those_who_take_it():
    status, headers, body = ask("Accept-Encoding: gzip, br")
    assert (status, body) == (200, DATA)
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(DATA))
    assert headers["vary"] == "Accept-Encoding"
    assert headers["content-type"] == "text/plain"


def test_a_type_is_bytes_or_str():
    for kind, status in ((b"text/x", 200), ("text/x", 200), (b"a\r\nX: y", 500), ("a\nX: y", 500)):
        app = WindUp()
        app.get("/")(lambda request: send_gzip(request, DATA, kind))
        answer = parse(Wire(app).send(get("/", "Accept-Encoding: gzip")))[0]
        assert answer[0] == status and "x" not in answer[1]
        assert status == 500 or answer[1]["content-type"] == "text/x"


def test_for_the_others():
    for fields in ((), ("Accept-Encoding: br",), ("Accept-Encoding: gzip;q=0",)):
        status, headers, body = ask(*fields)
        assert (status, body) == (200, PLAIN)
        assert "content-encoding" not in headers
        assert headers["content-length"] == str(len(PLAIN))
        assert headers["vary"] == "Accept-Encoding"


def test_each_has_its_own_tag():
    gzipped = ask("Accept-Encoding: gzip", etag="v1")[1]["etag"]
    plain = ask(etag="v1")[1]["etag"]
    assert (gzipped, plain) == ('"v1-gz"', '"v1"')
    assert ask()[1]["etag"] == '"48f8fa2f-78"'
    status, headers, body = ask("Accept-Encoding: gzip", "If-None-Match: " + gzipped, etag="v1")
    assert (status, body, headers["vary"]) == (304, b"", "Accept-Encoding")
    assert ask("Accept-Encoding: gzip", "If-None-Match: " + plain, etag="v1")[0] == 200
    assert ask("If-None-Match: " + plain, etag="v1")[0] == 304
    assert ask("If-Match: " + gzipped, etag="v1")[0] == 412


def test_head_and_ranges():
    data = ask("Accept-Encoding: gzip", method="HEAD")
    assert b"\r\nContent-Length: %d\r\n" % len(DATA) in data
    assert data.endswith(b"\r\n\r\n")
    # Half of a gzip file is of no use to anybody
    assert ask("Accept-Encoding: gzip", "Range: bytes=0-3")[0] == 200


def test_other_fields_of_it():
    headers = ask(headers=(("Vary", "Cookie"), ("X-A", "1")))[1]
    assert (headers["vary"], headers["x-a"]) == ("Cookie, Accept-Encoding", "1")


def test_what_is_no_gzip_file():
    for data in (b"", b"hello", b"\x1f\x8b\x08", DATA[:17], b"PK\3\4" + DATA):
        raises(ValueError, send_gzip, None, data)


class Full:
    """What inflates, in a heap that is full."""

    def __init__(self, *args, **keywords):
        pass

    def read(self, count):
        raise MemoryError


def test_without_memory_to_inflate_it_nothing_of_it_is_sent():
    name = "DeflateIO" if hasattr(inflated, "DeflateIO") else "GzipFile"
    kept = getattr(inflated, name)
    setattr(inflated, name, Full)
    try:
        status, headers, body = ask()
        assert (status, headers["retry-after"]) == (503, "5") and b"gzip" in body
        assert ask("Accept-Encoding: gzip")[2] == DATA
    finally:
        setattr(inflated, name, kept)
    assert ask()[2] == PLAIN


def test_what_is_broken_inside():
    app = WindUp()
    app.get("/")(lambda request: send_gzip(request, b"\x1f\x8b\x08" + b"\xff" * 30, b"text/plain"))
    assert parse(Wire(app).send(get("/")))[0][0] == 500
