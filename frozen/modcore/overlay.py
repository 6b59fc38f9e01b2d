"""What the user changed, and the way back; see `Config.diff` and `Config.reset`."""

import os

from . import layers, log, secrets
from .jsonfile import exists, remove
from .schema import row_of, show

BORROWED = ("jsonfile", "layers", "schema", "secrets")

_log = log.get("config")


def diff(config, modules):
    """See `Config.diff`."""
    found = {}
    for module in modules:
        items = bool(getattr(module, "items", ()))
        rows = module.items if items else module.schema
        version = getattr(module, "version", 1)
        both = layers.read(
            config, module.name, rows, version, getattr(module, "migrate", None), items
        )
        factory = layers.flat(module.name, rows, both[:1], items)
        now = layers.flat(module.name, rows, both, items)
        changed = {}
        for key in set(factory) | set(now):
            before, after = factory.get(key), now.get(key)
            if before != after:
                row = row_of(rows, key.split(".", 1)[-1] if items else key)
                changed[key] = (_shown(row, before), _shown(row, after))
        if changed:
            found[module.name] = changed
    return found


def _shown(row, value):
    if row and secrets.is_secret(row) and value:
        return show(row[1], value)
    return None if value is ... else value


def reset(config, name):
    """See `Config.reset`."""
    if name is None:
        # A file that went must not come back from its backup
        for name in ("secrets.json.new", "secrets.json.bad", "secrets.json.bak", "secrets.json"):
            remove("%s/%s" % (config.user, name))
        _empty(config.user)
        _log.warning("factory reset: %s is empty now", config.user)
        return
    secrets.forget(config.user, name)
    for end in (".new", ".bad", ".bak", ""):
        remove("%s/%s.json%s" % (config.user, name, end))
    _log.warning("%s/%s.json: back to the factory's values", config.user, name)


def _empty(folder):
    if not exists(folder):
        return
    names = os.listdir(folder)
    for name in sorted(names, key=lambda name: (name.endswith(".json"), name)):
        path = "%s/%s" % (folder, name)
        if _is_folder(path):
            _empty(path)
            os.rmdir(path)
        else:
            os.remove(path)


def _is_folder(path):
    return os.stat(path)[0] & 0x4000 != 0
