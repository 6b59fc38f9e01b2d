"""Responses: what a handler may return, and the bytes that go out for it."""

import json

REASONS = {
    200: b"OK",
    201: b"Created",
    202: b"Accepted",
    204: b"No Content",
    206: b"Partial Content",
    301: b"Moved Permanently",
    302: b"Found",
    303: b"See Other",
    304: b"Not Modified",
    307: b"Temporary Redirect",
    308: b"Permanent Redirect",
    400: b"Bad Request",
    401: b"Unauthorized",
    403: b"Forbidden",
    404: b"Not Found",
    405: b"Method Not Allowed",
    408: b"Request Timeout",
    409: b"Conflict",
    411: b"Length Required",
    412: b"Precondition Failed",
    413: b"Content Too Large",
    414: b"URI Too Long",
    415: b"Unsupported Media Type",
    416: b"Range Not Satisfiable",
    417: b"Expectation Failed",
    422: b"Unprocessable Content",
    429: b"Too Many Requests",
    431: b"Request Header Fields Too Large",
    500: b"Internal Server Error",
    501: b"Not Implemented",
    503: b"Service Unavailable",
    505: b"HTTP Version Not Supported",
    507: b"Insufficient Storage",
}

TEXT = b"text/plain; charset=utf-8"
HTML = b"text/html; charset=utf-8"
JSON = b"application/json"

PIECES = object()  # a body that comes by `Connection.send_piece`

_BYTES = (bytes, bytearray, memoryview)


class HTTPError(Exception):
    """Raised by a handler or filter to answer with an error status.

    Args:
        status: 400 to 599.
        detail: a sentence for the client, what is wrong and what to do.
        headers: pairs `(name, value)` to send along.
    """

    def __init__(self, status, detail="", headers=()):
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.headers = headers


class Response:
    """One answer.

    Args:
        body: `bytes`, `str` (sent as UTF-8), `dict` or `list` (sent as JSON), an open binary file, or a generator or
            other iterable of `bytes` or `str`; `None` is empty.
        status: 200 to 599.
        headers: pairs `(name, value)`.
        content_type: `bytes` or `str`; default: HTML for text, JSON for `dict` and `list`.
        length: length of the body in bytes where the body is a file; -1 when it is not known.

    Attributes:
        sure: a `content_type` without control characters: it is not looked at once more.

    Raises:
        TypeError: a body of another type.
        ValueError: a header or type with a control character in it (RFC 9110 section 5.5).
    """

    def __init__(self, body=b"", status=200, headers=(), content_type=None, length=-1):
        self.status = status
        self.headers = b""
        self.length = length
        self.set_body(body, content_type)
        for name, value in headers:
            self.add_header(name, value)

    def set_body(self, body, content_type=None):
        """Exchange the body; with `content_type` `None` its type says what it is. ValueError, TypeError: as above."""
        if content_type:
            content_type = checked_type(content_type)
        kind = type(body)
        if kind is str:
            body = body.encode()
        elif body is None:
            body = b""
        elif isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            content_type = content_type or JSON
        elif kind not in _BYTES and body is not PIECES:
            if not hasattr(body, "readinto") and not hasattr(body, "send"):
                try:
                    body = _each(iter(body))
                except TypeError:
                    raise TypeError(
                        "%s is no answer; return str, bytes, dict, list, an open file, a generator, a Response, or a"
                        " tuple of one of these and a status" % kind.__name__
                    )
        self.body = body
        self.content_type = self.sure = content_type or HTML

    def add_header(self, name, value):
        """Append a header field; `name` and `value` are `str` or `bytes`. Content-Type takes the place of the one before.

        Raises:
            ValueError: a control character in it, or the length or framing of the body, which the server says itself.
        """
        name = _bytes(name)
        line = b"%s: %s\r\n" % (name, _bytes(value))
        # Exactly the line's own CR and LF: one more would start a header of somebody else's
        if line.find(b"\n") != len(line) - 1 or line.find(b"\r") != len(line) - 2 or b"\0" in line:
            raise ValueError("header %r: control character in it" % name)
        size = len(name)
        if size == 12 and name.lower() == b"content-type":
            self.content_type = self.sure = line[14:-2]  # two would leave the choice to the client
            return
        if (size == 14 and name.lower() == b"content-length") or (
            size == 17 and name.lower() == b"transfer-encoding"
        ):
            raise ValueError("header %s: leave it out, the server says it" % str(name, "utf-8"))
        self.headers += line

    def set_cookie(self, name, value, **attributes):
        """Have the client keep a cookie (RFC 6265 section 4.1).

        Args:
            name, value: `str`; ASCII, and no space, quotation mark, comma, semicolon or backslash in the value.
            path: below which it is sent; default `/`, everywhere.
            max_age: seconds that it is kept; 0 or less: it is removed; without it and `expires`: as long as the browser runs.
            expires: the same as a date, in seconds of `time.time()` or as the `str` that goes out.
            domain: of whose hosts it is sent to; default: this host alone.
            secure: over TLS only.
            http_only: scripts on the page do not see it.
            same_site: `"Lax"`, `"Strict"`, or `"None"`, which needs `secure`: whether it comes along from other sites.
            partitioned: kept apart for each site that embeds this one; needs `secure`.

        Raises:
            ValueError: what cannot stand there, or what every browser refuses.
        """
        from .cookies import header

        self.add_header("Set-Cookie", header(name, value, **attributes))

    def delete_cookie(self, name, path="/", **attributes):
        """Have the client forget a cookie; `path` and `domain` must be those that it was set with."""
        self.set_cookie(name, "", path=path, max_age=0, **attributes)

    def head(self, fields, keep_alive, minor):
        """Status line and header section, as `bytes`.

        Args:
            fields: the header fields that every response of the application has, `bytes`.
            keep_alive: whether the connection stays open afterwards.
            minor: the request's HTTP minor version, 0 or 1.

        Raises:
            ValueError: a control character in `content_type`.
        """
        if keep_alive:
            connection = b"" if minor else b"Connection: keep-alive\r\n"
        else:
            connection = b"Connection: close\r\n"
        if self.content_type is not self.sure:
            self.content_type = checked_type(self.content_type)
        status = self.status
        if status == 204 or status == 304:  # RFC 9110 section 8.6: no content, no length
            return b"HTTP/1.1 %d %s\r\n%s%s%s\r\n" % (
                status,
                REASONS[status],
                fields,
                connection,
                self.headers,
            )
        if self.length < 0:
            framing = b"Transfer-Encoding: chunked\r\n" if minor else b""
            return b"HTTP/1.1 %d %s\r\nContent-Type: %s\r\n%s%s%s%s\r\n" % (
                status,
                REASONS.get(status, b"Unknown"),
                self.content_type,
                fields,
                framing,
                connection,
                self.headers,
            )
        return b"HTTP/1.1 %d %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n%s%s\r\n" % (
            status,
            REASONS.get(status, b"Unknown"),
            self.content_type,
            fields,
            self.length,
            connection,
            self.headers,
        )


