"""Content generators below a path."""


class Mount:
    """A generator below a path: `Mount("/static", StaticFiles(…))`.

    Args:
        prefix: `str` that starts with `/` and does not end with one.
        generator: what answers there; it sees the rest of the path in `request.path_info`.
    """

    def __init__(self, prefix, generator):
        self._prefix = prefix.encode()
        self._generator = generator

    def handle(self, request):
        whole = request.path_info
        prefix = self._prefix
        if not whole.startswith(prefix) or whole[len(prefix) : len(prefix) + 1] not in (b"", b"/"):
            return None
        outer = request.mounted
        request.mounted = whole[len(prefix) :] or b"/"
        try:
            return self._generator.handle(request)
        finally:
            request.mounted = outer
