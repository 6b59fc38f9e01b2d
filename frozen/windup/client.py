"""A client without a network, for tests of applications, on CPython and on the device's interpreter.

    from windup.client import TestClient

    client = TestClient(app)
    assert client.post("/login", form={"name": "ann", "password": "…"}).status == 303
    assert client.get("/valve/3").json() == {"open": True}

Requests go through the server's own transport and connection, so limits, streams, coroutines and errors are the real ones.
Cookies are kept, and so is the connection. Inside a coroutine use `await client.fetch(…)`, which takes what `request` takes.
"""

import asyncio
from json import dumps

from .client_link import Link, run
from .client_response import ClientResponse
from .limits import Limits

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_REDIRECTS = 10
_BOUNDARY = "windup-test-client-7c1e0f6a"


class TestClient:
    """A client of `app`.

    Args:
        app: a `WindUp`.
        headers: pairs or a dict, sent with each request.
        follow: whether redirects are followed.
        peer: its address, `(host, port)`.
        secure: whether the application is to think that it came over TLS.
        timeout: seconds that a response may take.
        limits: the server's, by their names in `windup.limits.schema`.

    Attributes:
        cookies: a dict, name to value, `str`; yours to change.
    """

    __test__ = False  # pytest: it is no class of tests
    loop = None

    def __init__(
        self,
        app,
        headers=(),
        follow=False,
        peer=("192.0.2.1", 1234),
        secure=False,
        timeout=30,
        **limits,
    ):
        self.app = app
        self.headers = headers
        self.follow = follow
        self.peer = peer
        self.secure = secure
        self.timeout = timeout
        self.cookies = {}
        self._limits = Limits(limits)
        self._link = None

    def get(self, path, **options):
        """GET `path`; see `request`."""
        return self.request("GET", path, **options)

    def head(self, path, **options):
        """HEAD `path`; see `request`."""
        return self.request("HEAD", path, **options)

    def options(self, path, **options):
        """OPTIONS `path`; see `request`."""
        return self.request("OPTIONS", path, **options)

    def post(self, path, **options):
        """POST to `path`; see `request`."""
        return self.request("POST", path, **options)

    def put(self, path, **options):
        """PUT `path`; see `request`."""
        return self.request("PUT", path, **options)

    def patch(self, path, **options):
        """PATCH `path`; see `request`."""
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        """DELETE `path`; see `request`."""
        return self.request("DELETE", path, **options)

    def request(self, method, path, **options):
        """Send a request and wait for the response.

        Args:
            method: its name.
            path: path and query, encoded, such as `/valve/3?open=1`.
            query: a dict or pairs to append to the path.
            headers: pairs or a dict.
            body: `bytes`, `str`, or an iterable of `bytes`, which is sent in chunks.
            json: an object to send as JSON.
            form: a dict or pairs to send as a form.
            files: a dict, name to `(file name, bytes)` or `(file name, bytes, type)`; with `form`'s, as multipart.
            follow: whether to follow redirects; default: the client's.
            stream: return when the head has come; `read` gets the rest.

        Returns:
            A `ClientResponse`.

        Raises:
            OSError: the server closed before the response was whole.
            asyncio.TimeoutError: it took longer than the client's `timeout`.
        """
        return run(self, self.fetch(method, path, **options))

    async def fetch(self, method, path, query=None, follow=None, stream=False, **content):
        """The same for coroutines: `await client.fetch("GET", "/")`."""
        if query:
            path += ("&" if "?" in path else "?") + _encoded(query)
        history = ()
        while True:
            response = await self._exchange(method, path, stream, **content)
            response.history = history
            target = response.headers.get("location")
            redirect = response.status in (301, 302, 303, 307, 308) and target
            if not redirect or not (self.follow if follow is None else follow):
                return response
            if len(history) == _REDIRECTS:
                raise OSError("more than %d redirects" % _REDIRECTS)
            history += (response,)
            path = _local(path, target)
            if response.status == 303 or (response.status < 303 and method == "POST"):
                # RFC 9110 section 15.4: what was sent is not sent again
                method = "HEAD" if method == "HEAD" else "GET"
                content = {"headers": content.get("headers", ())}

    def read(self, response):
        """The next bytes of a response that was asked for with `stream=True`; `b""` at its end."""
        return run(self, self._read(response))

    def close(self):
        """Go away, as a client does that closes its connection."""
        if self._link is not None:
            run(self, self._close())
        if self.loop is not None:
            self.loop.close()
            self.loop = None

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    async def _close(self):
        link, self._link = self._link, None
        link.close()
        await asyncio.sleep(0)  # what worked for it hears of it

    async def _exchange(self, method, path, stream, **content):
        if self._link is not None and (self._link.ended or self._link.response is not None):
            await self._close()
        link = self._link
        if link is None:
            link = self._link = Link(self.app, self._limits, self.peer, self.secure)
        response = link.response = ClientResponse(method, path)
        link.send(self._head_and_body(method, path, **content))
        await asyncio.wait_for(self._until(link, response, not stream), self.timeout)
        self._keep_cookies(response)
        return response

    async def _until(self, link, response, whole):
        while not (response.done or (response.started and not whole)):
            came, link.came = link.came, b""
            if came:
                link.came = response.feed(came) + link.came
            elif link.ended:
                response.ended()
            else:
                await link.wait()
        if response.done:
            link.response = None
            if not response.kept:
                await self._close()

    async def _read(self, response):
        link = self._link
        while True:
            content = response.take()
            if content or response.done:
                return content
            if link is None or link.response is not response:
                raise OSError("another request was sent: this response has ended")
            if not link.came and not link.ended:
                await asyncio.wait_for(link.wait(), self.timeout)
            came, link.came = link.came, b""
            if came:
                link.came = response.feed(came)
            elif link.ended:
                response.ended()
            if response.done:
                link.response = None

    def _head_and_body(self, method, path, headers=(), body=None, json=None, form=None, files=None):
        lines = ["%s %s HTTP/1.1" % (method, path)]
        given = {}
        for name, value in _pairs(self.headers) + _pairs(headers):
            given[name.lower()] = (name, value)
        kind = None
        if files is not None:
            kind = "multipart/form-data; boundary=" + _BOUNDARY
            body = _multipart(form or (), files)
        elif form is not None:
            kind, body = "application/x-www-form-urlencoded", _encoded(form)
        elif json is not None:
            kind, body = "application/json", dumps(json)
        if kind:
            given.setdefault("content-type", ("Content-Type", kind))
        if type(body) is str:
            body = body.encode()
        if body is not None and not isinstance(body, (bytes, bytearray, memoryview)):
            given["transfer-encoding"] = ("Transfer-Encoding", "chunked")
            body = b"".join([b"%x\r\n%s\r\n" % (len(piece), piece) for piece in body if piece])
            body += b"0\r\n\r\n"
        elif body is not None or method in ("POST", "PUT", "PATCH"):
            body = bytes(body or b"")
            given.setdefault("content-length", ("Content-Length", str(len(body))))
        given.setdefault("host", ("Host", "device"))
        if self.cookies and "cookie" not in given:
            pairs = ["%s=%s" % pair for pair in self.cookies.items()]
            given["cookie"] = ("Cookie", "; ".join(pairs))
        lines += ["%s: %s" % field for field in given.values()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")

    def _keep_cookies(self, response):
        for field in response.getlist("set-cookie"):
            parts = [part.strip() for part in field.split(";")]
            name, value = parts[0].split("=", 1)
            lower = [part.lower() for part in parts[1:]]
            over = [
                part
                for part in lower
                if (part.startswith("max-age=") and (part[8:] == "0" or part[8:9] == "-"))
                or (part.startswith("expires=") and " 1970 " in part)
            ]
            if over:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def _pairs(pairs):
    return list(pairs.items() if hasattr(pairs, "items") else pairs)


def _encoded(pairs):
    return "&".join(["%s=%s" % (_quoted(name), _quoted(value)) for name, value in _pairs(pairs)])


def _quoted(value):
    value = value if isinstance(value, bytes) else str(value).encode()
    return "".join([chr(byte) if byte in _UNRESERVED else "%%%02X" % byte for byte in value])


def _multipart(form, files):
    body = b""
    for name, value in _pairs(form):
        body += _part('name="%s"' % name, None, str(value).encode())
    for name, file in _pairs(files):
        kind = file[2] if len(file) > 2 else "application/octet-stream"
        body += _part('name="%s"; filename="%s"' % (name, file[0]), kind, file[1])
    return body + b"--%s--\r\n" % _BOUNDARY.encode()


def _part(disposition, kind, content):
    head = "--%s\r\nContent-Disposition: form-data; %s\r\n" % (_BOUNDARY, disposition)
    if kind:
        kind = str(kind, "utf-8") if type(kind) is bytes else kind
        head += "Content-Type: %s\r\n" % kind
    return head.encode() + b"\r\n" + content + b"\r\n"


def _local(path, target):
    # The path of `target`, an address that was found at `path`
    if "://" in target:
        target = "/" + (target.split("://", 1)[1] + "/").split("/", 1)[1]
        return target[:-1] if len(target) > 1 and target.endswith("/") else target
    if target.startswith("/"):
        return target
    return path.split("?", 1)[0].rsplit("/", 1)[0] + "/" + target
