"""The request as handlers see it: a view of the connection's buffer, made once and used again."""

from json import loads

from modcore.port import const

from . import tok
from .router import METHODS, NO_CONTENT

_FLAT = const(33)  # bytes of JSON that cannot be nested too deep

PENDING = object()  # from `Request.later`: the handler runs when the body is there


class Request:
    """One request. It is valid until its response has been sent.

    Args:
        app: the application that answers.
        head: the tokenised head, a `tok.Head`.
        connection: the `Connection` that it came by.

    Attributes:
        body: `bytes`-like, the whole body; `b""` when there is none.
        body_max: how long a body may be that has still to be read, in bytes; -1: the server's limit.
        body_pending: whether it has still to be read.
        connection: the `Connection` that it came by.
        cookies: what the client keeps, by name, as `cookies.Cookies`.
        exchange: what works on the answer, an `Exchange`; there is one when a coroutine begins to run.
        host, url, accepts: see `details`.
        mounted: `bytes`, the path below what is mounted, not decoded; `None` where nothing is.
        part: the mounted application that answers; `None`: the outermost one.
        peer: the client's address, `(host, port)`.
        secure: whether it came over TLS.
        stream: the body to be read by a coroutine, piece by piece, as `stream.Stream`. A route with `stream=True` gets
            bodies of any length up to its `body_max`; others only what came whole.
        values: a `dict` in which filters leave what handlers need.
            `fields` in it, `bytes`, are header fields that the response has besides, each with its CRLF.
    """

    # Few attributes keep an instance's table small and quick: what the connection knows is asked from there

    def __init__(self, app, head, connection):
        self.app = app
        self.head = head
        self.connection = connection
        self.mounted = self.part = None
        self.body = b""
        self.body_pending = False
        self._values = self._query = None

    def __getattr__(self, name):
        # What few handlers ask for. As a property each would take room in a table that is searched with every attribute
        if name == "peer":
            return self.connection.peer
        if name == "exchange":
            return self.connection.exchange
        if name == "secure":
            return self.connection.secure
        if name == "stream":
            from .stream import stream_of

            return stream_of(self)
        from .details import detail  # cookies, host, url, accepts

        return detail(self, name)

    def begin(self):
        """Forget the request before."""
        connection = self.connection
        connection.used = 0
        if connection.who is not None:
            connection.who = None
        # To write an attribute takes MicroPython three times as long as to read it: the class has properties, and among
        # them it looks for each name first
        if self.body:
            self.body = b""
        if self.body_pending:
            self.body_pending = False
        if self._values is not None:
            self._values = None
        if self._query is not None:
            self._query = None
        if self.mounted is not None:
            self.mounted = None
        if self.part is not None:
            self.part = None

    @property
    def path_info(self):
        """The path below what is mounted, not decoded, `bytes`."""
        return self.head.path if self.mounted is None else self.mounted

    @property
    def method(self):
        """The method's name, a `str`."""
        return METHODS[self.head.method]

    @property
    def path(self):
        """The path as the client sent it, decoded, a `str`. HTTPError 400: not percent-encoded UTF-8."""
        return decode(self.head.path)

    @property
    def user(self):
        """Who has logged in, with `name` and `roles`, or `None`. HTTPError: see `windup.auth.Auth.identify`.

        With HTTP Basic it is `None` until a guard has looked at the password.
        """
        who = self.connection.who
        if who is None:
            auth = self.app.auth
            if auth is not None:
                who = auth.who(self)
        return None if who is None else who.user

    @property
    def session(self):
        """What the application keeps about the client, a `windup.session.SessionData`."""
        from .session import SessionData

        return SessionData(self)

    @property
    def query(self):
        """What follows the `?`, as `Values`."""
        if self._query is None:
            self.connection.used = 2
            self._query = self._pairs(self.head.query or b"")
        return self._query

    @property
    def values(self):
        if self._values is None:
            self.connection.used = 2
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
        """The body, parsed: whatever its top is, for a list, a number or `null` is JSON as well as an object is.

        Raises:
            HTTPError: 400, it is no JSON, or nested deeper than `nesting.DEPTH`; 413, it is more than the memory holds; 415, it
                is not declared as JSON, or not as UTF-8 (RFC 8259 section 8.1).
        """
        kind = self.head.get(tok.CONTENT_TYPE)
        if kind != b"application/json":
            kind = media_type(kind)
            if kind != b"application/json" and not kind.endswith(b"+json"):
                raise _error(415, "Send the body as application/json")
        if len(self.body) > _FLAT:
            _check_nesting(self.body)
        try:
            return loads(self.body)
        except ValueError:
            raise _error(400, "The body is not JSON")
        except MemoryError:
            raise _error(413, "That is more than this device has memory for")

    def form(self):
        """The URL-encoded body as `Values`. HTTPError 415: something else was sent, or not as UTF-8."""
        if media_type(self.head.get(tok.CONTENT_TYPE)) != b"application/x-www-form-urlencoded":
            raise _error(415, "Send the form as application/x-www-form-urlencoded")
        return self._pairs(self.body)

    def too_long(self, body_max):
        """Whether the body is longer than `body_max` bytes, -1: than the server's limit."""
        return len(self.body) > (body_max if body_max >= 0 else self.app.body_max)

    def later(self, function, args=(), body_max=-1):
        """Have `function(request, *args)` called when the body has come whole. Generators return what this returns.

        Args:
            body_max: largest body in bytes that `function` wants; -1: the server's limit.
        """
        self._function = function
        self._args = args
        self.body_max = body_max
        return PENDING

    def resume(self, body):
        """Call what `later` put off, with the whole `body`."""
        self.connection.used = 2
        self.body = body
        self.body_pending = False
        result = self._function(self, *self._args)
        return NO_CONTENT if result is None else result

    def _pairs(self, data):
        from .values import Values

        try:
            return Values(bytes(data))
        except ValueError:
            raise _error(400, "Not percent-encoded UTF-8")


def decode(data):
    """Percent-encoded UTF-8 `data` as `str`. HTTPError 400: it is none, or holds a NUL."""
    try:
        text = str(tok.unquote(data), "utf-8")
    except ValueError:
        raise _error(400, "Malformed percent-encoding")
    if "\0" in text:
        raise _error(400, "NUL in the path")
    return text


def media_type(field):
    """The type in a Content-Type field, `bytes` or `None`, without its parameters. HTTPError 415: a charset but UTF-8."""
    field = (field or b"").lower()
    at = field.find(b";")
    if at < 0:
        return field
    for parameter in field[at:].split(b";", 8):
        parameter = parameter.strip()
        if parameter[:8] == b"charset=" and parameter[8:].strip(b'"') not in (b"utf-8", b"utf8"):
            raise _error(415, "Send it in UTF-8")
    return field[:at].strip()


def _check_nesting(body):
    # Apart, to keep the frame of `json` off the heap
    from .nesting import check

    check(body)


def _error(status, detail):
    from .response import HTTPError

    return HTTPError(status, detail)