def response_of(result):
    """`result`, whatever a handler may return, as a `Response`.

    Accepted are a `Response`; a body; `(body, status)`; `(body, status, headers)` with headers a `dict` or pairs.
    """
    kind = type(result)
    if kind is tuple:
        headers = result[2] if len(result) > 2 else ()
        if type(headers) is dict:
            headers = headers.items()
        if isinstance(result[0], Response):
            response = result[0]
            response.status = result[1]
            for name, value in headers:
                response.add_header(name, value)
            return response
        return Response(result[0], result[1], headers)
    if not isinstance(result, Response):
        return Response(result)
    if type(result.body) not in _BYTES:
        return result
    # The application may keep it and return it again: filters get a copy to change
    response = Response(result.body, result.status, (), result.content_type)
    response.headers = result.headers
    return response


def redirect(location, status=303, local=False):
    """A redirect to `location`, `str` or `bytes`; 303 makes the browser GET it (RFC 9110 section 15.4.4).

    Args:
        local: only within this device, for a location that came with the request.

    Raises:
        HTTPError: 400, it leads elsewhere and must not.
    """
    if local:
        from .urls import is_local

        if not is_local(location):
            raise HTTPError(400, "The address to go on to is not on this device")
    return Response(b"", status, (("Location", location),))


def error_response(error):
    """What `HTTPError` `error` looks like to the client: one line of text."""
    text = "%d %s\n" % (error.status, str(REASONS.get(error.status, b"Error"), "utf-8"))
    if error.detail:
        text += error.detail + "\n"
    return Response(text, error.status, error.headers, TEXT)


def _each(iterator):
    for piece in iterator:
        yield piece


def checked_type(content_type):
    """`content_type`, `bytes` or `str`, as `bytes`. ValueError: a control character in it."""
    content_type = _bytes(content_type)
    if b"\n" in content_type or b"\r" in content_type or b"\0" in content_type:
        raise ValueError("content type %r: control character in it" % content_type)
    return content_type


def _bytes(value):
    return value.encode() if type(value) is str else value
