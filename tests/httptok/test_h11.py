"""The core against h11: accept or refuse, and what was parsed. Intended differences are listed."""

import re

import h11
import run_vectors
from hypothesis import given, seed
from requests_made_up import heads, thorough


class Seen:
    """A head as h11 sees it: `fields` with names in lower case, or `error`."""

    def __init__(self, data):
        self.data, self.error = data, None
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=100_000)
        connection.receive_data(data)
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            self.error = str(error)
            return
        assert isinstance(event, h11.Request), event
        self.method, self.target, self.version = event.method, event.target, event.http_version
        self.fields = list(event.headers)

    def values(self, name):
        return [value for field, value in self.fields if field == name]

    def has(self, name):
        return self.values(name) != []

    def twice(self, *names):
        return any(len(self.values(name)) > 1 for name in names)


PLAIN_HOST = re.compile(rb"([a-z0-9.]+|\[[0-9a-f:.]+\])(:\d*)?")


def odd_host(value):
    """Whether h11 takes this value of Host and a strict reader need not."""
    return not PLAIN_HOST.fullmatch(value)


def lengths(head):
    """The values of Content-Length as sent; h11 puts equal ones together."""
    return re.findall(rb"(?im)^content-length:[ \t]*(.*?)[ \t]*\r?$", head.data)


ONCE = (b"content-type", b"content-length", b"authorization", b"origin")
ONCE += (b"sec-websocket-key", b"sec-websocket-version")

# What h11 accepts and the core refuses: the statuses, why, and how to tell such a head.
STRICTER = [
    (501, "h11 leaves methods to the application", lambda h: h.method not in run_methods()),
    (400, "h11 leaves the form of a target to the application", lambda h: h.target[:1] != b"/"),
    (400, "h11 leaves a fragment to the application", lambda h: set(h.target) & set(b'#"<>')),
    (414, "h11 has a limit for the whole head only", lambda h: len(h.target) > 2048),
    (
        400,
        "h11 counts Hosts and does not read them",
        lambda h: any(map(odd_host, h.values(b"host"))),
    ),
    (400, "h11 lets a repeated field pass that is no list", lambda h: h.twice(*ONCE)),
    (400, "h11 takes one of several equal lengths", lambda h: len(lengths(h)) > 1),
    (
        400,
        "h11 takes one of several equal lengths in a list",
        lambda h: lengths(h) and b"," in lengths(h)[0],
    ),
    (413, "h11 has no such limit for a length", lambda h: lengths(h) and len(lengths(h)[0]) > 9),
    (400, "h11 prefers Transfer-Encoding", lambda h: h.has(b"transfer-encoding") and lengths(h)),
    (
        400,
        "h11 takes Transfer-Encoding in HTTP/1.0",
        lambda h: h.has(b"transfer-encoding") and h.version == b"1.0",
    ),
    (400, "h11 takes a bare LF for the end of a line", lambda h: bare_lf(h.data)),
    (400, "h11 unfolds lines", lambda h: b"\n " in h.data or b"\n\t" in h.data),
    (505, "h11 leaves the version to the application", lambda h: h.version[:2] != b"1."),
]

# What the core accepts and h11 refuses.
LAXER = [
    ("RFC 9112 2.2: an empty line before the request", lambda data: data[:2] == b"\r\n"),
]


def run_methods():
    return [name.encode() for name in run_vectors.METHODS]


def bare_lf(data):
    return data.replace(b"\r\n", b"").find(b"\n") >= 0


@seed(11)
@thorough
@given(data=heads())
def test_core_and_h11(core, data):
    data += b"\r\n\r\n"
    other = Seen(data)
    head = core.Head(bytearray(data))
    n = head.parse(0, len(data))
    assert n, "complete, for an empty line is there"
    if n < 0:
        known = [status == -n and when(other) for status, _, when in STRICTER if not other.error]
        assert other.error or any(known), (n, other.fields, other.target)
    elif other.error:
        assert any(when(data) for _, when in LAXER), other.error
    else:
        fields = [head.item(i) for i in range(head.count)]
        assert [(name.lower(), value) for name, value in fields] == other.fields
        assert run_methods()[head.method - 1] == other.method
        assert other.version == b"1.%d" % head.version
        query = b"" if head.query is None else b"?" + head.query
        assert other.target.endswith(head.path + query) or head.path == b"/"
