"""Static files: types, conditions, and no way out of the root."""

import os
from binascii import a2b_base64

from windup import StaticFiles, WindUp
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
    for folder in (ROOT, ROOT + "/sub"):
        os.mkdir(folder)
    for name, content in (
        ("index.html", b"<h1>home</h1>"),
        ("app.js.gz", ZIPPED),
        ("both.txt", b"not this one"),
        ("both.txt.gz", ZIPPED),
        ("sub/index.html", b"sub"),
        ("data.bin", bytes(range(256)) * 20),
        ("empty", b""),
    ):
        with open(ROOT + "/" + name, "wb") as file:
            file.write(content)
    with open("unit_static_secret", "wb") as file:
        file.write(b"secret")


def make_app():
    make_files()
    app = WindUp()
    app.add_generator(StaticFiles(ROOT))
    app.mount("/mounted", StaticFiles(ROOT, "max-age=60"))
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
    for field in (etag, '"x", ' + etag, "W/" + etag, "*"):
        status, headers, body = ask("/data.bin", "If-None-Match: " + field)
        assert (status, headers["etag"], body) == (304, etag, b""), field
    assert ask("/data.bin", 'If-None-Match: "x"')[0] == 200


def test_directories():
    status, headers, _ = ask("/sub")
    assert (status, headers["location"]) == (308, "/sub/")
    assert ask("/sub?a=b")[1]["location"] == "/sub/?a=b"
    assert ask("//sub")[0] == 404
    assert ask("/sub/")[2] == b"sub"


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
    ):
        assert ask(path)[0] in (400, 404), path
    assert ask("/index.html%00.txt")[0] == 400


def test_other_methods():
    status, headers, _ = ask("/index.html", method="POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert ask("/nothing", method="POST")[0] == 404
    assert parse_head("/data.bin") == "5120"


def parse_head(path):
    data = Wire(make_app()).send(get(path, method="HEAD"))
    assert data.endswith(b"\r\n\r\n")
    return parse(data + b"x" * 5120)[0][1]["content-length"]
