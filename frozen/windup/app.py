"""The application: request filters, then the first content generator that answers, then response filters."""

from .response import Response
from .router import Mount, Router


class WindUp:
    """A web application.

    Routes are added with `get`, `post`, `put`, `patch`, `delete` and `route`, the decorators of its `Router`.

    Attributes:
        router: the first generator that is asked.
        body_max: largest request body in bytes that a handler gets where its route says nothing.
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

    def add_filter(self, item):
        """Add a filter, an object with `request(req)`, `response(req, resp)` or both.

        `request` may answer, by returning what a handler may return or raising `HTTPError`; then nothing after it is
        asked. `response` may change the `Response`, or return another. Response filters run in the reverse order.
        """
        if hasattr(item, "request"):
            self._request_filters.append(item.request)
        if hasattr(item, "response"):
            self._response_filters.insert(0, item.response)

    def add_generator(self, generator):
        """Add a content generator, an object with `handle(req)`; it returns `None` where it has no answer."""
        self._generators.append(generator.handle)

    def mount(self, prefix, generator):
        """Add a content generator below the path `prefix`."""
        self.add_generator(Mount(prefix, generator))

    def handle(self, request):
        """What a filter or generator returns for `request`; `None`: nobody answers."""
        for request_filter in self._request_filters:
            result = request_filter(request)
            if result is not None:
                return result
        for generator in self._generators:
            result = generator(request)
            if result is not None:
                return result
        # RFC 9110 section 9.3.7: OPTIONS * asks the server as a whole
        return Response(b"", 204) if request.path_info == b"*" else None

    def finish(self, request, response):
        """Run the response filters; returns the `Response` to send."""
        for response_filter in self._response_filters:
            response = response_filter(request, response) or response
        return response
