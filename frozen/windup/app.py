"""The application: request filters, then the first content generator that answers, then response filters."""

from .router import Router

_PREFIX = b"HTTP/1.1 200 OK\r\n%sContent-Type: %s\r\nContent-Length: "


class WindUp(Router):
    """A web application. Its own routes are the first generator that is asked.

    Attributes:
        auth: who may do what, a `windup.auth.Auth`, or `None`.
        body_max: largest request body in bytes that a handler gets where its route says nothing.
        fields: header fields that every response has, `bytes`, each with its CRLF. The first one may be the Date.
        prefix: how a page with status 200 begins, up to the digits of its length; `None` while some response filter
            wants to see each response.
        json_prefix: the same for JSON.
        error_handlers: pairs of a status or exception class and the function that answers.
        mounts: the `Mount`s below it.

    Applications can be mounted on another one, each with its own routes, filters and error handlers. The outermost one's
    `body_max` counts for all of them; its filters see requests first and responses last.
    """

    auth = None
    error_handlers = ()
    mounts = ()
    _guards = 0  # of the request filters, the last ones, those that are guarded mounts

    def __init__(self, body_max=4096):
        Router.__init__(self)
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
            filters = self._request_filters
            at = len(filters) - self._guards
            self._request_filters = filters[:at] + (item.request,) + filters[at:]
        if hasattr(item, "response"):
            self._response_filters = (item.response,) + self._response_filters
        self.fields += getattr(item, "fields", b"")
        self._set_prefixes()

    def set_date(self, date):
        """Put the field `date`, `bytes`, in the place of the Date before: see `windup.dates.tell`."""
        # No attribute of its own: one more in the table would make those slow that are looked up for each request
        fields = self.fields
        if fields.startswith(b"Date: "):
            fields = fields[fields.find(b"\n") + 1 :]
        self.fields = date + fields
        self._set_prefixes()

    def add_generator(self, generator):
        """Add a content generator, an object with `handle(req)`; it returns `None` where it has no answer."""
        self._generators += (generator.handle,)

    def mount(self, prefix, generator, roles=(), name=None):
        """Add a content generator below the path `prefix`: files, a `Router`, another application.

        With `roles` only who has one of them gets anything below it, error pages for paths that do not exist included.
        Such a mount is asked before the application's own routes and has what is below it to itself, so that none of
        them is a way around it.

        Args:
            prefix: `str` that starts with `/`.
            roles: who may ask, as for a route; empty: everybody.
            name: what stands before the dot in `url_for("name.route")`; `None`: the prefix, with dots for slashes.

        Raises:
            ValueError: no such prefix, or the application is mounted already.
        """
        from .mount import Mount

        mount = Mount(prefix, generator, roles, name)
        if isinstance(generator, Router):
            if generator.outer is not None or generator is self:
                raise ValueError("mount %s: it is mounted already; make a second one" % prefix)
            generator.outer = self
        self.mounts += (mount,)
        if roles:
            self._guards += 1
            self._request_filters += (mount.handle,)
        else:
            self.add_generator(mount)

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
        app = request.part or self
        while True:
            for response_filter in app._response_filters:
                response = response_filter(request, response) or response
            if app is self:
                return response
            response.headers += app.fields
            app = app.outer or self

    def on_error(self, request, exc):
        """The `Response` of an error handler to `exc`, or work that ends with it; `None`: there is none for it."""
        if not self.error_handlers and not self.mounts:
            return None
        from .errors import handled

        return handled(self, request, exc)

    def run(self, **settings):
        """Serve for ever. On a device without asyncio until a handler is a coroutine or generator.

        Tasks that other handlers create wait until then.

        Args:
            settings: limits by their names in `windup.limits.schema`, `port=8080` for example.

        Raises:
            OSError: EADDRINUSE, or no network.
        """
        from modcore.port import MICROPYTHON

        from .limits import Limits

        limits = Limits(settings)
        if not MICROPYTHON:
            from .aio import serve

            return serve(self, limits)
        from .server import Server

        server = Server(self, limits)
        server.listen()
        try:
            server.serve()
        finally:
            server.close()  # after Ctrl-C the port is free for the next run
