"""The application: request filters, then the first content generator that answers, then response filters."""

from .response import HTML, JSON, Prefixes, Response
from .router import Mount, Router


class WindUp:
    """A web application.

    Routes are added with `get`, `post`, `put`, `patch`, `delete` and `route`, the decorators of its `Router`.

    Attributes:
        router: the first generator that is asked.
        body_max: largest request body in bytes that a handler gets where its route says nothing.
        prefixes: how responses begin, the constant header fields included.
        prefix: how a page with status 200 begins; `None` while some response filter wants to see each response.
        json_prefix: the same for JSON.
    """

    def __init__(self, body_max=4096):
        self.body_max = body_max
        self.router = router = Router()
        self.route = router.route
        self.get = router.get
        self.post = router.post
        self.put = router.put
        self.patch = router.patch
        self.delete = router.delete
        self._generators = [router.handle]
        self._request_filters = []
        self._response_filters = []
        self._constant(b"")

    def _constant(self, fields):
        self.prefixes = Prefixes(fields)
        self.prefix = None if self._response_filters else self.prefixes.get(200, HTML)
        self.json_prefix = self.prefixes.get(200, JSON)

    def add_filter(self, item):
        """Add a filter, an object with `request(req)`, `response(req, resp)` or `fields`.

        `request` may answer, by returning what a handler may return or raising `HTTPError`; then nothing after it is
        asked. `response` may change the `Response`, or return another. Response filters run in the reverse order.
        `fields`, `bytes`, are header fields that every response has: they cost no call.
        """
        if hasattr(item, "request"):
            self._request_filters.append(item.request)
        if hasattr(item, "response"):
            self._response_filters.insert(0, item.response)
        self._constant(self.prefixes.fields + getattr(item, "fields", b""))

    def add_generator(self, generator):
        """Add a content generator, an object with `handle(req)`; it returns `None` where it has no answer."""
        self._generators.append(generator.handle)

    def mount(self, prefix, generator):
        """Add a content generator below the path `prefix`."""
        self.add_generator(Mount(prefix, generator))

    def handle(self, request):
        """What a filter or generator returns for `request`; `None`: nobody answers."""
        for ask in self._request_filters:
            result = ask(request)
            if result is not None:
                return result
        for ask in self._generators:
            result = ask(request)
            if result is not None:
                return result
        # RFC 9110 section 9.3.7: OPTIONS * asks the server as a whole
        return Response(b"", 204) if request.path_info == b"*" else None

    def finish(self, request, response):
        """Run the response filters; returns the `Response` to send."""
        for response_filter in self._response_filters:
            response = response_filter(request, response) or response
        return response
