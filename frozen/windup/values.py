"""Name and value pairs of a query or form, in the order in which they were sent."""

from . import tok


class Values:
    """Pairs that a client sent; a name may stand more than once.

    Args:
        data: `bytes` of the query or form, still encoded.

    Raises:
        ValueError: it is not percent-encoded UTF-8.
    """

    def __init__(self, data):
        self.pairs = tok.split_pairs(data, b"&", True)
        for name, value in self.pairs:
            str(name, "utf-8")
            str(value, "utf-8")

    def get(self, name, default=None, type=None):
        """The first value called `name`, a `str`, or `default`.

        `type`, e.g. `int`, converts it; what it cannot convert (`ValueError`) counts as missing.
        """
        name = name.encode()
        for key, value in self.pairs:
            if key == name:
                value = str(value, "utf-8")
                if type is None:
                    return value
                try:
                    return type(value)
                except ValueError:
                    return default
        return default

    def getlist(self, name):
        """Every value called `name`, as `str`, in order."""
        name = name.encode()
        return [str(value, "utf-8") for key, value in self.pairs if key == name]

    def __contains__(self, name):
        return self.get(name) is not None

    def __len__(self):
        return len(self.pairs)

    def __iter__(self):
        for key, _ in self.pairs:
            yield str(key, "utf-8")
