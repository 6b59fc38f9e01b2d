"""Answers that are kept compressed, such as a page that is a constant in flash."""

from io import BytesIO
from struct import unpack

from . import tok
from .files import fit
from .response import HTML, Response
from .vary import vary


def send_gzip(request, data, content_type=HTML, etag=None, headers=()):
    """What a handler returns to send `data`: as it is to clients that take gzip, inflated to the others.

    The two are one resource in two representations (RFC 9110 section 8.8.3.3): each has its own entity tag, and caches are
    told what they depend on. Conditional requests are answered.

    Args:
        data: `bytes`, a whole gzip file (RFC 1952), compressed with a window of 4 KiB.
        content_type: of what is in it, `bytes` or `str`.
        etag: `str`, the entity tag of what is in it, without quotes; `None`: the checksum and length that it ends with.
        headers: pairs `(name, value)` to send along.

    Raises:
        HTTPError: 412, what the client asks for does not go together with it; 503, there is no memory to inflate it.
        ValueError: `data` is no gzip file.
    """
    if data[:3] != b"\x1f\x8b\x08" or len(data) < 18:
        raise ValueError("send_gzip: this is no gzip file")
    checksum, length = unpack("<II", data[-8:])
    response = Response(b"", 200, headers, content_type)
    vary(response, b"Accept-Encoding")
    if etag is None:
        etag = "%x-%x" % (checksum, length)
    if request.head.flags & tok.ACCEPT_GZIP:
        length = len(data)
        etag += "-gz"
        response.add_header("Content-Encoding", "gzip")
        opened = BytesIO
    else:
        opened = _inflated
    response.add_header("ETag", '"%s"' % etag)
    fit(response, request.head, lambda: opened(data), b'"%s"' % etag.encode(), None, length, True)
    return response


def _inflated(data):
    from .inflated import Inflated

    return Inflated(BytesIO(data))
