"""Pages for errors: by status, or by the class of what a handler raised."""

from modcore.log import get

from .response import HTTPError, Response, response_of


def errorhandler(app, kind):
    """Decorator for a function that answers where `app`, or an application mounted on it, fails.

        @app.errorhandler(404)
        def not_found(request, error):
            return "There is no page %s here" % request.path

    It is called with the request and what was raised, and is a handler like any other, a coroutine or generator too. A
    result that names no status has that of the error, and the header fields that belong to it. The innermost application
    that has a handler answers; of its handlers the one for the status, else the one for the most derived class. A
    handler that fails itself is logged, and the client gets the plain page.

    Args:
        kind: a status, 400 to 599, or a class of exceptions. What is raised that no class is for is logged, and is a 500.

    Raises:
        ValueError: `kind` is neither, or has a handler already.
    """
    if isinstance(kind, type):
        good = issubclass(kind, Exception)
    else:
        good = isinstance(kind, int) and 400 <= kind <= 599
    if not good:
        raise ValueError(
            "errorhandler %r: give a status, 400 to 599, or a class of Exception" % kind
        )
    for known, _ in app.error_handlers:
        if known == kind:
            raise ValueError("errorhandler %r: there is one already" % kind)

    def add(handler):
        app.error_handlers += ((kind, handler),)
        return handler

    return add


def handled(app, request, exc):
    """The `Response` of the error handler for `exc`, or what the exchange has to drive for one that takes time.

    `None`: there is none. `app` is the outermost application.
    """
    part = request.part
    if part is None:
        # Nobody answered: below a mounted application the error is its own
        try:
            part = _below(app, request.head.path)
        except HTTPError:
            part = app
        if part is not app:
            request.connection.used = 2
            request.part = part
    while True:
        handler = _handler(part.error_handlers, exc)
        if handler is not None:
            break
        if part is app or part.outer is None:
            return None
        part = part.outer
    try:
        result = handler(request, exc)
        if hasattr(result, "send") or hasattr(result, "__await__"):
            from .error_work import begin

            return begin(result, request.exchange, exc)
        return response(result, exc)
    except Exception as worse:
        get("windup").exception(worse, "the error handler for %r failed", exc)
        return None


def _handler(handlers, exc):
    best = found = None
    for kind, handler in handlers:
        if not isinstance(kind, type):
            if isinstance(exc, HTTPError) and exc.status == kind:
                return handler
        elif isinstance(exc, kind) and (best is None or issubclass(kind, best)):
            best, found = kind, handler
    return found


def response(result, exc):
    """The `Response` to `result`, which an error handler has returned for `exc`."""
    if type(result) is tuple or isinstance(result, Response):
        return response_of(result)
    if isinstance(exc, HTTPError):
        return Response(result, exc.status, exc.headers)
    return Response(result, 500)


def _below(app, path):
    for mount in app.mounts:
        if hasattr(mount.generator, "error_handlers"):
            rest = mount.below(path)
            if rest is not None:
                return _below(mount.generator, rest)
    return app
