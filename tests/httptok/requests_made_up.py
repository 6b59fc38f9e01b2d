"""Request heads for hypothesis: pieces right and wrong, so that random sequences get somewhere."""

import os

from hypothesis import settings
from hypothesis import strategies as st

EXAMPLES = 20_000 if os.environ.get("MODCORE_SOAK") == "1" else 600
thorough = settings(max_examples=EXAMPLES, deadline=None, database=None)

METHODS = st.sampled_from([b"GET", b"POST", b"OPTIONS", b"BREW", b"get", b"", b"G@T"])
TARGETS = st.sampled_from(
    [b"/", b"/a?b", b"*", b"http://a", b"HTTPS://[::1]:8/x?", b"http://a:b/", b"/#", b"a", b"/\xe9"]
)
VERSIONS = st.sampled_from(
    [b"HTTP/1.1", b"HTTP/1.0", b"HTTP/1.1", b"HTTP/2.0", b"HTTP/1", b"", b"x"]
)
SPACES = st.sampled_from([b" ", b" ", b" ", b" ", b"  ", b"\t", b""])
ENDS = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\n ", b"\r\n\r\n"])
NAMES = st.sampled_from(
    [b"Host", b"Connection", b"Content-Length", b"Transfer-Encoding", b"Upgrade", b"Expect"]
    + [b"Accept-Encoding", b"Cookie", b"content-TYPE", b"X-A", b"Bad Name", b"", b"Range", b"A\x00"]
)
MEMBERS = st.sampled_from(
    [b"chunked", b"gzip", b"close", b"keep-alive", b"Upgrade", b"websocket", b"100-continue", b"*"]
    + [b"a", b"dev:80", b"[::1]", b"5", b"007", b"99999999999", b";q=0", b"; Q=0.0", b";q=0.1"]
    + [b",", b" ", b"\t", b"", b'"', b"\xff", b"\x00", b"\x7f", b"+", b":", b"http://"]
)
VALUES = st.lists(MEMBERS, max_size=5).map(b"".join)
GOOD = st.sampled_from([b"Host: dev\r\n", b"Host: dev\r\n", b"Content-Length: 3\r\n", b""])
FIELDS = st.lists(st.one_of(GOOD, st.tuples(NAMES, SPACES, VALUES, ENDS)), max_size=6)


@st.composite
def heads(draw):
    start = draw(st.sampled_from([b"", b"", b"", b"\r\n", b"\n", b"\r\n\r\n"]))
    line = [draw(METHODS), draw(SPACES), draw(TARGETS), draw(SPACES), draw(VERSIONS), draw(ENDS)]
    fields = []
    for field in draw(FIELDS):
        if isinstance(field, bytes):
            fields.append(field)
        else:
            name, space, value, end = field
            fields.append(name + b":" + space + value + end)
    head = bytearray(b"".join([start, *line, *fields, b"\r\n"]))
    for _ in range(draw(st.integers(0, 2)) if draw(st.booleans()) else 0):
        head[draw(st.integers(0, len(head) - 1))] = draw(st.integers(0, 255))
    return bytes(head)
