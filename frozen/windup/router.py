"""Routes: from method and path to a handler, at a cost that does not grow with their number.

A path without parameters is one lookup in a dict. `segments` knows the others.
"""

# By httptok's number
METHODS = (None, "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")

NO_CONTENT = (b"", 204)  # what a handler says that returns nothing


class Router:
    """A table of routes; a content generator.

    A handler is called as `handler(request, *parameters)`, the parameters in the order of the path.
    """

    def __init__(self):
        self._static = {}  # by path: a list of `(handler, body_max)` by method, or `(handler, body_max, True)` to stream
        self._tree = None  # the others, when there are any

    def route(self, path, methods=("GET",), body_max=-1, stream=False):
        """Decorator that adds a handler.

        Args:
            path: `/pin/<int:pin>/<mode>`; kinds are `str` (default), `int`, `path` and what `CONVERTERS` holds.
            methods: names of the methods; `GET` answers `HEAD` too.
            body_max: largest body in bytes; -1: the server's limit.
            stream: the handler is called before the body has come, and reads `request.stream`.

        Raises:
            ValueError: a path that does not start with `/`, an unknown kind or method, or a route that is taken.
        """

        def add(handler):
            routes = self._routes(path)
            for method in methods:
                if method not in METHODS:
                    raise ValueError("route %s: unknown method %s" % (path, method))
                number = METHODS.index(method)
                if routes[number] is not None:
                    raise ValueError("route %s %s is there already" % (method, path))
                routes[number] = (handler, body_max, True) if stream else (handler, body_max)
            return handler

        return add

    def get(self, path):
        """Decorator that adds a handler for GET and HEAD."""
        return self.route(path)

    def post(self, path, **options):
        """Decorator that adds a handler for POST; the options are those of `route`."""
        return self.route(path, ("POST",), **options)

    def put(self, path, **options):
        """Decorator that adds a handler for PUT."""
        return self.route(path, ("PUT",), **options)

    def patch(self, path, **options):
        """Decorator that adds a handler for PATCH."""
        return self.route(path, ("PATCH",), **options)

    def delete(self, path):
        """Decorator that adds a handler for DELETE."""
        return self.route(path, ("DELETE",))

    def handle_route(self, request):
        """What the handler of the route returns; `None`: there is none."""
        if request.mounted is None:
            routes = request.head.find(self._static)
        else:
            routes = self._static.get(request.mounted)
        if routes is None:
            path = request.path_info
            if self._tree is None and b"%" not in path:
                return None
            return self._segments().handle(request, path, self._static)
        route = routes[request.head.method]
        if route is None or request.body_pending:
            return self._segments().handle_routes(request, routes, ())
        if request.body and request.too_long(route[1]):
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
            return self._static.setdefault(path.encode(), [None] * len(METHODS))
        return self._segments().routes(path)
