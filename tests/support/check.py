"""Helpers for unit tests that run on CPython and on the firmware's interpreter."""


def raises(kind, function, *args, **keywords):
    """Call `function` and return the exception of `kind` that it raises."""
    try:
        function(*args, **keywords)
    except kind as exc:
        return exc
    raise AssertionError("%s not raised" % kind.__name__)
