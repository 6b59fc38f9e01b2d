"""Whether a value is what its schema says; see `modcore.config` for the rows."""

from .config import ConfigError
from .port import const

_SHOWN = const(60)  # characters of a wrong value

_KINDS = {
    "int": int,
    "float": float,
    "bool": bool,
    "str": str,
    "list": list,
    "dict": dict,
    "secret": str,
    "secrets": dict,
}


def row_of(schema, key):
    """The row of `key`, or `None`."""
    for row in schema:
        if row[0] == key:
            return row


def defaults(schema):
    """A dict with the default of each key; `...` where a file must have it."""
    values = {}
    for key, kind, default, _, _ in schema:
        if default is None and kind in ("list", "dict", "secret", "secrets"):
            default = _KINDS[kind]()
        values[key] = default
    return values


def check(schema, key, value, path):
    """`value` as the row `key` of `schema` wants it; for `on_WHAT` the list of actions.

    Raises:
        ConfigError: unknown key, wrong type or out of range; `path` is named in the text.
    """
    if key.startswith("on_") and len(key) > 3:
        if type(value) is not list or not all(type(action) is str for action in value):
            raise ConfigError(
                '%s: %s: expected a list of actions such as ["restart"], found %s'
                % (path, key, show("", value))
            )
        return value
    row = row_of(schema, key)
    if row is None:
        raise unknown(path, key, [row[0] for row in schema])
    _, kind, _, limit, _ = row
    if kind == "float" and type(value) is int:
        try:
            value = float(value)
        except OverflowError:
            raise ConfigError("%s: %s: too large for a float" % (path, key))
    # type() and not isinstance(): in JSON true is no number, while Python's bool is an int
    if type(value) is not _KINDS[kind]:
        raise ConfigError(
            "%s: %s: expected %s, found %s %s"
            % (path, key, kind, type(value).__name__, show(kind, value))
        )
    if kind == "float" and value - value != 0:
        raise ConfigError("%s: %s: expected a finite number, found %s" % (path, key, value))
    if kind == "secrets":
        for inner in value.values():
            if type(inner) is not str:
                raise ConfigError(
                    "%s: %s: expected str in it, found %s" % (path, key, type(inner).__name__)
                )
    if limit:
        _check_limit(kind, value, limit, "%s: %s" % (path, key))
    return value


def _check_limit(kind, value, limit, where):
    numbers = type(limit[0]) is not str
    if kind in ("int", "float", "secret", "secrets") or (kind == "str" and numbers):
        what = "" if kind in ("int", "float") else "a length of "
        for inner in value.values() if kind == "secrets" else (value,):
            if not limit[0] <= (len(inner) if what else inner) <= limit[1]:
                raise ConfigError(
                    "%s: expected %s%s to %s, found %s"
                    % (where, what, limit[0], limit[1], show(kind, inner))
                )
    elif value not in limit:
        raise ConfigError(
            "%s: expected one of %s, found %s" % (where, ", ".join(limit), show(kind, value))
        )


def check_id(name, path):
    """Raises `ConfigError` unless `name` may be the id of an item."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    if (
        not 1 <= len(name) <= 32
        or name[0] not in letters
        or any(char not in letters + "0123456789_-" for char in name)
    ):
        raise ConfigError(
            "%s: %s: expected an id of at most 32 of a-z, 0-9, _ and -, a letter first"
            % (path, show("str", name))
        )


def unknown(path, key, known):
    """The `ConfigError` for a key that is none of `known`; it names the one that was meant, if one is near."""
    nearest, distance = None, 3
    for name in known:
        changes = _distance(key[:32], name)
        if changes < distance and changes < len(name):
            nearest, distance = name, changes
    return ConfigError(
        "%s: unknown key %s; %s"
        % (
            path,
            show("str", key),
            "did you mean %r?" % nearest
            if nearest
            else "known are " + ", ".join(known)
            if known
            else "it has no keys but on_…",
        )
    )


def show(kind, value):
    """`value` for a message: short, and `***` for a secret."""
    if kind in ("secret", "secrets"):
        return "***"
    try:
        text = repr(value)
    except RuntimeError:  # nested too deep to print
        text = "…"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _distance(one, other):
    # Characters to put in, leave out or change to make `other` of `one` (Levenshtein); two that are swapped count two
    row = list(range(len(other) + 1))
    for at in range(len(one)):
        left, row[0] = row[0], at + 1
        for to in range(len(other)):
            changed = left + (one[at] != other[to])
            left = row[to + 1]
            row[to + 1] = min(changed, left + 1, row[to] + 1)
    return row[-1]
