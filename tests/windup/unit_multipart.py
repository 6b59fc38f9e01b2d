"""Forms with files, taken apart as they arrive: parts, limits, malformed ones, and files that are whole or not there."""

import asyncio
import os

from check import raises
from windup import WindUp
from windup.multipart import Parts, safe_name
from wire import Tasks, get, one

FORM = (
    ("note", None, None, b"Hello, world!"),
    ("empty", None, None, b""),
    ("file", "a b.txt", "text/x-log", b"line\r\nline\r\n\r\n--\r\n--AaB03\r\n"),
    ("file", "big.bin", "application/octet-stream", bytes(range(256)) * 12),
    ("none", "", "application/octet-stream", b""),
    ("\u00fcml\u00e4ut", "\u6587.txt", "text/plain", b"\r\n"),
)
TYPE = "Content-Type: multipart/form-data; boundary=AaB03x"


def form(parts, boundary="AaB03x"):
    """The body that says `parts`: tuples of name, filename, type and content."""
    body = b""
    for name, filename, kind, content in parts:
        head = '--%s\r\nContent-Disposition: form-data; name="%s"' % (boundary, name)
        if filename is not None:
            head += '; filename="%s"' % filename
        if kind is not None:
            head += "\r\nContent-Type: %s" % kind
        body += head.encode() + b"\r\n\r\n" + content + b"\r\n"
    return body + b"--%s--\r\n" % boundary.encode()


def upload(body, *fields, kind=TYPE):
    """A request that sends `body`."""
    return get("/", kind, "Content-Length: %d" % len(body), *fields, method="POST") + body


async def collect(request, **limits):
    """All parts, as `form` takes them."""
    parts = Parts(request, **limits)
    found = []
    while True:
        part = await parts.next()
        if part is None:
            assert await parts.next() is None
            return found
        content = b""
        while True:
            piece = await part.read(50)
            if not piece:
                break
            assert len(piece) <= 50
            content += piece
        found.append((part.name, part.filename, part.content_type, content))


def site(handler, stream=True, body_max=100000):
    """An application with `handler`, and the list of what it returned."""
    app = WindUp()
    results = []

    async def run(request):
        results.append(await handler(request))
        return "done"

    app.post("/", stream=stream, body_max=body_max)(run)
    return app, results


def expected(parts):
    return [
        (name, filename, kind or "text/plain", content) for name, filename, kind, content in parts
    ]


def answer(body, handler=collect, kind=TYPE):
    """The response to `body`, taken apart by `handler`."""
    answers = []

    async def main():
        answers.append(one(await Tasks(site(handler)[0]).say(upload(body, kind=kind))))

    asyncio.run(main())
    return answers[0]


def test_parts_are_the_same_however_they_are_split():
    async def main():
        body = form(FORM)
        for stream in (True, False):
            for at_a_time in (3, 50, 257, 5000):
                app, results = site(collect, stream)
                wire = Tasks(app)
                assert one(await wire.say(upload(body), at_a_time))[0] == 200
                assert results == [expected(FORM)], at_a_time
                assert one(await wire.say(upload(body)))[0] == 200  # the connection goes on

    asyncio.run(main())


def test_what_nobody_reads_is_skipped():
    async def names(request):
        parts = Parts(request)
        found = []
        async for part in parts:
            if part.name == "file":
                await part.read(3)
            found.append(part.name)
        return found

    async def main():
        app, results = site(names)
        await Tasks(app).say(upload(form(FORM)))
        assert results == [[part[0] for part in FORM]]

    asyncio.run(main())


def test_a_preamble_an_epilogue_and_padding_are_nobodys():
    body = (
        b"preamble\r\nmore\r\n"
        + form(FORM[:1]).replace(b"x\r\n", b"x \t \r\n", 1)
        + b"epilogue" * 200
    )
    found = []

    async def handler(request):
        found.extend(await collect(request))

    assert answer(body, handler)[0] == 200
    assert found == expected(FORM[:1])
    assert answer(form(FORM)[:-2])[0] == 200  # the last line need not end
    assert answer(b"--AaB03x--")[0] == 200


def test_names_in_quotes():
    cases = (
        ('name="a"', "a", None),
        ("name=a", "a", None),
        ('NAME="a;b"; filename="x;y=z"', "a;b", "x;y=z"),
        ('name="a\\"b\\\\c\\d"', 'a"b\\c\\d', None),
        ('name="a" ;\tfilename="b"', "a", "b"),
        ('name="";', "", None),
    )
    for field, name, filename in cases:
        found = []

        async def handler(request, found=found):
            found.extend(await collect(request))

        body = (
            b"--AaB03x\r\ncontent-disposition: form-data; %s\r\n\r\n\r\n--AaB03x--" % field.encode()
        )
        assert answer(body, handler)[0] == 200, field
        assert found == [(name, filename, "text/plain", b"")], field


