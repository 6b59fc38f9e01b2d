"""From names back to addresses, and the list of routes."""

from .request import decode
from .response import HTTPError
from .router import METHODS
from .segments import CONVERTERS

# RFC 3986 section 2.3
_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_IN_SEGMENT = b"!$&'()*+,;=:@"


def quote(text, safe=b""):
    """`text`, `str` or `bytes`, percent-encoded as UTF-8, a `str`; the bytes in `safe` stay as they are."""
    out = bytearray()
    for byte in text.encode() if isinstance(text, str) else text:
        char = bytes((byte,))
        out.extend(char if char in _UNRESERVED or char in safe else b"%%%02X" % byte)
    return str(out, "utf-8")


def is_local(target):
    """Whether `target`, a `str`, is an address on this device for every browser: a path with one slash in front."""
    if target[:1] != "/" or target[1:2] == "/" or "\\" in target:
        return False
    # Browsers leave out tabs and line ends before they look for the second slash
    return all(" " <= char != "\x7f" for char in target)


def name_of(handler):
    """How a route is called that says nothing else: as its function; `None` where that has no name."""
    return getattr(handler, "__name__", None)


def routes(router):
    """Each route of `router` and of what is mounted on it, as `(method, path, name, roles)`, sorted by path.

    The methods that are answered by themselves, HEAD and OPTIONS, are left out. The name is the one for `url_for`, or
    `None`; the roles are those of the mounts around the route, then its own.
    """
    return sorted(
        _routes(router, "", "", ()), key=lambda route: (route[1], METHODS.index(route[0]))
    )


def _routes(router, prefix, name, roles):
    for table in _tables(router):
        for number in range(1, len(METHODS)):
            route = table[number]
            if route is not None:
                own = route_name(route)
                yield (
                    METHODS[number],
                    prefix + table[0],
                    own and name + own,
                    roles + tuple(route[4] if len(route) > 2 else ()),
                )
    for mount in getattr(router, "mounts", ()):
        if hasattr(mount.generator, "_static"):
            yield from _routes(
                mount.generator,
                prefix + mount.prefix,
                name + mount.name + "." if mount.name else name,
                roles + tuple(mount.roles),
            )


def route_name(route):
    """The name of a route, the tuple that a router keeps; or `None`."""
    return route[3] if len(route) > 2 else name_of(route[0])


def _tables(router):
    # Every list of routes by method, the path at its start
    for table in router._static.values():
        yield table
    if router._tree is not None:
        nodes = [router._tree.root]
        while nodes:
            for key, value in nodes.pop().items():
                if key is None:
                    nodes.extend([child for _, child in value])
                elif key:
                    nodes.append(value)
                else:
                    yield value


def url_for(*args, **values):
    """`url_for(router, name, **values)`: the path of the route `name`, a `str`, with the prefixes of what the router is mounted on.

    A route is called as its handler, unless it was given a name. Routes below a mount have the mount's name before a dot:
    `app.url_for("garden.valve", number=3, detail="long")` is `/garden/valve/3?detail=long`.

    Args:
        values: of the parameters, by name; those of other names make the query, a list several times, `None` not at all.

    Raises:
        ValueError: there is no such route, or a value is missing or does not fit.
    """
    router, name = args  # by their place: a parameter may be called so
    best = None
    for found in sorted(_find(router, name), key=lambda pair: pair[1]):
        missing = [key for _, key in _parameters(found[1]) if values.get(key) is None]
        if best is None or not missing:
            best = found, missing
        if not missing:
            break
    if best is None:
        raise ValueError("url_for %s: there is no route of that name" % name)
    (owner, path), missing = best
    if missing:
        raise ValueError("url_for %s: %s needs %s" % (name, path, ", ".join(missing)))
    url = _prefix(owner)
    for segment in path[1:].split("/"):
        if segment[:1] == "<":
            ((kind, key),) = _parameters("/" + segment)
            segment = _segment(owner, kind, values.pop(key))
            if segment is None:
                raise ValueError("url_for %s: %s does not fit %s" % (name, key, path))
        else:
            segment = quote(segment, _IN_SEGMENT)
        url += "/" + segment
    query = []
    for key in sorted(values):
        value = values[key]
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if one is not None:
                query.append(quote(key) + "=" + quote(str(one)))
    return url + "?" + "&".join(query) if query else url


def _find(router, name):
    for table in _tables(router):
        for number in range(1, len(METHODS)):
            if table[number] is not None and route_name(table[number]) == name:
                yield router, table[0]
                break
    for mount in getattr(router, "mounts", ()):
        start = mount.name + "." if mount.name else ""
        if name.startswith(start) and hasattr(mount.generator, "_static"):
            yield from _find(mount.generator, name[len(start) :])


def _parameters(path):
    # `(kind, name)` of each
    found = []
    for segment in path.split("/"):
        if segment[:1] == "<":
            at = segment.rfind(":")
            found.append(
                (segment[1:at], segment[at + 1 : -1]) if at > 0 else ("str", segment[1:-1])
            )
    return found


def _prefix(router):
    outer = router.outer
    if outer is None:
        return ""
    for mount in outer.mounts:
        if mount.generator is router:
            return _prefix(outer) + quote(mount.prefix, _IN_SEGMENT + b"/")


def _segment(router, kind, value):
    """`value` as it stands in the path, `None` when the route would not give it back."""
    tree = router._tree
    function, to_text = (tree.kinds or {}).get(kind) or (CONVERTERS[kind], str)
    try:
        text = to_text(value)
        segment = quote(text, b"/" if kind == "path" else b"")
        # What clients make of dots they do before they ask
        for part in text.split("/"):
            if part == "." or part == "..":
                return None
        if not text or (text[0] == "/" and kind == "path"):
            return None
        (function or decode)(segment.encode())
    except (ValueError, HTTPError):
        return None
    return segment
