"""What the log says of a handler's mistakes."""

from . import tok
from .urls import route_name

BORROWED = ("windup.urls",)


def wrong_result(request, exc):
    """A TypeError that says of `exc` which handler returned what it is about."""
    app = request.part or request.app
    path = bytes(request.path_info)
    routes = app._static.get(path)
    if routes is None and app._tree is not None:
        found = app._tree.find(path)
        routes = found and found[0]
    name = None
    if routes is not None:
        route = routes[request.head.method] or routes[tok.GET]
        name = route and route_name(route)
    return TypeError("%s: %s" % (name or "a handler", exc))
