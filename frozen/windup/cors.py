"""Answers for pages of other origins: CORS, as the Fetch standard has it (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from . import tok
from .response import HTTPError, Response
from .vary import vary


class CORS:
    """A filter that lets pages from elsewhere read the answers of an application.

        app.add_filter(CORS(("https://garden.example",)))

    Without it browsers hand no answer to a page of another origin. Add it to a mounted application to open that alone.

    Args:
        origins: those that may, each `scheme://host` or `scheme://host:port`, or `("*",)`: everybody.
        methods: what they may send, names of methods.
        headers: header fields that they may send beyond the few that every page may.
        expose: header fields of the answer that they may read beyond the few that every page may.
        credentials: whether they may come with cookies; only for origins that are named.
        max_age: seconds for which a browser need not ask again, 0 to 86,400.

    Raises:
        ValueError: an origin that is none, or credentials for everybody.
    """

    def __init__(
        self,
        origins,
        methods=("GET", "HEAD", "POST"),
        headers=("Content-Type",),
        expose=(),
        credentials=False,
        max_age=600,
    ):
        if isinstance(origins, str):
            raise ValueError("cors: origins is a tuple, (%r,)" % origins)
        self._any = "*" in origins
        if self._any and credentials:
            raise ValueError("cors: credentials are for origins that are named, never for *")
        for origin in origins:
            host = origin[origin.find("://") + 3 :] if "://" in origin else ""
            if origin != "*" and (
                not host or "/" in host or "*" in host or origin != origin.lower()
            ):
                raise ValueError(
                    "cors: %r is no origin; write https://host or http://host:port" % origin
                )
        self._origins = [origin.encode() for origin in origins]
        # What is always the same is put together once
        common = Response()
        if credentials:
            common.add_header("Access-Control-Allow-Credentials", "true")
        self._common = common.headers
        if expose:
            common.add_header("Access-Control-Expose-Headers", ", ".join(expose))
        self._exposing = common.headers
        preflight = Response()
        preflight.add_header("Access-Control-Allow-Methods", ", ".join(methods))
        if headers:
            preflight.add_header("Access-Control-Allow-Headers", ", ".join(headers))
        preflight.add_header("Access-Control-Max-Age", "%d" % max_age)
        self._preflight = preflight.headers

    def request(self, request):
        """The answer to a preflight request, which asks whether the real one may come."""
        head = request.head
        if head.method != tok.OPTIONS or head.get("access-control-request-method") is None:
            return None
        if head.get(tok.ORIGIN) is None:
            return None
        response = Response(b"", 204)
        if self._allowed(head) is None:
            raise HTTPError(403, "Pages of this origin may not ask here")
        response.headers = self._preflight
        return response

    def response(self, request, response):
        """Say to whom the answer may be handed."""
        origin = self._allowed(request.head)
        if not self._any:
            # Also where it says nothing: a cache must not hand that to others
            vary(response, b"Origin")
        if origin is not None:
            preflight = response.headers.startswith(b"Access-Control-Allow-Methods")
            response.headers += b"Access-Control-Allow-Origin: %s\r\n%s" % (
                origin,
                self._common if preflight else self._exposing,
            )
        return response

    def _allowed(self, head):
        origin = head.get(tok.ORIGIN)
        if origin is None:
            return None
        if self._any:
            return b"*"
        origin = bytes(origin)
        return origin if origin in self._origins else None
