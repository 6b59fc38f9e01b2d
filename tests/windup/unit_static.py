"""Static files: types, conditions, and no way out of the root."""

import os
from binascii import a2b_base64

from check import raises
from windup import StaticFiles, WindUp, static
from windup.mime import media_type
from wire import Wire, get, parse

ROOT = "unit_static_root"
CONTENT = b"0123456789" * 300
ZIPPED = a2b_base64(b"H4sIAAAAAAACA+3GSQEAIAgAsEp4INq/mDV4bK/FmGvnqfvCzMzMzMya7gO9/IeauAsAAA==")


def make_files():
    try:
        os.stat(ROOT)
        return  # an ETag has the time in it: written once, it stays
    except OSError:
        pass
    for folder in (ROOT, ROOT + "/sub", ROOT + "/.git", ROOT + "/.well-known"):
        os.mkdir(folder)
    for name, content in (
        ("index.html", b"<h1>home</h1>"),
        ("app.js.gz", ZIPPED),
        ("both.txt", b"not this one"),
        ("both.txt.gz", ZIPPED),
        ("sub/index.html", b"sub"),
        ("data.bin", bytes(range(256)) * 20),
        ("empty", b""),
        ("caf\u00e9 au lait.txt", b"au lait"),
        ("app.3f2a9c1b.css", b"*{}"),
        ("photo.20261121.png", b"png"),
        ("image.png", b"png"),
        ("other.png", b"png"),
        (".htpasswd", b"secret"),
        (".git/config", b"secret"),
        (".well-known/security.txt", b"Contact:"),
        (".etags", b"\n/image.png 0123456789abcdef\n/mage.png 00\n"),
    ):
        with open(ROOT + "/" + name, "wb") as file:
            file.write(content)
    with open("unit_static_secret", "wb") as file:
        file.write(b"secret")


TYPES = {"bin": b"text/x-bin", "txt": "text/x-txt"}


def make_app():
    make_files()
    app = WindUp()
    app.add_generator(StaticFiles(ROOT))
    app.mount("/mounted", StaticFiles(ROOT, "max-age=60", types=TYPES))
    app.mount("/image", StaticFiles(ROOT, fixed=True))
    return app


def ask(path, *fields, method="GET"):
    return parse(Wire(make_app()).send(get(path, *fields, method=method)))[0]


def test_types_and_bodies():
    status, headers, body = ask("/")
    assert (status, body) == (200, b"<h1>home</h1>")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert ask("/data.bin")[2] == bytes(range(256)) * 20
    assert ask("/data.bin")[1]["content-type"] == "application/octet-stream"
    assert ask("/empty")[2] == b""
    assert ask("/mounted/both.txt")[1]["cache-control"] == "max-age=60"


def test_gzip():
    for path in ("/app.js", "/both.txt"):
        status, headers, body = ask(path, "Accept-Encoding: gzip, br")
        assert (status, body) == (200, ZIPPED)
        assert headers["content-encoding"] == "gzip" and headers["vary"] == "Accept-Encoding"
        for fields in ((), ("Accept-Encoding: gzip;q=0",)):
            status, plain, body = ask(path, *fields)
            assert (status, body) == (200, CONTENT)
            assert "content-encoding" not in plain and plain["vary"] == "Accept-Encoding"
            assert plain["etag"] != headers["etag"]
    assert ask("/app.js")[1]["content-type"] == "text/javascript; charset=utf-8"


def test_an_inflated_file_survives_short_writes():
    for step in (1, 100, 1000):
        answer = parse(Wire(make_app(), step=step).send(get("/app.js")))[0]
        assert answer[2] == CONTENT


def test_a_changed_file_of_the_same_size_and_time_has_another_etag():
    before = ask("/app.js")[1]["etag"]
    app = make_app()
    changed = ZIPPED[:-8] + b"\1\2\3\4" + ZIPPED[-4:]
    with open(ROOT + "/app.js.gz", "wb") as file:
        file.write(changed)
    answer = Wire(app).send(get("/app.js", "Accept-Encoding: gzip", method="HEAD"))
    with open(ROOT + "/app.js.gz", "wb") as file:
        file.write(ZIPPED)
    assert before.encode()[1:5] not in answer


