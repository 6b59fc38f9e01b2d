"""The requests that are measured, and what the answer to each of them has to be."""

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

CHROME = (Path(__file__).parents[1] / "tokenise" / "chrome.http").read_bytes()
PLAIN = b"GET / HTTP/1.1\r\nHost: 192.168.4.1\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"
BLOB_SIZE = 64 * 1024
BLOB = random.Random(4).randbytes(BLOB_SIZE)  # nothing that a compressor could make smaller
FILES = {"/files/blob.bin": BLOB}
SESSION = b"0123456789abcdef" * 2  # the secret of the session that the application begins with

_POST = b'{"name": "lamp", "level": 80}'


@dataclass(frozen=True)
class Kind:
    """One kind of request.

    Attributes:
        name: as in the results.
        title: what a table's head says.
        request: the bytes that are sent.
        body: of the answer; where it is JSON the value counts, not the spelling.
        is_json: whether it is.
        share: which part of the usual number of requests is enough for a repeatable figure.
    """

    name: str
    title: str
    request: bytes
    body: bytes
    is_json: bool = False
    share: float = 1

    def body_is_right(self, body):
        """Whether `body` is what has to come."""
        if self.is_json:
            return json.loads(body) == json.loads(self.body)
        return body == self.body


def _with_target(head, target, more=b"", method=b"GET"):
    rest = head.partition(b"\r\n")[2]
    return method + b" " + target + b" HTTP/1.1\r\n" + rest[:-2] + more + b"\r\n"


_POST_FIELDS = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(_POST)

KINDS = [
    Kind("hello", "hello, 3 headers", PLAIN, b"Hello, world!"),
    Kind("chrome", "hello, Chrome", _with_target(CHROME, b"/"), b"Hello, world!"),
    Kind("parameter", "path parameter", _with_target(PLAIN, b"/user/42"), b"User 42"),
    Kind(
        "json",
        "JSON POST, Chrome",
        _with_target(CHROME, b"/lamp", _POST_FIELDS, b"POST") + _POST,
        b'{"level": 80, "on": true}',
        is_json=True,
    ),
    Kind(
        "static",
        "64 KiB file, Chrome",
        _with_target(CHROME, b"/static/blob.bin"),
        BLOB,
        share=0.1,
    ),
]
# What only WindUp has is measured for the ceilings
OWN_KINDS = [
    Kind(
        "login",
        "logged-in page, Chrome",
        re.sub(
            rb"(?m)^Cookie: .*\r$",
            b"Cookie: theme=dark; sid=00%s\r" % SESSION,
            _with_target(CHROME, b"/mine"),
        ),
        b"Hello, ann!",
    ),
]
MARK = _with_target(PLAIN, b"/mark")
