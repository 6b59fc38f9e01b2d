"""Code that is needed now and then: imported from flash for one call, and off the heap after it."""

import sys


def borrow(part, function, *args, **keywords):
    """What `FUNCTION(…)` of `part` returns, a module of modcore, or of the package that stands before a dot.

    The module is forgotten then, unless it was there before. So are those that its `BORROWED`, a tuple of `str`, names: the
    ones that it imports for itself alone.
    """
    before = list(sys.modules)  # half of what a set takes
    module = __import__(_full(part), None, None, (function,))
    try:
        return getattr(module, function)(*args, **keywords)
    finally:
        for name in (part,) + getattr(module, "BORROWED", ()):
            if _full(name) not in before:
                forget(name)


def forget(part):
    """Take `part` off the heap, as far as nobody holds it."""
    name = _full(part)
    if sys.modules.pop(name, None):
        package, name = name.split(".")
        sys.modules[package].__dict__.pop(name, None)


def _full(name):
    return name if "." in name else "modcore." + name
