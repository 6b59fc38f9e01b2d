"""How deep JSON is nested, before it is parsed: each level costs memory, and stack when it is printed again."""

from modcore.port import const

from . import tok
from .response import HTTPError

DEPTH = const(16)  # of lists and objects in each other; etc/ takes no more either


def check(body):
    """HTTPError 400: the JSON in `body`, `bytes`-like, has more than `DEPTH` lists and objects in each other."""
    end = len(body)
    count = 0
    for mark in (b"[", b"{"):
        at = tok.find_boundary(body, 0, end, mark)
        while at >= 0:
            count += 1
            if count > DEPTH:
                if _deeper(body, DEPTH):
                    raise HTTPError(400, "At most %d lists and objects may be nested" % DEPTH)
                return
            at = tok.find_boundary(body, at + 1, end, mark)


def _deeper(body, most):
    depth = 0
    string = escaped = False
    for byte in body:
        if string:
            if escaped:
                escaped = False
            elif byte == 92:
                escaped = True
            elif byte == 34:
                string = False
        elif byte == 34:
            string = True
        elif byte == 91 or byte == 123:
            depth += 1
            if depth > most:
                return True
        elif byte == 93 or byte == 125:
            depth -= 1
    return False
