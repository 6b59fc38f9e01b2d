"""Conditions, ranges and static files: RFC 9110 sections 8.8, 13 and 14, RFC 9111 and 3986.

`/file` has 100 bytes, the tag "tag", and was changed at `DATE`. Below `/static` lie the files of `FILES`.
"""

import gzip
import zlib

from case import answered, request

DATE = "Thu, 21 Nov 2024 10:23:45 GMT"
LATER = "Thu, 21 Nov 2024 10:23:46 GMT"
EARLIER = "Thu, 21 Nov 2024 10:23:44 GMT"
HUNDRED = b"0123456789" * 10

PAGE = b"<p>a page of many words, and of many words</p>" * 20
_pack = zlib.compressobj(9, zlib.DEFLATED, 16 + 12)  # a window of 4 KiB, as a device inflates it
PACKED = _pack.compress(PAGE) + _pack.flush()
assert gzip.decompress(PACKED) == PAGE

FILES = {
    "plain.txt": b"plain",
    "sub/index.html": b"sub",
    "empty/file.txt": b"",
    "page.html.gz": PACKED,
    "caf\u00e9 au lait.txt": b"au lait",
    "app.3f2a9c1b.js": b"1",
    "100%.txt": b"all",
    "a+b.txt": b"plus",
    "secret/.key": b"secret",
    ".hidden": b"secret",
    "data.bin": bytes(range(256)) * 40,
}

GZIP = "Accept-Encoding: gzip"


def file(*fields, method="GET"):
    return request("/file", *fields, method=method)


def static(path, *fields, method="GET"):
    return request("/static" + path, *fields, method=method)


def part(section, what, value, start, end):
    field = {"content-range": f"bytes {start}-{end - 1}/100", "content-length": str(end - start)}
    return answered(
        section, what, file("Range: " + value), 206, body=HUNDRED[start:end], fields=field
    )


def whole(section, what, value, *fields):
    no = {"content-range": None, "content-length": "100"}
    return answered(section, what, file("Range: " + value, *fields), body=HUNDRED, fields=no)


def beyond(section, what, value):
    return answered(
        section, what, file("Range: " + value), 416, fields={"content-range": "bytes */100"}
    )


def not_there(what, path):
    return answered("3986 7", what, static(path), 404)