def test_conditional():
    etag = ask("/data.bin")[1]["etag"]
    assert etag.startswith('W/"')  # within its second it may change again
    for field in (etag, '"x", ' + etag, etag[2:], "*"):
        status, headers, body = ask("/data.bin", "If-None-Match: " + field)
        assert (status, headers["etag"], body) == (304, etag, b""), field
    assert ask("/data.bin", 'If-None-Match: "x"')[0] == 200


def test_directories():
    status, headers, _ = ask("/sub")
    assert (status, headers["location"]) == (308, "/sub/")
    assert ask("/sub?a=b")[1]["location"] == "/sub/?a=b"
    assert ask("//sub")[0] == 404
    assert ask("/sub/")[2] == b"sub"


def test_hidden_files_are_not_served():
    for path in ("/.htpasswd", "/.git/config", "/.etags", "/%2ehtpasswd", "/.well-known/../.etags"):
        assert ask(path)[0] == 404, path
    assert ask("/.well-known/security.txt")[2] == b"Contact:"
    assert ask("/.well-known/.well-known/security.txt")[0] == 404


def test_names_of_utf_8_and_spaces():
    assert ask("/caf%C3%A9%20au%20lait.txt")[2] == b"au lait"
    assert ask("/caf%C3%A9+au+lait.txt")[0] == 404  # "+" is a space in forms only


def test_hashed_names_may_be_kept_for_ever():
    assert ask("/app.3f2a9c1b.css")[1]["cache-control"].endswith("immutable")
    assert ask("/photo.20261121.png")[1]["cache-control"] == "no-cache"  # a date
    for name, hashed in (
        ("/a-0123abcd.js", True),
        ("/a.0123abcd.min.js", False),
        ("/a.0123abc.js", False),
        ("/a.deadbeef.js", False),
        ("/a.0123ABCD.js", False),
        ("/0123abcd.js", False),
        ("/a.0123abcd/b.js", False),
        ("/a.0123abcd", False),
        ("/", False),
    ):
        assert static._is_hashed(name) == hashed, name


def test_tags_computed_with_the_image():
    status, headers, body = ask("/image/image.png")
    assert (status, headers["etag"], body) == (200, '"0123456789abcdef"', b"png")
    assert "last-modified" not in headers
    assert ask("/image/image.png", 'If-None-Match: "0123456789abcdef"')[0] == 304
    assert ask("/image/other.png")[1]["etag"].startswith('W/"')
    assert ask("/image.png")[1]["etag"].startswith('W/"')  # not fixed


def test_types():
    assert ask("/mounted/data.bin")[1]["content-type"] == "text/x-bin"
    assert ask("/mounted/both.txt")[1]["content-type"] == "text/x-txt"
    for kind in ("text/x\r\nX: y", b"text/x\r\nX: y"):
        raises(ValueError, StaticFiles, ROOT, types={"bin": kind})
    for name, kind in (
        ("/a.html", b"text/html; charset=utf-8"),
        ("/A.HTM", b"text/html; charset=utf-8"),
        ("/a.tar.gz", b"application/gzip"),
        ("/zip", b"application/octet-stream"),
        ("/a.", b"application/octet-stream"),
        ("/a.text/html", b"application/octet-stream"),
        ("/a.zip", b"application/zip"),
        ("/a.7z", b"application/x-7z-compressed"),
        ("/a.\u00e9", b"application/octet-stream"),
    ):
        assert media_type(name) == kind, name


def test_parts():
    content = bytes(range(256)) * 20
    status, headers, body = ask("/data.bin", "Range: bytes=100-299")
    assert (status, body) == (206, content[100:300])
    assert headers["content-range"] == "bytes 100-299/5120"
    assert headers["content-length"] == "200" and headers["accept-ranges"] == "bytes"
    assert ask("/data.bin", "Range: bytes=-20")[2] == content[-20:]
    assert ask("/data.bin", "Range: bytes=5000-")[2] == content[5000:]
    assert ask("/data.bin", "Range: bytes=0-99,200-")[2] == content
    status, headers, body = ask("/data.bin", "Range: bytes=5120-")
    assert (status, headers["content-range"]) == (416, "bytes */5120")
    for step in (1, 100, 1000):  # what a short write left is read again from the right place
        wire = Wire(make_app(), step=step)
        assert (
            parse(wire.send(get("/data.bin", "Range: bytes=100-4999")))[0][2] == content[100:5000]
        )


