"""Files that handlers send: conditions, dates and ranges (RFC 9110 sections 5.6.7, 13 and 14)."""

import io
import time

from check import raises
from windup import WindUp, send_file, tok
from windup.conditional import precondition, range_holds
from windup.dates import format_date, parse_date
from windup.ranges import part
from wire import Wire, get, parse

CONTENT = b"0123456789" * 10
EPOCH = (
    946684800 if time.gmtime(0)[0] == 1970 else 0
)  # of the boards, in this interpreter's seconds
MODIFIED = EPOCH + 785499825
DATE = "Thu, 21 Nov 2024 10:23:45 GMT"
LATER = "Thu, 21 Nov 2024 10:23:46 GMT"
EARLIER = "Thu, 21 Nov 2024 10:23:44 GMT"


class File:
    """Counts those that are open."""

    number = 0

    def __init__(self, data):
        self._file = io.BytesIO(data)
        self.seek = self._file.seek
        self.readinto = self._file.readinto
        File.number += 1

    def close(self):
        File.number -= 1


def make_app(**description):
    app = WindUp()

    @app.route("/", ("GET", "PUT"))
    def index(request):
        return send_file(request, File(CONTENT), **description)

    return app


def ask(*fields, method="GET", **description):
    answer = parse(Wire(make_app(**description)).send(get("/", *fields, method=method)))[0]
    assert File.number == 0, "left open after %r" % (fields,)
    return answer


def test_whole():
    status, headers, body = ask(etag="a", modified=MODIFIED, content_type=b"text/x")
    assert (status, body, headers["content-length"]) == (200, CONTENT, "100")
    assert (headers["etag"], headers["last-modified"]) == ('"a"', DATE)
    assert (headers["accept-ranges"], headers["content-type"]) == ("bytes", "text/x")
    assert ask(content_type="text/x")[1]["content-type"] == "text/x"
    for kind in ("text/x\r\nX: y", b"text/x\r\nX: y"):
        assert ask(content_type=kind)[0] == 500
    status, headers, body = ask()
    assert (status, body) == (200, CONTENT)
    assert "etag" not in headers and "last-modified" not in headers
    assert headers["content-type"] == "application/octet-stream"
    assert ask(headers=(("X-A", "b"),))[1]["x-a"] == "b"


def test_a_path():
    with open("unit_files.txt", "wb") as file:
        file.write(CONTENT)
    app = WindUp()

    @app.get("/<name>")
    def by_name(request, name):
        return send_file(request, name)

    status, headers, body = parse(Wire(app).send(get("/unit_files.txt", "Range: bytes=-5")))[0]
    assert (status, body) == (206, b"56789")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert parse(Wire(app).send(get("/nothing")))[0][0] == 404


def test_a_tag_with_a_quote_in_it_is_a_mistake():
    assert ask(etag='"a"')[0] == 500
    assert ask(etag="a\r\nX: y")[0] == 500


RANGES = (
    # value, of 100 bytes: (start, count), None: the whole, 0: 416. RFC 9110 14.1.2
    ("bytes=0-0", (0, 1)),
    ("bytes=0-9", (0, 10)),
    ("bytes=99-99", (99, 1)),
    ("bytes=99-", (99, 1)),
    ("bytes=50-1000", (50, 50)),
    ("bytes=0-", (0, 100)),
    ("bytes=-1", (99, 1)),
    ("bytes=-100", (0, 100)),
    ("bytes=-101", (0, 100)),
    ("bytes=100-", 0),
    ("bytes=100-200", 0),
    ("bytes=-0", 0),
    ("Bytes=0-9", (0, 10)),  # 14.1: the unit's name has no case
    ("bytes= 0-9 ", (0, 10)),
    ("bytes=000-009", (0, 10)),
    ("bytes=99999999999999999999999-", 0),
    ("bytes=0-99999999999999999999999", (0, 100)),
    ("bytes=-99999999999999999999999", (0, 100)),
    ("bytes=9-0", None),
    ("bytes=200-100", None),
    ("bytes=0-1,5-6", None),
    ("bytes=0-1,", None),
    ("bytes=,", None),
    ("bytes=-", None),
    ("bytes=", None),
    ("bytes", None),
    ("bytes=a-b", None),
    ("bytes=+0-9", None),
    ("bytes=0--9", None),
    ("bytes=--9", None),
    ("bytes=0-9-", None),
    ("bytes=0x0-9", None),
    ("bytes=1_0-20", None),
    ("bytes=0 -9", None),
    ("bytes:0-9", None),
    ("lines=0-9", None),
    ("=0-9", None),
    ("", None),
)


