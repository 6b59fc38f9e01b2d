"""Code that is needed now and then: imported from flash for one call, and off the heap after it."""

import sys


def borrow(part, function, *args):
    """What `modcore.PART.FUNCTION(*args)` returns. The module `part` is forgotten then, unless it was there before."""
    name = "modcore." + part
    is_there = name in sys.modules
    try:
        return getattr(__import__(name, None, None, (function,)), function)(*args)
    finally:
        if not is_there and sys.modules.pop(name, None):
            sys.modules["modcore"].__dict__.pop(part, None)