# fmt: off
CASES = [
    # Conditions
    answered("9110 8.8", "validators", file(), fields={"etag": '"tag"', "last-modified": DATE}),
    answered("9110 13.1.1", "If-Match, the same", file('If-Match: "tag"')),
    answered("9110 13.1.1", "If-Match, another", file('If-Match: "other"'), 412),
    answered("9110 13.1.1", "If-Match, one of several", file('If-Match: "other", "tag"')),
    answered("9110 13.1.1", "If-Match, weak", file('If-Match: W/"tag"'), 412),
    answered("9110 13.1.1", "If-Match, any", file("If-Match: *")),
    answered("9110 13.1.1", "If-Match of PUT, another", file('If-Match: "other"', method="PUT"), 412),
    answered("9110 13.1.2", "If-None-Match, the same", file('If-None-Match: "tag"'), 304, fields={"etag": '"tag"', "content-type": None}),
    answered("9110 13.1.2", "If-None-Match, another", file('If-None-Match: "other"'), body=HUNDRED),
    answered("9110 13.1.2", "If-None-Match, weak", file('If-None-Match: W/"tag"'), 304),
    answered("9110 13.1.2", "If-None-Match, one of several", file('If-None-Match: "a","b" , "tag"'), 304),
    answered("9110 13.1.2", "If-None-Match, any", file("If-None-Match: *"), 304),
    answered("9110 13.1.2", "If-None-Match without quotes", file("If-None-Match: tag")),
    answered("9110 13.1.2", "If-None-Match of HEAD", file('If-None-Match: "tag"', method="HEAD"), 304, methods=("HEAD",)),
    answered("9110 13.1.2", "If-None-Match of PUT", file("If-None-Match: *", method="PUT"), 412),
    answered("9110 13.1.3", "If-Modified-Since, the same", file("If-Modified-Since: " + DATE), 304),
    answered("9110 13.1.3", "If-Modified-Since, later", file("If-Modified-Since: " + LATER), 304),
    answered("9110 13.1.3", "If-Modified-Since, earlier", file("If-Modified-Since: " + EARLIER)),
    answered("9110 13.1.3", "If-Modified-Since, no date", file("If-Modified-Since: yesterday")),
    answered("9110 13.1.3", "If-Modified-Since of PUT", file("If-Modified-Since: " + LATER, method="PUT")),
    answered("9110 5.6.7", "a date of RFC 850", file("If-Modified-Since: Thursday, 21-Nov-24 10:23:45 GMT"), 304),
    answered("9110 5.6.7", "a date of asctime", file("If-Modified-Since: Thu Nov 21 10:23:45 2024"), 304),
    answered("9110 13.1.4", "If-Unmodified-Since, the same", file("If-Unmodified-Since: " + DATE)),
    answered("9110 13.1.4", "If-Unmodified-Since, earlier", file("If-Unmodified-Since: " + EARLIER), 412),
    answered("9110 13.1.4", "If-Unmodified-Since, no date", file("If-Unmodified-Since: soon")),
    answered("9110 13.2.2", "If-Match before If-Unmodified-Since", file('If-Match: "tag"', "If-Unmodified-Since: " + EARLIER)),
    answered("9110 13.2.2", "If-None-Match before If-Modified-Since", file('If-None-Match: "x"', "If-Modified-Since: " + LATER)),
    answered("9110 13.2.2", "If-Match before If-None-Match", file('If-Match: "x"', 'If-None-Match: "tag"'), 412),
    answered("9110 13.2.2", "conditions before a range", file('If-None-Match: "tag"', "Range: bytes=0-1"), 304),
    answered("9110 13.2.1", "a condition on what is not there", request("/nothing", "If-Match: *"), 404),
    answered("9110 13.2.1", "a condition on what knows none", request("/hello", 'If-None-Match: "x"')),
    # Ranges
    answered("9110 14.3", "ranges are offered", file("Accept: */*"), fields={"accept-ranges": "bytes"}),
    part("9110 14.1.2", "the first byte", "bytes=0-0", 0, 1),
    part("9110 14.1.2", "the first ten", "bytes=0-9", 0, 10),
    part("9110 14.1.2", "some in the middle", "bytes=42-56", 42, 57),
    part("9110 14.1.2", "the last byte", "bytes=99-99", 99, 100),
    part("9110 14.1.2", "to the end", "bytes=90-", 90, 100),
    part("9110 14.1.2", "from the start to the end", "bytes=0-", 0, 100),
    part("9110 14.1.2", "beyond the end", "bytes=90-1000", 90, 100),
    part("9110 14.1.2", "a suffix", "bytes=-10", 90, 100),
    part("9110 14.1.2", "a suffix longer than the file", "bytes=-1000", 0, 100),
    part("9110 14.1.2", "an end of thirty digits", "bytes=1-" + "9" * 30, 1, 100),
    part("9110 14.1", "a unit has no case", "BYTES=0-9", 0, 10),
    beyond("9110 15.5.17", "one byte beyond", "bytes=100-"),
    beyond("9110 15.5.17", "far beyond", "bytes=1000-2000"),
    beyond("9110 15.5.17", "a start of thirty digits", "bytes=" + "9" * 30 + "-"),
    beyond("9110 14.1.2", "a suffix of nothing", "bytes=-0"),
    whole("9110 14.2", "two ranges are answered whole", "bytes=0-1,4-5"),
    whole("9110 14.2", "a hundred ranges", "bytes=" + ",".join(["0-"] * 100)),
    whole("9110 14.1.1", "the end before the start", "bytes=9-0"),
    whole("9110 14.2", "another unit", "lines=0-1"),
    whole("9110 14.2", "no unit", "0-1"),
    whole("9110 14.2", "no numbers", "bytes=a-b"),
    whole("9110 14.2", "a dash alone", "bytes=-"),
    whole("9110 14.2", "a negative start", "bytes=-1-5"),
    whole("9110 14.2", "a fraction", "bytes=0.5-1"),
    answered("9110 14.2", "HEAD has no ranges", file("Range: bytes=0-9", method="HEAD"), methods=("HEAD",), fields={"content-length": "100", "content-range": None}),
    answered("9110 14.2", "PUT has no ranges", file("Range: bytes=0-9", method="PUT"), fields={"content-length": "100"}),
    answered("9110 13.1.5", "If-Range, the same", file("Range: bytes=0-9", 'If-Range: "tag"'), 206, body=HUNDRED[:10]),
    whole("9110 13.1.5", "If-Range, another", "bytes=0-9", 'If-Range: "other"'),
    whole("9110 13.1.5", "If-Range, weak", "bytes=0-9", 'If-Range: W/"tag"'),
    answered("9110 13.1.5", "If-Range, the same date", file("Range: bytes=0-9", "If-Range: " + DATE), 206),
    whole("9110 13.1.5", "If-Range, a later date", "bytes=0-9", "If-Range: " + LATER),
    whole("9110 13.1.5", "If-Range, an earlier date", "bytes=0-9", "If-Range: " + EARLIER),
    whole("9110 13.1.5", "If-Range that fails, beyond the end", "bytes=500-", 'If-Range: "other"'),
    answered("9110 13.1.5", "If-Range without Range", file('If-Range: "tag"'), body=HUNDRED),
    answered("9110 14.2", "a page knows no ranges", request("/hello", "Range: bytes=0-1"), body=b"hello"),
    # Static files
    answered("9110 9.3.1", "a file", static("/plain.txt"), body=b"plain", fields={"content-type": "text/plain; charset=utf-8", "cache-control": "no-cache"}),
    answered("9110 9.3.2", "HEAD of a static file", static("/plain.txt", method="HEAD"), methods=("HEAD",), fields={"content-length": "5"}),
    answered("9110 9.3.1", "an empty file", static("/empty/file.txt"), body=b""),
    answered("9110 15.4.9", "a folder without a slash", static("/sub?a=b"), 308, fields={"location": "/static/sub/?a=b"}),
    answered("9110 9.3.1", "a folder's index", static("/sub/"), body=b"sub"),
    answered("9110 15.5.5", "a folder without an index", static("/empty/"), 404),
    answered("9110 15.5.5", "a file as a folder", static("/plain.txt/"), 404),
    answered("9110 8.4", "packed for who takes it", static("/page.html", GZIP), body=PACKED, fields={"content-encoding": "gzip", "vary": "Accept-Encoding"}),
    answered("9110 8.4", "inflated for the others", static("/page.html"), body=PAGE, fields={"content-encoding": None, "vary": "Accept-Encoding"}),
    answered("9110 12.5.3", "gzip;q=0", static("/page.html", "Accept-Encoding: gzip;q=0"), body=PAGE),
    answered("9110 12.5.3", "any coding", static("/page.html", "Accept-Encoding: *"), body=PACKED),
    answered("9110 14.2", "a part of what is packed", static("/page.html", GZIP, "Range: bytes=5-9"), 206, body=PACKED[5:10], fields={"content-encoding": "gzip"}),
    answered("9110 14.2", "a part of what is inflated is the whole", static("/page.html", "Range: bytes=5-9"), body=PAGE),
    answered("9110 14.2", "a part of a file", static("/data.bin", "Range: bytes=5000-8999"), 206, body=(bytes(range(256)) * 40)[5000:9000]),
    answered("9110 15.5.17", "beyond a file", static("/plain.txt", "Range: bytes=5-"), 416, fields={"content-range": "bytes */5"}),
    answered("9110 13.1.2", "any tag of a file", static("/plain.txt", "If-None-Match: *"), 304, fields={"cache-control": "no-cache"}),
    answered("9110 13.1.1", "another tag of a file", static("/plain.txt", 'If-Match: "x"'), 412),
    answered("9111 5.2.2", "a hash in the name", static("/app.3f2a9c1b.js"), fields={"cache-control": "public, max-age=31536000, immutable", "content-type": "text/javascript; charset=utf-8"}),
    answered("3986 2.5", "UTF-8 and spaces in a name", static("/caf%C3%A9%20au%20lait.txt"), body=b"au lait"),
    answered("3986 2.4", "a percent sign in a name", static("/100%25.txt"), body=b"all"),
    answered("3986 2.2", "a plus sign in a name", static("/a+b.txt"), body=b"plus"),
    answered("3986 6.2.2", "an escaped name", static("/%70lain.txt"), body=b"plain"),
    answered("9110 9.3.1", "a query is not part of the name", static("/plain.txt?v=1"), body=b"plain"),
    not_there("dots", "/../boot.py"),
    not_there("dots inside", "/sub/../plain.txt"),
    not_there("escaped dots", "/%2e%2e/boot.py"),
    not_there("one dot escaped", "/.%2e/boot.py"),
    not_there("an escaped slash", "/..%2fboot.py"),
    not_there("all escaped", "/%2e%2e%2fboot.py"),
    not_there("an escaped escape", "/%252e%252e/boot.py"),
    not_there("a backslash", "/..\\boot.py"),
    not_there("an escaped backslash", "/..%5cboot.py"),
    not_there("a dot alone", "/./plain.txt"),
    not_there("two slashes", "//plain.txt"),
    not_there("an absolute path", "//etc/windup.json"),
    not_there("an escaped absolute path", "/%2fetc/windup.json"),
    not_there("a semicolon", "/..;/boot.py"),
    not_there("dots at the end", "/sub/.."),
    not_there("a hidden file", "/.hidden"),
    not_there("a hidden file, escaped", "/%2ehidden"),
    not_there("a hidden file in a folder", "/secret/.key"),
    not_there("a space behind the name", "/plain.txt%20"),
    not_there("a dot behind the name", "/plain.txt."),
    not_there("another case", "/PLAIN.TXT"),
    answered("3986 7.3", "a NUL", static("/plain.txt%00.html"), 400),
    answered("3986 7.3", "a NUL first", static("/%00"), 400),
    answered("3629 3", "no UTF-8 in a name", static("/%ff%fe"), 400),
]
# fmt: on