def test_parts_of_a_compressed_file_are_parts_of_its_bytes():
    fields = ("Accept-Encoding: gzip", "Range: bytes=10-")
    status, headers, body = ask("/app.js", *fields)
    assert (status, body, headers["content-encoding"]) == (206, ZIPPED[10:], "gzip")
    etag = headers["etag"]
    assert ask("/app.js", "If-Range: " + etag, *fields)[0] == 206
    inflated = ask("/app.js")[1]
    assert "accept-ranges" not in inflated
    assert ask("/app.js", "If-Range: " + inflated["etag"], *fields)[0] == 200
    assert ask("/app.js", "Range: bytes=10-")[2] == CONTENT  # inflated: whole


def test_a_part_of_what_may_have_changed_is_the_whole():
    etag = ask("/data.bin")[1]["etag"]
    for field in (etag, etag[2:], '"x"'):
        assert ask("/data.bin", "Range: bytes=0-9", "If-Range: " + field)[0] == 200, field


def test_preconditions():
    etag = ask("/image/image.png")[1]["etag"]
    assert ask("/image/image.png", "If-Match: " + etag)[0] == 200
    assert ask("/image/image.png", 'If-Match: "x"')[0] == 412
    assert ask("/image/image.png", 'If-Match: "x"', "If-None-Match: " + etag)[0] == 412
    assert ask("/image/image.png", "If-Match: *", "If-None-Match: " + etag)[0] == 304
    assert ask("/image/image.png", "If-Match: " + etag, "Range: bytes=0-0")[0] == 206
    assert ask("/data.bin", "If-Match: " + ask("/data.bin")[1]["etag"])[0] == 412  # it is weak
    assert ask("/data.bin", "If-Match: " + ask("/data.bin")[1]["etag"][2:])[0] == 412


def test_nothing_new_has_no_more_than_it_needs():
    headers = ask("/app.js", "Accept-Encoding: gzip", "If-None-Match: *")[1]
    assert sorted(headers) == ["accept-ranges", "cache-control", "etag", "vary"]


def test_several_folders():
    app = make_app()
    app.add_generator(StaticFiles(ROOT + "/sub"))
    app.mount("/both", StaticFiles(ROOT + "/sub"))
    app.mount("/both", StaticFiles(ROOT))
    assert parse(Wire(app).send(get("/both/")))[0][2] == b"sub"
    assert parse(Wire(app).send(get("/both/empty")))[0][0] == 200


def test_no_way_out():
    for path in (
        "/../unit_static_secret",
        "/%2e%2e/unit_static_secret",
        "/sub/../../unit_static_secret",
        "/..%2funit_static_secret",
        "/..%5cunit_static_secret",
        "/..\\unit_static_secret",
        "/sub/%2E%2E/%2E%2E/unit_static_secret",
        "/./index.html",
        "/mounted/../../unit_static_secret",
        "/mounted/..%2f..%2funit_static_secret",
        "/%2e%2e%2funit_static_secret",
        "/%252e%252e/unit_static_secret",
        "/..%00/unit_static_secret",
        "/%c0%ae%c0%ae/unit_static_secret",
        "/%c0%ae%c0%ae%c0%afunit_static_secret",
        "/%e0%80%ae%e0%80%ae/unit_static_secret",
        "/%f0%80%80%ae%f0%80%80%ae/unit_static_secret",
        "/%ff%fe/unit_static_secret",
        "/%uff0e%uff0e/unit_static_secret",
        "/sub%2f..%2f..%2funit_static_secret",
        "/sub/..;/..;/unit_static_secret",
        "//unit_static_secret",
        "/%2funit_static_secret",
        "/sub/index.html/",
        "/sub/index.html/../../../unit_static_secret",
        "/index.html%20",
        "/index.html.",
    ):
        assert ask(path)[0] in (400, 404), path
    assert ask("/index.html%00.txt")[0] == 400


def test_other_methods():
    status, headers, _ = ask("/index.html", method="POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    status, headers, body = ask("/index.html", method="OPTIONS")
    assert (status, headers["allow"], body) == (204, "GET, HEAD, OPTIONS", b"")
    assert ask("/nothing", method="POST")[0] == 404
    assert parse_head("/data.bin") == "5120"


def parse_head(path):
    data = Wire(make_app()).send(get(path, method="HEAD"))
    assert data.endswith(b"\r\n\r\n")
    return parse(data + b"x" * 5120)[0][1]["content-length"]
