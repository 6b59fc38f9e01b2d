"""Routes: from method and path to a handler, at a cost that does not grow with their number.

A path without parameters is one lookup in a dict. `segments` knows the others.
"""

# By httptok's number
METHODS = (None, "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")

NO_CONTENT = (b"", 204)  # what a handler says that returns nothing


class Router:
    """A table of routes; a content generator.

    A handler is called as `handler(request, *parameters)`, the parameters in the order of the path.

    These methods are imported with their first use, and described where they are:

        converter(name, function, to_text)      `converters`: another kind of parameter
        resource(path, …)                       `resource`: a class with a method for each HTTP method
        routes(), url_for(name, **values)       `urls`: the list of routes, and back from name to path
        errorhandler(status or exception)       `errors`: pages for errors, of a `WindUp`
        before_request, after_request           `hooks`: filters that are one function, of a `WindUp`
        websocket(path, …)                      `websocket`
        event_stream(path, …)                   `event_stream`

    Attributes:
        outer: the application that it is mounted on, or `None`.
    """

    outer = None

    def __init__(self):
        self._static = {}  # by path: the routes by method; at 0, which is none, the path as a `str`
        self._tree = None  # the others, when there are any

    def __getattr__(self, name):
        if name == "converter":
            part = "converters"
        elif name == "url_for" or name == "routes":
            part = "urls"
        elif name == "before_request" or name == "after_request":
            part = "hooks"
        elif name == "errorhandler":
            part = "errors"
        elif name == "resource" or name == "websocket" or name == "event_stream":
            part = name
        else:
            raise AttributeError(name)
        function = getattr(__import__("windup." + part, None, None, (name,)), name)
        return lambda *args, **options: function(self, *args, **options)

    def route(self, path, methods=("GET",), roles=(), body_max=-1, stream=False, name=None):
        """Decorator that adds a handler.

        Args:
            path: `/pin/<int:pin>/<mode>`. The kinds of parameters are `str` (when none is named), `int` (digits),
                `signed`, `float`, `path` (the rest of the path, slashes included), `re` with a pattern that fits the
                whole segment, at most 32 characters, `<re:[a-f0-9]+:id>`, and those that `converter` adds. (Matching a
                pattern takes stack for each character: an ESP8266 has little, and does better with a `converter`.)
            methods: names of the methods; `GET` answers `HEAD` too.
            roles: who may call it: anybody with one of them; `("*",)` who has logged in; empty: everybody.
            body_max: largest body in bytes; -1: the server's limit.
            stream: the handler is called before the body has come, and reads `request.stream`.
            name: for `url_for` and `routes`; `None`: the handler's own.

        Raises:
            ValueError: a path that does not start with `/`, an unknown kind or method, or a route that is taken.
        """

        def add(handler):
            routes = self._routes(path)
            route = (handler, body_max)
            if roles or stream or name:
                from .urls import name_of

                function = handler
                if roles:
                    from .guard import guarded

                    function = guarded(handler, roles)
                route = (function, body_max, stream, name or name_of(handler), roles)
            for method in methods:
                if method not in METHODS:
                    raise ValueError("route %s: unknown method %s" % (path, method))
                number = METHODS.index(method)
                if routes[number] is not None:
                    raise ValueError("route %s %s is there already" % (method, path))
                routes[number] = route
            return handler

        return add

    def get(self, path, **options):
        """Decorator that adds a handler for GET and HEAD; the options are those of `route`."""
        return self.route(path, **options)

    def post(self, path, **options):
        """Decorator that adds a handler for POST."""
        return self.route(path, ("POST",), **options)

    def put(self, path, **options):
        """Decorator that adds a handler for PUT."""
        return self.route(path, ("PUT",), **options)

    def patch(self, path, **options):
        """Decorator that adds a handler for PATCH."""
        return self.route(path, ("PATCH",), **options)

    def delete(self, path, **options):
        """Decorator that adds a handler for DELETE."""
        return self.route(path, ("DELETE",), **options)

    def handle_route(self, request):
        """What the handler of the route returns; `None`: there is none."""
        path = request.mounted
        if path is None:
            routes = request.head.find(self._static)
        else:
            routes = self._static.get(path)
        if routes is None:
            if path is None:
                path = request.head.path
            if self._tree is None and b"%" not in path:
                return None
            return self._segments().handle(request, path, self._static)
        route = routes[request.head.method]
        if route is None or request.body_pending:
            return self._segments().handle_routes(request, routes, ())
        if request.body:
            if len(request.body) > (route[1] if route[1] >= 0 else request.app.body_max):
                return self._segments().handle_routes(request, routes, ())
        result = route[0](request)
        return NO_CONTENT if result is None else result

    def _segments(self):
        if self._tree is None:
            from .segments import Tree

            self._tree = Tree()
        return self._tree

    handle = handle_route

    def _routes(self, path):
        if not path.startswith("/"):
            raise ValueError("route %r: start it with /" % path)
        if "<" not in path:
            return self._static.setdefault(path.encode(), [path] + [None] * (len(METHODS) - 1))
        return self._segments().routes(path)