def test_ranges():
    for value, wanted in RANGES:
        found = part(value.encode(), 100)
        assert found == wanted, (value, found)
        status, headers, body = ask("Range: " + value)
        if wanted is None:
            assert (status, body) == (200, CONTENT), value
        elif wanted == 0:
            assert (status, headers["content-range"]) == (416, "bytes */100"), value
        else:
            start, count = wanted
            assert (status, body) == (206, CONTENT[start : start + count]), value
            field = "bytes %d-%d/100" % (start, start + count - 1)
            assert headers["content-range"] == field, value


def test_ranges_of_nothing():
    for value in ("bytes=0-", "bytes=0-0", "bytes=-0", "bytes=-1"):
        assert part(value.encode(), 0) == 0, value


def test_only_get_has_ranges():
    data = Wire(make_app()).send(get("/", "Range: bytes=0-9", method="HEAD"))
    assert data.startswith(b"HTTP/1.1 200 ") and b"Content-Length: 100\r\n" in data
    assert File.number == 0


def test_if_range():
    known = {"etag": "a", "modified": MODIFIED}
    for field, status in (
        ('"a"', 206),
        ('W/"a"', 200),
        ('"b"', 200),
        ("a", 200),
        ('"a", "b"', 200),
        ("*", 200),
        (DATE, 206),
        (LATER, 200),
        (EARLIER, 200),
        ("", 200),
        ("yesterday", 200),
    ):
        assert ask("Range: bytes=0-9", "If-Range: " + field, **known)[0] == status, field
    # 14.2: what If-Range rules out is no error either
    assert ask("Range: bytes=500-", 'If-Range: "b"', **known)[0] == 200
    assert ask("If-Range: " + DATE, "Range: bytes=0-9")[0] == 200


CONDITIONS = (
    # RFC 9110 13.2.2: fields, status of GET, status of PUT. The file: "a", changed at DATE
    ((), 200, 200),
    (('If-Match: "a"',), 200, 200),
    (('If-Match: "b"',), 412, 412),
    (('If-Match: "b", "a"',), 200, 200),
    (('If-Match: W/"a"',), 412, 412),  # 13.1.1: compared strongly
    (("If-Match: *",), 200, 200),
    (("If-Match: ",), 412, 412),
    (('If-Match: "a"', "If-Unmodified-Since: " + EARLIER), 200, 200),
    (('If-Match: "b"', "If-Unmodified-Since: " + LATER), 412, 412),
    (("If-Unmodified-Since: " + DATE,), 200, 200),
    (("If-Unmodified-Since: " + LATER,), 200, 200),
    (("If-Unmodified-Since: " + EARLIER,), 412, 412),
    (("If-Unmodified-Since: no date",), 200, 200),  # 13.1.4: ignored
    (('If-None-Match: "a"',), 304, 412),
    (('If-None-Match: W/"a"',), 304, 412),
    (('If-None-Match: "b","a"',), 304, 412),
    (('If-None-Match:    "b"  ,  W/"a"  ',), 304, 412),
    (('If-None-Match: "b"',), 200, 200),
    (("If-None-Match: a",), 200, 200),
    (("If-None-Match: *",), 304, 412),
    (('If-None-Match: "b"', "If-Modified-Since: " + LATER), 200, 200),  # 13.1.3: ignored
    (('If-None-Match: "a"', "If-Modified-Since: " + EARLIER), 304, 412),
    (("If-Modified-Since: " + DATE,), 304, 200),
    (("If-Modified-Since: " + LATER,), 304, 200),
    (("If-Modified-Since: " + EARLIER,), 200, 200),
    (("If-Modified-Since: Thursday, 21-Nov-24 10:23:45 GMT",), 304, 200),
    (("If-Modified-Since: Thu Nov 21 10:23:45 2024",), 304, 200),
    (("If-Modified-Since: no date",), 200, 200),
    (('If-Match: "a"', 'If-None-Match: "a"'), 304, 412),
    (('If-Match: "b"', 'If-None-Match: "a"'), 412, 412),
    (("If-Unmodified-Since: " + EARLIER, "If-Modified-Since: " + LATER), 412, 412),
)


