"""Kinds of path parameters that few programs use, and a program's own."""

import re

from modcore.port import const

from .request import decode
from .segments import CONVERTERS

_SEGMENT_MAX = const(32)  # what a pattern is tried on: the matcher calls itself for each character


def converter(router, name, function, to_text=str):
    """Add a kind of parameter to `router`, for the routes that are added afterwards.

        app.converter("colour", lambda text: int(text, 16), lambda value: "%06x" % value)

    Args:
        name: what stands before the colon, `/led/<colour:value>`.
        function: makes the value from the decoded segment, a `str`, or raises `ValueError`: the route does not fit then.
        to_text: the way back, for `url_for`.

    Raises:
        ValueError: there is such a kind, or it is no name.
    """
    kinds = _kinds(router._segments())
    if name in kinds or name in CONVERTERS or name in _MORE or name == "re":
        raise ValueError("converter %s: there is one already" % name)
    if not name or ":" in name:
        raise ValueError("converter %r: give it a name without a colon" % name)
    kinds[name] = (lambda segment: function(decode(segment)), to_text)


def find(tree, kind, path):
    """The function for `kind`, which `path` names and `segments` does not know. ValueError: nobody knows it."""
    if kind.startswith("re:"):
        function = _pattern(kind[3:], path)
    elif kind in _MORE:
        function = _MORE[kind]
    else:
        known = list(CONVERTERS) + list(_MORE) + list(tree.kinds or ()) + ["re:PATTERN"]
        raise ValueError(
            "route %s: unknown kind %r; known are %s" % (path, kind, ", ".join(sorted(known)))
        )
    # Kept: two routes with the same kind in the same place are one node of the tree
    _kinds(tree)[kind] = (function, str)
    return function


def _kinds(tree):
    if tree.kinds is None:
        tree.kinds = {}
    return tree.kinds


def _pattern(pattern, path):
    try:
        compiled = re.compile("^(?:%s)$" % pattern)
    except Exception as exc:  # ValueError or RuntimeError, or CPython's own
        raise ValueError("route %s: pattern %r: %s" % (path, pattern, exc))

    def convert(segment):
        text = decode(segment)
        # All of it: `$` lets a line's end pass
        if len(text) > _SEGMENT_MAX or not compiled.match(text) or "\n" in text:
            raise ValueError
        return text

    return convert


def signed(segment):
    """`segment`, `bytes`, as an `int` with or without a minus. ValueError: it is none."""
    text = decode(segment)
    if not text[text.startswith("-") :].isdigit():
        raise ValueError
    return int(text)


def decimal(segment):
    """`segment`, `bytes`, as a `float`: `-4.5` or `21`, no exponent. ValueError: it is none."""
    text = decode(segment)
    digits = text[text.startswith("-") :]
    if not digits.replace(".", "", 1).isdigit() or "." in (digits[0], digits[-1]):
        raise ValueError
    return float(text)


_MORE = {"signed": signed, "float": decimal}
