"""A file as an answer: whole, a part of it, or nothing new (RFC 9110 sections 13 and 14)."""

from . import tok
from .response import HTTPError, Response


def send_file(
    request,
    file,
    content_type=None,
    etag=None,
    modified=None,
    length=-1,
    headers=(),
    download_name=None,
):
    """What a handler returns to send `file`: conditional requests and ranges are answered as the client asks.

        return send_file(request, "/log.txt", modified=os.stat("/log.txt")[8])

    Args:
        file: its path, or an open binary file with `seek` that starts at 0; it is closed when the answer has gone.
        content_type: `bytes` or `str`; default: what the end of the path says.
        etag: `str`, the entity tag without its quotes: another one whenever a byte is another (section 8.8.3).
            `None`: the client can compare by time alone.
        modified: when it was last changed, in seconds of `time.time()`; `None`: not known.
        length: its length in bytes; -1: it is looked up.
        headers: pairs `(name, value)` to send along.
        download_name: the browser is to save it under this name, a `str`; `None`: it shows it.

    Raises:
        HTTPError: 404, there is no such file; 412 and 416, what the client asks for does not go together with the file.
        ValueError: a tag with a quote or control character in it, or such a download name or type.
    """
    if type(file) is str:
        if content_type is None:
            from .mime import media_type

            content_type = media_type(file)
        try:
            file = open(file, "rb")
        except OSError:
            raise HTTPError(404, "Nothing is here")
    try:
        if length < 0:
            length = file.seek(0, 2)
            file.seek(0)
        response = Response(b"", 200, headers, content_type or b"application/octet-stream")
        if download_name is not None:
            from .disposition import attachment

            response.add_header(*attachment(download_name))
        etag, modified = _describe(response, etag, modified)
        fit(response, request.head, lambda: file, etag, modified, length)
    except Exception:
        file.close()
        raise
    if response.body is not file:
        file.close()
    return response


def _describe(response, etag, modified):
    if etag is not None:
        if '"' in etag:
            raise ValueError("etag %r: without quotes" % etag)
        etag = b'"%s"' % etag.encode()
        response.add_header("ETag", etag)
    if modified is not None:
        from time import gmtime

        from .dates import format_date

        response.add_header("Last-Modified", format_date(modified))
        modified = tuple(gmtime(modified)[:6])
    response.add_header("Accept-Ranges", "bytes")
    return etag, modified


def fit(response, head, open_file, etag, modified, length, whole=False):
    """Give `response`, which has the header fields of a file, the status and the body that `head` asks for.

    Args:
        open_file: called for the file when a body is sent; else it is not opened, or is closed.
        etag: as it is sent, `bytes`; or `None`.
        modified: `(year, month, day, hour, minute, second)`; or `None`.
        length: of the file, bytes.
        whole: the file cannot be sent in part: Range is ignored, as section 14.2 allows.

    Raises:
        HTTPError: 412 or 416.
    """
    from .conditional import precondition

    response.status = precondition(head, etag, modified)
    if response.status == 412:
        raise HTTPError(412, "It is not as you expect it to be; get it anew")
    if response.status == 304:
        return response
    response.status = 200
    start, count = 0, length
    # Section 14.2: only GET has ranges
    field = None if whole or head.method != tok.GET else head.get(tok.RANGE)
    if field is not None:
        from .conditional import range_holds
        from .ranges import part

        found = part(field, length)
        if found is not None and range_holds(head, etag, modified):
            if not found:
                fields = (("Content-Range", "bytes */%d" % length),)
                raise HTTPError(416, "It has %d bytes" % length, fields)
            start, count = found
            response.status = 206
            fields = "bytes %d-%d/%d" % (start, start + count - 1, length)
            response.add_header("Content-Range", fields)
    response.body = file = open_file()
    response.length = count
    if start:
        file.seek(start)
    return response
