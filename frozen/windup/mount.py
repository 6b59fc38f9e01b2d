"""Content generators below a path."""

from .request import decode
from .response import HTTPError, response_of


class Mount:
    """A generator below a path: `Mount("/static", StaticFiles(…))`.

    Args:
        prefix: `str` that starts with `/`; `/` alone is everything.
        generator: what answers there; it sees the rest of the path in `request.path_info`.
        roles: who may ask for anything below the path, whether it is there or not; empty: everybody.
        name: how `url_for` and `routes` call it; `None`: the prefix, with dots for slashes.

    Attributes:
        prefix, generator, roles, name: as above.

    Raises:
        ValueError: a prefix that does not start with `/`, or with a parameter in it.
    """

    def __init__(self, prefix, generator, roles=(), name=None):
        prefix = prefix.rstrip("/")
        if prefix and (prefix[0] != "/" or "<" in prefix or "//" in prefix):
            raise ValueError("mount %r: start it with / and leave out parameters" % prefix)
        self.prefix = prefix
        self.generator = generator
        self.name = prefix[1:].replace("/", ".") if name is None else name
        self.roles = roles
        self._prefix = prefix.encode()
        self._answer = generator.handle
        if roles:
            from .guard import Guard

            self._answer = Guard(generator, roles).handle
        # An application has filters and error handlers of its own
        self._part = generator if hasattr(generator, "finish") else None

    def below(self, path):
        """What of `path`, `bytes`, not decoded, lies below the mount; `None`: it lies elsewhere.

        `b""`: a slash is encoded so that others might find the path who must not. HTTPError 400: malformed encoding.
        """
        prefix = self._prefix
        end = len(prefix)
        if path.startswith(prefix):
            rest = path[end:]
            if not rest:
                return b"/"
            if rest[:1] == b"/":
                return rest
        if b"%" not in path:
            return None
        if self.roles and b"%2f" in path.lower():
            whole = decode(path).encode() + b"/"
            if whole.startswith(prefix + b"/"):
                return b""
        # The prefix has as many segments, whatever is encoded in them
        segments = path.split(b"/", prefix.count(b"/") + 1)
        rest = segments[prefix.count(b"/") + 1 :]
        del segments[prefix.count(b"/") + 1 :]
        for index, segment in enumerate(segments):
            if b"%2f" in segment.lower():
                return None
            segments[index] = decode(segment).encode()
        if b"/".join(segments) != prefix:
            return None
        return b"/" + (rest[0] if rest else b"")

    def handle(self, request):
        rest = self.below(request.path_info)
        if rest is None:
            return None
        if not rest:
            raise HTTPError(404, "Nothing is here")
        outer, part = request.mounted, request.part
        request.connection.used = 2
        request.mounted = rest
        inner = self._part
        if inner is not None:
            request.part = inner
        result = self._answer(request)
        if result is None:
            request.mounted = outer
            request.part = part
        elif inner is not None and (inner.fields or inner.prefix is None):
            # Its header fields and filters want a `Response`; work that is not done yet becomes one later
            if type(result) in (str, bytes, dict):
                return response_of(result)
        return result
