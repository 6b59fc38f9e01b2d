"""A response as the test client sees it: read byte by byte, however it is framed (RFC 9112 section 6)."""

from json import loads

from modcore.port import const

_UNTIL_CLOSE = const(-1)


class ClientResponse:
    """One response.

    Attributes:
        status: 200 to 599, or 101.
        reason: what stands behind the status, a `str`.
        headers: a dict by lower-case name, `str` -> `str`; fields of the same name are joined with `, `.
        body: `bytes`, the content; of a response that streams, what `read` has left.
        fields: the same as pairs, in the order in which they came; `Set-Cookie` comes more than once.
        history: the redirects that led here, a tuple of responses.
        url: the path and query that were asked for.
    """

    def __init__(self, method, url):
        self.url = url
        self.status = 0
        self.reason = ""
        self.headers = {}
        self.history = ()
        self.fields = []
        self._method = method
        self._came = b""  # and was not understood yet
        self._content = bytearray()
        self._chunked = False
        self._left = 0  # of the content, or of the chunk
        self.started = False  # the head has come
        self.done = False  # all of it has
        self.kept = False  # the connection stays open

    @property
    def body(self):
        return bytes(self._content)

    @property
    def text(self):
        """The content as `str`, from UTF-8."""
        return str(self.body, "utf-8")

    def json(self):
        """The content, parsed. ValueError: it is not JSON."""
        return loads(self.text)

    def getlist(self, name):
        """Every value of header field `name`, in order; `Set-Cookie` comes more than once."""
        name = name.lower()
        return [value for key, value in self.fields if key == name]

    # For the client

    def take(self):
        content = self.body
        self._content = bytearray()
        return content

    def feed(self, data):
        """`data` has come. Returns what of it belongs to the next response. ValueError: that is not HTTP."""
        self._came += data
        while not self.done and self._step():
            pass
        rest, self._came = self._came, b""
        if not self.done:
            self._came = rest
            return b""
        return rest

    def ended(self):
        """The server has closed. OSError: in the middle of the response."""
        if self.started and not self._chunked and self._left == _UNTIL_CLOSE:
            self.done = True
        if not self.done:
            raise OSError("the server closed the connection before the response was whole")

    def _step(self):
        if not self.started:
            return self._head()
        if self._chunked and self._left == 0:
            return self._chunk_size()
        count = len(self._came)
        if self._left >= 0:
            count = min(count, self._left)
            self._left -= count
        self._content += self._came[:count]
        self._came = self._came[count:]
        if self._chunked:
            return count and self._left == 0
        self.done = self._left == 0
        return False

    def _head(self):
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            return False
        lines = str(self._came[:end], "utf-8").split("\r\n")
        self._came = self._came[end + 4 :]
        version, status, self.reason = (lines[0] + "  ").split(" ", 2)
        self.reason = self.reason.strip()
        if not version.startswith("HTTP/1."):
            raise ValueError("no status line: %r" % lines[0])
        self.status = int(status)
        if self.status < 200 and self.status != 101:
            return True  # 100 Continue: the response follows
        for line in lines[1:]:
            name, value = line.split(":", 1)
            name, value = name.lower(), value.strip()
            self.fields.append((name, value))
            before = self.headers.get(name)
            self.headers[name] = value if before is None else before + ", " + value
        self.started = True
        self.kept = self.headers.get("connection", "").lower() != "close"
        if self._method == "HEAD" or self.status == 204 or self.status == 304:
            self.done = True
        elif self.headers.get("transfer-encoding") == "chunked":
            self._chunked = True
        elif "content-length" in self.headers:
            self._left = int(self.headers["content-length"])
            self.done = self._left == 0
        else:
            self._left = _UNTIL_CLOSE
            self.kept = False
        return True

    def _chunk_size(self):
        # Behind a chunk stands an empty line, before the size of the next
        start = 2 if self._came.startswith(b"\r\n") else 0
        end = self._came.find(b"\r\n", start)
        if end < 0:
            return False
        self._left = int(str(self._came[start:end], "utf-8"), 16)
        if self._left == 0:
            if len(self._came) < end + 4:
                return False  # no trailers: an empty line ends it
            self.done = True
            end += 2
        self._came = self._came[end + 2 :]
        return True
