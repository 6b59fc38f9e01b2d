"""The secrets of all concerns in one file, `secrets.json`, under `NAME.KEY` or `NAME.ID.KEY`."""

from . import log
from .jsonfile import read, write
from .port import const
from .schema import row_of

_SHORTEST = const(4)  # characters; what is shorter would blank out half of the log


def _path(folder):
    return folder + "/secrets.json"


def of(folder, name):
    """What `secrets.json` in `folder` has for concern `name`, by key without the name."""
    start = name + "."
    found = read(_path(folder))[0]
    return {key[len(start) :]: found[key] for key in found if key.startswith(start)}


def replace(folder, name, new):
    """Write `new` in the place of what `of` gives, if it differs."""
    path = _path(folder)
    values, source = read(path)
    start = name + "."
    kept = {key: values[key] for key in values if not key.startswith(start)}
    for key in new:
        kept[start + key] = new[key]
    if kept != values:
        write(path, kept, source)


def forget(folder, name):
    """Remove what `of` gives, from the backup too."""
    path = _path(folder)
    replace(folder, name, {})
    if any(key.startswith(name + ".") for key in read(path + ".bak")[0]):
        write(path, read(path)[0], path)


def lay_under(values, stored, items):
    """Lay `stored`, as `of` gives it, under the `values` of a file, whose own secrets count first."""
    for key in stored:
        place = values
        if items:
            path = key.split(".", 1)
            place = values.get(path[0])
            if isinstance(place, dict):
                place.setdefault(path[-1], stored[key])
        else:
            place.setdefault(key, stored[key])


def take_out(values, rows, stored, items):
    """Split `values` into those for the file and those for `secrets.json`: what `rows` call secret, and what came from there."""
    hidden = {}
    plain = {}
    for key in values:
        value = values[key]
        if items and isinstance(value, dict):
            plain[key] = {}
            for inner in value:
                path = "%s.%s" % (key, inner)
                place, to = (
                    (hidden, path) if _hides(rows, inner, path, stored) else (plain[key], inner)
                )
                place[to] = value[inner]
        else:
            (hidden if not items and _hides(rows, key, key, stored) else plain)[key] = value
    return plain, hidden


def _hides(rows, key, path, stored):
    row = row_of(rows, key)
    return is_secret(row) if row else path in stored


def is_secret(row):
    """Whether `row` describes one or more secrets."""
    return row[1] in ("secret", "secrets")


def redact(value):
    """Let the log put `***` in the place of `value`, a `str` or a dict of them, however it may be printed."""
    import json

    known = set(log.secrets)
    for text in value.values() if isinstance(value, dict) else (value,):
        as_bytes = repr(text.encode())[2:-1]
        for form in (text, repr(text)[1:-1], as_bytes, json.dumps(text)[1:-1]):
            # A traceback is logged line by line
            known.update(line for line in form.split("\n") if len(line) >= _SHORTEST)
    # The longest first: none may leave the rest of another that it is a part of
    log.secrets = tuple(sorted(known, key=lambda text: -len(text)))
