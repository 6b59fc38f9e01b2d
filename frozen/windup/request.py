"""The request as handlers see it: a view of the connection's buffer, made once and used again."""

import json

from . import tok
from .response import HTTPError, Response
from .values import Values

METHODS = (None, "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")

PENDING = object()  # from `Request.invoke`: the handler runs when the body is there


class Request:
    """One request. It is valid until its response has been sent.

    Args:
        app: the application that answers.
        head: the tokenised head, a `tok.Head`.

    Attributes:
        path_info: `bytes`, the path below what is mounted, not decoded.
        body: `bytes`-like, the whole body; `b""` when there is none.
        body_pending: whether it has still to be read.
        peer: the client's address, `(host, port)`.
        values: a `dict` in which filters leave what handlers need.
    """

    def __init__(self, app, head):
        self.app = app
        self.head = head
        self.peer = None
        self.begin()

    def begin(self):
        """Forget the request before."""
        self.path_info = b""
        self.body = b""
        self.body_pending = False
        self.body_max = -1
        self._function = None
        self._args = ()
        self._values = None
        self._query = None

    @property
    def method(self):
        """The method's name, a `str`."""
        return METHODS[self.head.method]

    @property
    def path(self):
        """The path as the client sent it, decoded, a `str`. HTTPError 400: not percent-encoded UTF-8."""
        return decode(self.head.path)

    @property
    def query(self):
        """What follows the `?`, as `Values`."""
        if self._query is None:
            self._query = self._pairs(self.head.query or b"")
        return self._query

    @property
    def values(self):
        if self._values is None:
            self._values = {}
        return self._values

    def header(self, name):
        """The value of the first header field `name` (`str`, `bytes`, or a slot of `tok`), as `str`, or `None`."""
        value = self.head.get(name)
        if value is None:
            return None
        try:
            return str(value, "utf-8")
        except UnicodeError:  # RFC 9110 section 5.5: any byte may stand in a value
            return "".join([chr(byte) for byte in value])

    def json(self):
        """The body, parsed. HTTPError 400: not JSON; 415: not declared as JSON."""
        kind = self.head.get(tok.CONTENT_TYPE) or b""
        kind = kind.split(b";", 1)[0].strip().lower()
        if kind != b"application/json" and not kind.endswith(b"+json"):
            raise HTTPError(415, "Send the body as application/json")
        try:
            return json.loads(self.body)
        except ValueError:
            raise HTTPError(400, "The body is not JSON")

    def form(self):
        """The URL-encoded body as `Values`. HTTPError 415: something else was sent."""
        kind = self.head.get(tok.CONTENT_TYPE) or b""
        if kind.split(b";", 1)[0].strip().lower() != b"application/x-www-form-urlencoded":
            raise HTTPError(415, "Send the form as application/x-www-form-urlencoded")
        return self._pairs(self.body)

    def invoke(self, function, args=(), body_max=-1):
        """Call `function(request, *args)` with the body in hand: now, or when it has come whole.

        Generators return what this returns.

        Args:
            body_max: largest body in bytes that `function` wants; -1: the server's limit.
        """
        if self.body_pending:
            self._function = function
            self._args = args
            self._path_info = self.path_info
            self.body_max = body_max
            return PENDING
        result = function(self, *args)
        return Response(b"", 204) if result is None else result

    def resume(self, body):
        """Call what `invoke` put off, with the whole `body`."""
        self.body = body
        self.body_pending = False
        self.path_info = self._path_info
        return self.invoke(self._function, self._args)

    def _pairs(self, data):
        try:
            return Values(bytes(data))
        except ValueError:
            raise HTTPError(400, "Not percent-encoded UTF-8")


def decode(data):
    """Percent-encoded UTF-8 `data` as `str`. HTTPError 400: it is none, or holds a NUL."""
    try:
        text = str(tok.unquote(data), "utf-8")
    except ValueError:
        raise HTTPError(400, "Malformed percent-encoding")
    if "\0" in text:
        raise HTTPError(400, "NUL in the path")
    return text
