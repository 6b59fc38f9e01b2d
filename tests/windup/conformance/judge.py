"""Reads a server's answers with h11, which decides where one ends and whether it is one."""

import re

import h11

_ONCE = (b"content-type", b"content-length", b"connection", b"etag", b"content-range", b"allow")


class Answer:
    """One answer: `status`, `fields` (a dict, names in lower case), `body`, `interim` (statuses before it)."""

    def __init__(self):
        self.interim = ()
        self.status = None
        self.body = b""

    def __repr__(self):
        return f"{self.status} {self.fields} {self.body[:60]!r}"


def read(data, methods=(), closed=False):
    """The answers in `data` to requests by `methods`, GET where these end; and the bytes of one that is not whole.

    Args:
        closed: whether the server has closed the connection: that ends an answer of unknown length.

    Raises:
        h11.RemoteProtocolError: what came is no answer.
        AssertionError: a rule of RFC 9110 is broken that h11 does not look at.
    """
    answers = []
    while data:
        method = methods[len(answers)] if len(answers) < len(methods) else "GET"
        answer, rest = _read_one(data, method, closed)
        if answer is None:
            break
        _check(answer, data[: len(data) - len(rest)])
        answers.append(answer)
        data = rest
    return answers, data


def _read_one(data, method, closed):
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    answer = Answer()
    told = False
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if not closed or told:
                return None, data
            told = True
            connection.receive_data(b"")
        elif isinstance(event, h11.InformationalResponse):
            answer.interim += (event.status_code,)
        elif isinstance(event, h11.Response):
            answer.status = event.status_code
            answer.list = list(event.headers)
            answer.fields = {k.decode(): v.decode("latin-1") for k, v in event.headers}
            answer.reason = event.reason
        elif isinstance(event, h11.Data):
            answer.body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return answer, connection.trailing_data[0]
        else:
            return None, data


def _check(answer, data):
    head = data.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", head), f"RFC 9112 2.2: {head!r}"
    assert answer.reason, f"no reason phrase: {answer}"
    names = [name for name, _ in answer.list]
    for name in _ONCE:
        assert names.count(name) <= 1, f"RFC 9110 5.3: {name} twice in {answer}"
    fields = answer.fields
    if answer.status in (204, 304):
        assert "transfer-encoding" not in fields, f"RFC 9112 6.1: {answer}"
    if answer.status == 204:
        assert "content-length" not in fields, f"RFC 9110 8.6: {answer}"
    if answer.status == 405:
        assert fields.get("allow"), f"RFC 9110 15.5.6: no Allow in {answer}"
    if answer.status == 206:
        assert "content-range" in fields, f"RFC 9110 15.3.7: {answer}"
    if answer.status == 416:
        assert re.fullmatch(r"bytes \*/\d+", fields["content-range"]), f"RFC 9110 14.4: {answer}"
    if answer.status >= 400 and answer.body:
        assert len(answer.body.splitlines()) <= 2 and answer.body.isascii(), answer
