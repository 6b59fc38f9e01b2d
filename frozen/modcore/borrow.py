"""Code that is needed now and then: imported from flash for one call, and off the heap after it."""

import sys


def borrow(part, function, *args, **keywords):
    """What `modcore.PART.FUNCTION(…)` returns. The module `part` is forgotten then, unless it was there before.

    So are the modules of modcore that its `BORROWED`, a tuple of `str`, names: those that it imports for itself alone.
    """
    modules = sys.modules
    before = set(modules)
    module = __import__("modcore." + part, None, None, (function,))
    try:
        return getattr(module, function)(*args, **keywords)
    finally:
        for name in (part,) + getattr(module, "BORROWED", ()):
            if "modcore." + name not in before and modules.pop("modcore." + name, None):
                modules["modcore"].__dict__.pop(name, None)
