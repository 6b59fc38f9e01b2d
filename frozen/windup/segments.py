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
    if not segment.isdigit():
        segment = decode(segment)
        if not segment.isdigit():
            raise ValueError
    return int(segment)


CONVERTERS = {"str": decode, "int": _int, "path": None}
"""Kind of a parameter to the function that makes its value from the segment, `bytes`, or raises `ValueError`.

`path` takes the rest of the path, slashes included. `converters` knows more kinds.
"""

_ROUTES = b""  # in a node: routes by method; no segment inside a path is empty


class Tree:
    """The paths with parameters of one router.

    Attributes:
        root: the node of the path's start.
        kinds: the kinds that only this router has, as `converters` says; `None` without any.
    """

    kinds = None

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
                converter = self._converter(path, segment[1:-1])
                if converter is None and segment is not segments[-1]:
                    raise ValueError("route %s: a path parameter takes the rest" % path)
                node = _child(node, converter)
            elif "<" in segment or not segment:
                raise ValueError("route %s: a parameter fills a segment, and none is empty" % path)
            else:
                node = node.setdefault(segment.encode(), {})
        return node.setdefault(_ROUTES, [path] + [None] * (len(METHODS) - 1))

    def _converter(self, path, parameter):
        kind = parameter[: parameter.rfind(":")] if ":" in parameter else "str"
        if self.kinds and kind in self.kinds:
            return self.kinds[kind][0]
        if kind in CONVERTERS:
            return CONVERTERS[kind]
        from .converters import find

        return find(self, kind, path)

    def handle(self, request, path, static):
        """What the handler for `path` returns, `None`: there is none. `static` are the paths without parameters."""
        if b"%" in path and b"%2f" not in path.lower():
            routes = static.get(decode(path).encode())
            if routes is not None:
                return self.handle_routes(request, routes, ())
        found = self.find(path)
        return None if found is None else self.handle_routes(request, found[0], found[1])

    def find(self, path):
        """The routes for `path` and the values of its parameters; `None`: there are none."""
        # No split beyond the deepest route: a client must not make a long list out of slashes
        return _walk(self.root, path[1:].split(b"/", self.depth), 0, ())

    def handle_routes(self, request, routes, args):
        """What the one of `routes` for the request's method returns, whatever the method and the body."""
        method = request.head.method
        route = routes[method]
        if route is None and method == tok.HEAD:
            route = routes[tok.GET]
        if route is None:
            return other_method(routes, method)
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
    # What takes anything comes after what is choosy, in whatever order they were added
    at = len(parameters)
    while at and _takes(parameters[at - 1][0]) > _takes(converter):
        at -= 1
    parameters.insert(at, (converter, child))
    return child


def _takes(converter):
    return 2 if converter is None else converter is decode


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


def other_method(routes, method):
    """The answer to a `method` that `routes`, a list by method, has no handler for. HTTPError: 405."""
    allowed = [METHODS[number] for number in range(1, len(METHODS)) if routes[number]]
    if routes[tok.GET] and not routes[tok.HEAD]:
        allowed.append("HEAD")
    if not routes[tok.OPTIONS]:
        allowed.append("OPTIONS")
    headers = (("Allow", ", ".join(allowed)),)
    if method == tok.OPTIONS:
        return Response(b"", 204, headers)
    raise HTTPError(405, "Allowed here: " + headers[0][1], headers)
