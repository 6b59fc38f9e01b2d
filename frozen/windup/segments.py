"""Routes that take more than one lookup: those with parameters, and answers about methods.

The paths with parameters are a tree of segments: each node is a dict from a segment to the next node, with the
parameters that may stand there under `None`.
"""

from . import tok
from .body import check_length
from .request import decode
from .response import HTTPError, Response
from .router import METHODS, NO_CONTENT


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


class Tree:
    """The paths with parameters of one router."""

    def __init__(self):
        self.root = {}
        self.depth = 1  # segments of the deepest path

    def routes(self, path):
        """The routes of `path`, a list by method, new or old. ValueError: it is no such path."""
        node = self.root
        segments = path[1:].split("/")
        self.depth = max(self.depth, len(segments))
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

    def handle(self, request, path, static):
        """What the handler for `path` returns, `None`: there is none. `static` are the paths without parameters."""
        if b"%" in path and b"%2f" not in path.lower():
            routes = static.get(decode(path).encode())
            if routes is not None:
                return self.handle_routes(request, routes, ())
        # No split beyond the deepest route: a client must not make a long list out of slashes
        found = _walk(self.root, path[1:].split(b"/", self.depth), 0, ())
        return None if found is None else self.handle_routes(request, found[0], found[1])

    def handle_routes(self, request, routes, args):
        """What the one of `routes` for the request's method returns, whatever the method and the body."""
        method = request.head.method
        route = routes[method]
        if route is None and method == tok.HEAD:
            route = routes[tok.GET]
        if route is None:
            return _other_method(routes, method)
        if request.body_pending:
            if len(route) == 2 or not route[2]:
                return request.later(route[0], args, route[1])
            request.body_max = route[1]
            _check(request.head.content_length, request, route)
        elif request.body:
            _check(len(request.body), request, route)
        result = route[0](request, *args)
        return NO_CONTENT if result is None else result


def _check(length, request, route):
    check_length(length, route[1] if route[1] >= 0 else request.app.body_max)


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


def _other_method(routes, method):
    allowed = [METHODS[number] for number, route in enumerate(routes) if route is not None]
    if routes[tok.GET] and not routes[tok.HEAD]:
        allowed.append("HEAD")
    allowed.append("OPTIONS")
    headers = (("Allow", ", ".join(allowed)),)
    if method == tok.OPTIONS:
        return Response(b"", 204, headers)
    raise HTTPError(405, "Allowed here: " + headers[0][1], headers)
