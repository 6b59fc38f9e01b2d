"""Routes: from method and path to a handler, at a cost that does not grow with their number.

A path without parameters is one lookup in a dict. The others are a tree of segments: each node is a dict from a
segment to the next node, with the parameters that may stand there under `None`.
"""

from .body import check_length
from .request import METHODS, decode
from .response import NO_CONTENT, HTTPError, Response
from .tok import GET, HEAD, OPTIONS


def _int(segment):
    text = decode(segment)
    if not text.isdigit():
        raise ValueError
    return int(text)


CONVERTERS = {"str": decode, "int": _int, "path": None}
"""Kind of a parameter to the function that makes its value from the segment, `bytes`, or raises `ValueError`.

`path` takes the rest of the path, slashes included.
"""

_ROUTES = b""  # in a node: routes by method; no segment inside a path is empty


class Router:
    """A table of routes; a content generator.

    A handler is called as `handler(request, *parameters)`, the parameters in the order of the path.
    """

    def __init__(self):
        self._static = {}
        self._tree = {}
        self._depth = 1  # segments of the deepest route with parameters

    def route(self, path, methods=("GET",), body_max=-1):
        """Decorator that adds a handler.

        Args:
            path: `/pin/<int:pin>/<mode>`; kinds are `str` (default), `int`, `path` and what `CONVERTERS` holds.
            methods: names of the methods; `GET` answers `HEAD` too.
            body_max: largest body in bytes; -1: the server's limit.

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
                routes[number] = (handler, body_max)
            return handler

        return add

    def get(self, path):
        """Decorator that adds a handler for GET and HEAD."""
        return self.route(path)

    def post(self, path, body_max=-1):
        """Decorator that adds a handler for POST."""
        return self.route(path, ("POST",), body_max)

    def put(self, path, body_max=-1):
        """Decorator that adds a handler for PUT."""
        return self.route(path, ("PUT",), body_max)

    def patch(self, path, body_max=-1):
        """Decorator that adds a handler for PATCH."""
        return self.route(path, ("PATCH",), body_max)

    def delete(self, path):
        """Decorator that adds a handler for DELETE."""
        return self.route(path, ("DELETE",))

    def handle(self, request):
        if request.mounted is None:
            routes = request.head.find(self._static)
        else:
            routes = self._static.get(request.mounted)
        if routes is None:
            return self._handle_tree(request, request.path_info)
        route = routes[request.head.method]
        if route is None or request.body_pending:
            return _handle(request, routes, ())
        if request.body:
            check_length(len(request.body), route[1] if route[1] >= 0 else request.app.body_max)
        result = route[0](request)
        return NO_CONTENT if result is None else result

    def _handle_tree(self, request, path):
        found = self._find(path)
        return None if found is None else _handle(request, found[0], found[1])

    def _find(self, path):
        if b"%" in path and b"%2f" not in path.lower():
            routes = self._static.get(decode(path).encode())
            if routes is not None:
                return routes, ()
        # No split beyond the deepest route: a client must not make a long list out of slashes
        return _walk(self._tree, path[1:].split(b"/", self._depth), 0, ())

    def _routes(self, path):
        if not path.startswith("/"):
            raise ValueError("route %r: start it with /" % path)
        if "<" not in path:
            return self._static.setdefault(path.encode(), [None] * len(METHODS))
        node = self._tree
        segments = path[1:].split("/")
        self._depth = max(self._depth, len(segments))
        for segment in segments:
            if segment.startswith("<") and segment.endswith(">"):
                kind = segment[1:-1].split(":")[0] if ":" in segment else "str"
                if kind == "path" and segment is not segments[-1]:
                    raise ValueError("route %s: a path parameter takes the rest" % path)
                if kind not in CONVERTERS:
                    raise ValueError(
                        "route %s: unknown kind %r; known are %s"
                        % (path, kind, ", ".join(sorted(CONVERTERS)))
                    )
                node = _child(node, CONVERTERS[kind])
            elif "<" in segment or not segment:
                raise ValueError("route %s: a parameter fills a segment, and none is empty" % path)
            else:
                node = node.setdefault(segment.encode(), {})
        return node.setdefault(_ROUTES, [None] * len(METHODS))


class Mount:
    """A generator below a path: `Mount("/static", StaticFiles(…))`.

    Args:
        prefix: `str` that starts with `/` and does not end with one.
        generator: what answers there; it sees the rest of the path in `request.path_info`.
    """

    def __init__(self, prefix, generator):
        self._prefix = prefix.encode()
        self._generator = generator

    def handle(self, request):
        whole = request.path_info
        prefix = self._prefix
        if not whole.startswith(prefix) or whole[len(prefix) : len(prefix) + 1] not in (b"", b"/"):
            return None
        outer = request.mounted
        request.mounted = whole[len(prefix) :] or b"/"
        try:
            return self._generator.handle(request)
        finally:
            request.mounted = outer


def _child(node, converter):
    parameters = node.setdefault(None, [])
    for known, child in parameters:
        if known is converter:
            return child
    child = {}
    parameters.append((converter, child))
    return child


def _walk(node, segments, index, args):
    if index == len(segments):
        routes = node.get(_ROUTES)
        return None if routes is None else (routes, args)
    segment = segments[index]
    if not segment:
        return None
    child = node.get(decode(segment).encode() if b"%" in segment else segment)
    if child is not None:
        found = _walk(child, segments, index + 1, args)
        if found:
            return found
    for converter, child in node.get(None, ()):
        if converter is None:
            return child[_ROUTES], args + (decode(b"/".join(segments[index:])),)
        try:
            value = converter(segment)
        except ValueError:
            continue
        found = _walk(child, segments, index + 1, args + (value,))
        if found:
            return found
    return None


def _handle(request, routes, args):
    method = request.head.method
    route = routes[method]
    if route is None and method == HEAD:
        route = routes[GET]
    if route is None:
        return _other_method(routes, method)
    if request.body_pending:
        return request.later(route[0], args, route[1])
    if request.body:
        check_length(len(request.body), route[1] if route[1] >= 0 else request.app.body_max)
    result = route[0](request, *args)
    return NO_CONTENT if result is None else result


def _other_method(routes, method):
    allowed = [METHODS[number] for number, route in enumerate(routes) if route is not None]
    if routes[GET] and not routes[HEAD]:
        allowed.append("HEAD")
    allowed.append("OPTIONS")
    headers = (("Allow", ", ".join(allowed)),)
    if method == OPTIONS:
        return Response(b"", 204, headers)
    raise HTTPError(405, "Allowed here: " + headers[0][1], headers)