def test_a_boundary_in_quotes():
    for kind, boundary in (
        ('multipart/form-data; boundary="a b(c)"', "a b(c)"),
        ("Multipart/Form-Data;charset=utf-8;BOUNDARY=" + "x" * 70, "x" * 70),
    ):
        assert answer(form(FORM, boundary), kind="Content-Type: " + kind)[0] == 200


def test_other_types_are_415():
    for kind in (
        "X: y",
        "Content-Type: multipart/mixed; boundary=AaB03x",
        "Content-Type: text/plain",
    ):
        assert answer(form(FORM), kind=kind)[0] == 415


def test_boundaries_that_cannot_be_are_400():
    for parameter in (
        "",
        "; boundary=",
        "; boundary=" + "x" * 71,
        '; boundary="a',
        '; boundary="a "',
        "; x",
    ):
        kind = "Content-Type: multipart/form-data" + parameter
        assert answer(form(FORM), kind=kind)[0] == 400, parameter


def test_malformed_forms_are_400():
    good = b'Content-Disposition: form-data; name="a"'
    for body in (
        b"",
        b"--AaB03x",
        b"--AaB03x-",
        b"--AaB03x\r\n",
        b"nothing of the kind",
        form(FORM)[:-12],
        form(FORM)[:40],
        form(FORM)[:60],
        b"--AaB03xy\r\n" + good + b"\r\n\r\n\r\n--AaB03x--",
        b"--AaB03x\r\n\r\n\r\n--AaB03x--",
        b"--AaB03x\r\nContent-Type: text/plain\r\n\r\n\r\n--AaB03x--",
        b"--AaB03x\r\nContent-Disposition: form-data\r\n\r\n\r\n--AaB03x--",
        b'--AaB03x\r\nContent-Disposition: attachment; name="a"\r\n\r\n\r\n--AaB03x--',
        b"--AaB03x\r\n" + good + b'; name="b"\r\n\r\n\r\n--AaB03x--',
        b"--AaB03x\r\n" + good + b"; x\r\n\r\n\r\n--AaB03x--",
        b"--AaB03x\r\n" + good + b'"\r\n\r\n\r\n--AaB03x--',
        b"--AaB03x\r\n" + good + b'; filename="a\\\r\n\r\n\r\n--AaB03x--',
        b"--AaB03x\r\n" + good + b'; filename="\xff"\r\n\r\n\r\n--AaB03x--',
        b"--AaB03x\r\n" + good + b'; filename="a\nb"\r\n\r\n\r\n--AaB03x--',
        b"--AaB03x\r\n" + good + b'; filename="a\0b"\r\n\r\n\r\n--AaB03x--',
        b"--AaB03x\r\n" + good + b"\r\n folded\r\n\r\n\r\n--AaB03x--",
        b"--AaB03x\r\nno colon\r\n" + good + b"\r\n\r\n\r\n--AaB03x--",
    ):
        assert answer(body)[0] == 400, body


def test_a_transfer_encoding_is_415():
    for encoding, status in (("base64", 415), ("8BIT", 200)):
        kind = "text/plain\r\nContent-Transfer-Encoding: " + encoding
        assert answer(form((("a", None, kind, b"YQ=="),)))[0] == status


def test_limits_are_413():
    async def few(request):
        return await collect(request, most=5)

    async def short(request):
        return await collect(request, header=100)

    assert answer(form(FORM[:5]), few)[0] == 200
    assert answer(form(FORM), few)[0] == 413
    line = 'Content-Disposition: form-data; name="a"'
    kind = "x" * (100 - len(line) - 2 - len("Content-Type: \r\n"))
    assert answer(form((("a", None, kind, b""),)), short)[0] == 200
    assert answer(form((("a", None, kind + "x", b""),)), short)[0] == 413
    many = "\r\n".join(["x"] + ["X-%d: y" % number for number in range(200)])
    assert answer(form((("a", None, many, b""),)))[0] == 413
    assert answer(form((("a" * 2000, None, None, b""),)))[0] == 413


def test_text_has_limits_too():
    for content, status in ((b"x" * 20, 200), (b"x" * 21, 413), (b"\xff", 400)):

        async def handler(request):
            part = await Parts(request).next()
            return await part.text(20)

        assert answer(form((("a", None, None, content),)), handler)[0] == status


