"""What a case of the conformance suite is, and how one is written in a line."""

from dataclasses import dataclass, field

# Sent behind each case: whoever answers this has read all before it as was meant, or has been smuggled to.
SENTINEL = b"GET /last HTTP/1.1\r\nHost: x\r\n\r\n"

GOES_ON = "goes on"
CLOSES = "closes"


@dataclass
class Case:
    """Bytes to send on a new connection, and what has to come back.

    Attributes:
        section: of which RFC, such as `9112 3.2`.
        what: what is tried, in a few words.
        data: the bytes.
        answers: the final status of each answer that has to come, in order.
        then: whether the connection goes on, so that a request behind `data` is answered, or closes.
        methods: of the requests that are answered; default: GET for all.
        body: of the first answer.
        fields: header fields that the first answer has; a value of `None`: it has no such field.
        interim: statuses of interim answers before the first one.
        sentinel: whether to send another request behind `data`; not where `data` is not whole.
    """

    section: str
    what: str
    data: bytes
    answers: tuple
    then: str = GOES_ON
    methods: tuple = ()
    body: bytes | None = None
    fields: dict = field(default_factory=dict)
    interim: tuple = ()
    sentinel: bool = True

    def __str__(self):
        return f"{self.section} {self.what}"


def answered(section, what, data, *answers, **more):
    """`data` is answered with `answers` (default: 200), and the connection goes on."""
    return Case(section, what, data, answers or (200,), **more)


def closing(section, what, data, *answers, **more):
    """`data` is answered with `answers` (default: 200), and the connection closes in order."""
    return Case(section, what, data, answers or (200,), CLOSES, **more)


def refused(section, what, data, status=400, **more):
    """One answer, an error, and nothing that was sent behind is looked at."""
    more.setdefault("fields", {})["connection"] = "close"
    return Case(section, what, data, (status,), CLOSES, **more)


def request(target, *fields, method="GET", version="1.1", host="x"):
    """A head. `host=None` leaves that field out; everything is `str`, of characters below 256."""
    lines = [f"{method} {target} HTTP/{version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    return "\r\n".join([*lines, *fields, "", ""]).encode("latin-1")


def post(target, body, *fields, method="POST", **more):
    """A request with a body of known length."""
    return request(target, f"Content-Length: {len(body)}", *fields, method=method, **more) + body


def chunked(target, body, *fields, method="POST", **more):
    """A request whose body is `body`, chunks and all."""
    return request(target, "Transfer-Encoding: chunked", *fields, method=method, **more) + body
