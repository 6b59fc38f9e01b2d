"""Any form, split anywhere, gives the parts that Python's mail parser finds; any bytes at all are refused, not crashed on."""

import asyncio
import email.parser
import email.policy

from hypothesis import given, settings
from hypothesis import strategies as st
from windup import WindUp
from windup.multipart import Parts
from wire import Tasks, one, parse

BOUNDARY = "aB-"  # of what contents are made of, so that much in them begins like a boundary
NAMES = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"\\'), max_size=20)
KINDS = st.sampled_from([None, "text/plain", "image/png", "application/x; a=b"])
CONTENTS = st.lists(
    st.sampled_from([b"\r\n", b"--", b"aB-", b"aB", b"-", b"\r", b"\n", b"x" * 90, b"\0\xff"])
)
PARTS = st.lists(st.tuples(NAMES, st.none() | NAMES, KINDS, CONTENTS.map(b"".join)), max_size=4)
SPLITS = st.lists(st.integers(1, 400), min_size=1, max_size=20)


def body_of(parts):
    body = b""
    for name, filename, kind, content in parts:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        if filename is not None:
            head += f'; filename="{filename}"'
        if kind:
            head += f"\r\nContent-Type: {kind}"
        body += head.encode() + b"\r\n\r\n" + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def by_mail_parser(body):
    """The parts as the standard library finds them: content only, for it has other opinions about names."""
    head = f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    return [part.get_payload(decode=True) for part in message.iter_parts()]


def by_windup(body, splits, chunked, room):
    """`(status, parts)`; the body goes in pieces of `splits` bytes to a connection with `room` bytes behind the head."""
    found = []
    app = WindUp()

    @app.post("/", stream=True, body_max=100000)
    async def upload(request):
        parts = Parts(request)
        async for part in parts:
            content = bytearray()
            await part.each(content.extend)
            found.append((part.name, part.filename, part.content_type, bytes(content)))
        return "done"

    head = (
        f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
    )
    if chunked:
        pieces, rest = b"", body
        for size in splits:
            if rest:
                pieces += b"%x\r\n%s\r\n" % (len(rest[:size]), rest[:size])
                rest = rest[size:]
        if rest:
            pieces += b"%x\r\n%s\r\n" % (len(rest), rest)
        body = pieces + b"0\r\n\r\n"
        head += "Transfer-Encoding: chunked\r\n"
    else:
        head += f"Content-Length: {len(body)}\r\n"
    head += "X: " + "x" * max(0, 1024 - room - len(head) - 7) + "\r\n\r\n"
    data = head.encode() + body

    async def main():
        wire = Tasks(app)
        out, rest = b"", data
        for number in range(len(data)):
            if not rest:
                break
            size = splits[number % len(splits)]
            out += await wire.say(rest[:size])
            rest = rest[size:]
        return parse(out)[0][0] if out else None

    return asyncio.run(main()), found


@settings(max_examples=300, deadline=None)
@given(PARTS, SPLITS, st.booleans(), st.integers(0, 900))
def test_any_form_however_it_comes(parts, splits, chunked, room):
    mark = f"\r\n--{BOUNDARY}".encode()
    parts = [part for part in parts if mark not in b"\r\n" + part[3] and "\0" not in part[0]]
    body = body_of(parts)
    status, found = by_windup(body, splits, chunked, room)
    assert status == 200
    assert [part[3] for part in found] == [part[3] for part in parts]
    assert [part[0] for part in found] == [part[0] for part in parts]
    assert [part[2] for part in found] == [part[2] or "text/plain" for part in parts]
    assert [part[1] is None for part in found] == [part[1] is None for part in parts]
    if not any(
        b"\r" in part[3].replace(b"\r\n", b"") or b"\n" in part[3].replace(b"\r\n", b"")
        for part in parts
    ):
        # The mail parser takes a lone CR or LF for the end of a line
        assert [part[3] for part in found] == by_mail_parser(body)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--aB-",
                b"\r\n--aB-",
                b"--",
                b"\r\n",
                b"\r\n\r\n",
                b"Content-Disposition: form-data; name=a",
                b'Content-Disposition: form-data; name="a"; filename="',
                b'"',
                b"\\",
                b";",
                b"=",
                b"\xff",
                b"\0",
                b"x" * 300,
            ]
        ),
        max_size=25,
    ).map(b"".join),
    SPLITS,
    st.booleans(),
)
def test_anything_else_is_answered_with_an_error(body, splits, chunked):
    status, _ = by_windup(body, splits, chunked, 600)
    assert status in (200, 400, 413, 415)


def test_a_million_bytes_need_no_more_memory_than_the_connection_has():
    import tracemalloc

    app = WindUp()

    @app.post("/", stream=True, body_max=2000000)
    async def upload(request):
        part = await Parts(request).next()
        return str(await part.each(lambda piece: None))

    def peak(length):
        body = body_of([("a", "b", None, b"x" * length)])
        head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=aB-\r\n"
        data = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body)

        async def main():
            wire = Tasks(app)
            await wire.say(data)
            view = memoryview(body)
            tracemalloc.start()
            out = b""
            for at in range(0, len(body), 500):
                out += await wire.say(bytes(view[at : at + 500]))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert one(out)[2] == str(length).encode()
            return peak

        return asyncio.run(main())

    small = peak(10000)
    assert peak(1000000) < small + 10000  # CPython's own objects come and go