def test_conditions():
    for fields, of_get, of_put in CONDITIONS:
        known = {"etag": "a", "modified": MODIFIED}
        assert ask(*fields, **known)[0] == of_get, fields
        assert ask(*fields, method="PUT", **known)[0] == of_put, fields


def test_conditions_without_a_tag_or_a_time():
    for field, status in (
        ('If-Match: "a"', 412),
        ("If-Match: *", 200),
        ('If-None-Match: "a"', 200),
        ("If-None-Match: *", 304),
        ("If-Modified-Since: " + DATE, 200),
        ("If-Unmodified-Since: " + DATE, 200),
    ):
        assert ask(field)[0] == status, field


def test_a_condition_comes_before_the_range():
    known = {"etag": "a", "modified": MODIFIED}
    assert ask('If-None-Match: "a"', "Range: bytes=0-9", **known)[0] == 304
    assert ask('If-Match: "b"', "Range: bytes=500-", **known)[0] == 412
    assert ask('If-Match: "a"', "Range: bytes=500-", **known)[0] == 416


def test_304_has_no_body_and_keeps_its_fields():
    status, headers, body = ask("If-None-Match: *", etag="a", modified=MODIFIED)
    assert (status, body, headers["etag"], headers["last-modified"]) == (304, b"", '"a"', DATE)
    assert "content-length" not in headers and "content-type" not in headers


def test_without_a_request():
    data = b'GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: "a"\r\nIf-Range: "a"\r\n\r\n'
    head = tok.Head(bytearray(data))
    head.parse(0, len(data))
    assert precondition(head, b'"a"', None) == 304
    assert range_holds(head, b'"a"', None) and not range_holds(head, b'W/"a"', None)


def test_dates():
    assert format_date(MODIFIED) == DATE
    when = (1994, 11, 6, 8, 49, 37)
    for text, wanted in (
        ("Sun, 06 Nov 1994 08:49:37 GMT", when),
        ("Sunday, 06-Nov-94 08:49:37 GMT", when),
        ("Sun Nov  6 08:49:37 1994", when),
        ("Sun, 06 Nov 1994 08:49:37 CET", None),
        ("Sun, 06 Nov 1994 08:49:37", None),
        ("Sun, 06 nov 1994 08:49:37 GMT", None),
        ("Sun, 06 ovD 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49 GMT", None),
        ("Sun, xx Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT" + " " * 20, None),
        ("784111777", None),
        ("", None),
        ("Sun, 06 \xff\xfe 1994 08:49:37 GMT", None),
    ):
        assert parse_date(text.encode("utf-8")) == wanted, text
    assert parse_date(b"Sun, 06 \xff\xfe\xff 1994 08:49:37 GMT") is None
    year = time.gmtime()[0]
    for ahead, century in ((10, 0), (60, -100)):
        text = "Sunday, 06-Nov-%02d 08:49:37 GMT" % ((year + ahead) % 100)
        assert parse_date(text.encode())[0] == year + ahead + century, text


def test_every_month():
    for month in range(12):
        seconds = EPOCH + month * 30 * 86400 + 15 * 86400
        assert parse_date(format_date(seconds).encode()) == tuple(time.gmtime(seconds)[:6])


def test_a_file_is_closed_when_the_answer_fails():
    raises(ValueError, send_file, None, File(b""), None, '"')
    raises(ValueError, send_file, None, File(b""), headers=(("X", "a\n"),))
    assert File.number == 0
