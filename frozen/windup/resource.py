"""Resources: a class with a method for each HTTP method."""

from .router import METHODS
from .urls import name_of

_SAFE = ("GET", "HEAD", "OPTIONS")


def resource(router, path, unsafe_roles=None, name=None, **options):
    """Decorator for a class; one instance of it answers at `path`.

        @app.resource("/valve/<int:number>", unsafe_roles=("admin",))
        class Valve:
            def get(self, request, number): …
            def put(self, request, number): …

    Its methods `get`, `head`, `post`, `put`, `delete`, `options` and `patch` are routes; for others the answer is 405. An
    object does as well as a class: `app.resource("/valve/<int:number>")(valve)`.

    Args:
        unsafe_roles: who may call what is not GET, HEAD or OPTIONS; `None`: the same as the others.
        name: for `url_for`; `None`: the class's name.
        options: those of `Router.route`.

    Raises:
        ValueError: it has none of these methods, or as `Router.route`.
    """

    def add(kind):
        thing = kind() if isinstance(kind, type) else kind
        called = name or name_of(type(thing))
        found = False
        for method in METHODS[1:]:
            handler = getattr(thing, method.lower(), None)
            if handler is not None:
                found = True
                more = dict(options)
                if unsafe_roles is not None and method not in _SAFE:
                    more["roles"] = unsafe_roles
                router.route(path, (method,), name=called, **more)(handler)
        if not found:
            raise ValueError("resource %s: no method get, post, put, patch or delete" % path)
        return kind

    return add