def test_pieces_go_to_a_callback():
    got = bytearray()

    async def handler(request):
        parts = Parts(request)
        part = await parts.next()
        total = await part.each(got.extend, 3072)
        assert total == 3072 == len(got)
        assert await part.read(1) == b""
        assert await part.each(got.extend) == 0
        part = await parts.next()
        await part.each(got.extend, 9)

    assert answer(form((FORM[3], FORM[0])), handler)[0] == 413
    assert bytes(got[:3072]) == FORM[3][3] and len(got) <= 3081


def test_a_part_ends_with_the_next_one():
    async def handler(request):
        parts = Parts(request)
        part = await parts.next()
        await parts.next()
        try:
            await part.read(1)
        except RuntimeError:
            return "raised"

    app, results = site(handler)

    async def main():
        await Tasks(app).say(upload(form(FORM)))

    asyncio.run(main())
    assert results == ["raised"]


def exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def read(path):
    with open(path, "rb") as file:
        return file.read()


def clean(*paths):
    for path in paths:
        if exists(path):
            os.remove(path)


def saving(path, most=-1):
    async def handler(request):
        part = await Parts(request).next()
        return await part.save(path, most)

    return handler


def test_a_file_is_saved_and_replaced():
    path = "unit_multipart.tmp"
    try:
        for content in (b"first", FORM[3][3], b""):
            assert answer(form((("f", "x", None, content),)), saving(path))[0] == 200
            assert read(path) == content
            assert not exists(path + ".part")
    finally:
        clean(path, path + ".part")


def test_a_file_that_does_not_come_whole_leaves_the_old_one():
    path = "unit_multipart.tmp"
    body = form((("f", "x", None, FORM[3][3]),))

    async def leave():
        app, results = site(saving(path))
        wire = Tasks(app)
        data = upload(body)
        await wire.say(data[:2000])
        assert exists(path + ".part")
        wire.connection.close()
        wire.task.cancel()
        await wire.turns()
        assert not results

    try:
        with open(path, "wb") as file:
            file.write(b"old")
        assert answer(body, saving(path, 3071))[0] == 413
        assert read(path) == b"old" and not exists(path + ".part")
        assert answer(body[:-20], saving(path))[0] == 400
        assert read(path) == b"old" and not exists(path + ".part")
        asyncio.run(leave())
        assert read(path) == b"old" and not exists(path + ".part")
        assert answer(body, saving(path, 3072))[0] == 200
        assert read(path) == FORM[3][3]
    finally:
        clean(path, path + ".part")


def test_two_uploads_do_not_write_one_file():
    path = "unit_multipart.tmp"

    async def main():
        data = upload(form((("f", "x", None, FORM[3][3]),)))
        app, _ = site(saving(path))
        first, second = Tasks(app), Tasks(app)
        await first.say(data[:2000])
        assert one(await second.say(data))[0] == 409
        assert one(await first.say(data[2000:]))[0] == 200
        assert read(path) == FORM[3][3]
        assert one(await Tasks(app).say(data))[0] == 200

    try:
        asyncio.run(main())
    finally:
        clean(path, path + ".part")


def test_a_full_file_system_is_507_and_other_errors_are_not():
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *exc_info):
            pass

        def write(self, data):
            return 0

    from windup import multipart

    body = form((("f", "x", None, b"abc"),))
    assert answer(body, saving("no/such/folder/file"))[0] == 500
    multipart.open = lambda path, mode: Full()
    try:
        assert answer(body, saving("full"))[0] == 507
    finally:
        del multipart.open
    assert not multipart._writing


def test_names_that_are_safe():
    for name, safe in (
        ("a.txt", "a.txt"),
        ("../../etc/boot.py", "boot.py"),
        ("C:\\dir\\a.txt", "a.txt"),
        ("..", ""),
        ("/", ""),
        (".htaccess", "htaccess"),
        (". .x", "x"),
        ("a:b*c?\x01\x7f", "a_b_c___"),
        ("\u6587\u4ef6.txt", "\u6587\u4ef6.txt"),
        ("x" * 200 + ".txt", "x" * 96 + ".txt"),
        ("y" + "." * 96 + ".txt", "txt"),
    ):
        assert safe_name(name) == safe, name


def test_it_takes_a_coroutine():
    app = WindUp()
    errors = []

    def plain(request):
        errors.append(raises(RuntimeError, Parts, request))

    app.post("/")(plain)
    from wire import Wire

    Wire(app).send(upload(form(FORM[:1])))
    assert len(errors) == 1
