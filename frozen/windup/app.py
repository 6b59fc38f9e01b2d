"""The application: request filters, then the first content generator that answers, then response filters."""

from .router import Router

_PREFIX = b"HTTP/1.1 200 OK\r\n%sContent-Type: %s\r\nContent-Length: "


class WindUp(Router):
    """A web application. Its own routes are the first generator that is asked.

    Attributes:
        body_max: largest request body in bytes that a handler gets where its route says nothing.
        fields: header fields that every response has, `bytes`, each with its CRLF.
        prefix: how a page with status 200 begins, up to the digits of its length; `None` while some response filter
            wants to see each response.
        json_prefix: the same for JSON.
    """

    def __init__(self, body_max=4096):
        super().__init__()
        self.body_max = body_max
        self._request_filters = ()
        self._generators = ()
        self._response_filters = ()
        self.fields = b""
        self._set_prefixes()

    def _set_prefixes(self):
        self.prefix = self.json_prefix = None
        if not self._response_filters:
            self.prefix = _PREFIX % (self.fields, b"text/html; charset=utf-8")
            self.json_prefix = _PREFIX % (self.fields, b"application/json")

    def add_filter(self, item):
        """Add a filter, an object with `request(req)`, `response(req, resp)` or `fields`.

        `request` may answer, by returning what a handler may return or raising `HTTPError`; then nothing after it is
        asked. `response` may change the `Response`, or return another. Response filters run in the reverse order.
        `fields`, `bytes`, are header fields that every response has: they cost no call.
        """
        if hasattr(item, "request"):
            self._request_filters += (item.request,)
        if hasattr(item, "response"):
            self._response_filters = (item.response,) + self._response_filters
        self.fields += getattr(item, "fields", b"")
        self._set_prefixes()

    def add_generator(self, generator):
        """Add a content generator, an object with `handle(req)`; it returns `None` where it has no answer."""
        self._generators += (generator.handle,)

    def mount(self, prefix, generator):
        """Add a content generator below the path `prefix`."""
        from .mount import Mount

        self.add_generator(Mount(prefix, generator))

    def handle(self, request):
        """What a filter or generator returns for `request`; `None`: nobody answers."""
        for ask in self._request_filters:
            result = ask(request)
            if result is not None:
                return result
        result = self.handle_route(request)
        if result is not None:
            return result
        for ask in self._generators:
            result = ask(request)
            if result is not None:
                return result
        # RFC 9110 section 9.3.7: OPTIONS * asks the server as a whole
        return (b"", 204) if request.path_info == b"*" else None

    def finish(self, request, response):
        """Run the response filters; returns the `Response` to send."""
        for response_filter in self._response_filters:
            response = response_filter(request, response) or response
        return response

    def run(self, **settings):
        """Serve for ever, without asyncio until a handler is a coroutine or generator.

        Tasks that other handlers create wait until then.

        Args:
            settings: limits by their names in `windup.limits.schema`, `port=8080` for example.

        Raises:
            OSError: EADDRINUSE, or no network.
        """
        from .limits import Limits
        from .server import Server

        server = Server(self, Limits(settings))
        server.listen()
        try:
            server.serve()
        finally:
            server.close()  # after Ctrl-C the port is free for the next run
