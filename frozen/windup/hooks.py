"""Filters that are one function."""


class _Hook:
    pass


def before_request(app, function):
    """Decorator: `function(request)` is called before a handler. What it returns, unless `None`, is the answer."""
    hook = _Hook()
    hook.request = function
    app.add_filter(hook)
    return function


def after_request(app, function):
    """Decorator: `function(request, response)` may change each `Response`, error pages' too, or return another."""
    hook = _Hook()
    hook.response = function
    app.add_filter(hook)
    return function
