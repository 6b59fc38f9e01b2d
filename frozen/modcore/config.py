"""Configuration: one JSON file a concern, factory values under what the user changed.

A value comes from the first place that has it: `/etc/NAME.json` (the user's overlay), `/rom/etc/NAME.json`
(the factory's, read-only), the schema's default. A schema is a tuple of rows

    (key, kind, default, limit, help)

where `kind` is `int`, `float`, `bool`, `str`, `list` or `dict`, and `limit` is `(lowest, highest)` for numbers
(length for `str`), a tuple of the values allowed, or `None`. The default of a `list` or `dict` is `None` and means an
empty one. So rows hold constants only, and MicroPython leaves them in flash.

A save never destroys what was there: the new text is written beside, closed (which is what commits a file on
littlefs), the old file is renamed to `.bak`, and the new one takes its name. Whatever moment the power fails,
`load` finds the old or the new version whole.
"""

import json
import os

from . import log

_KINDS = {"int": int, "float": float, "bool": bool, "str": str, "list": list, "dict": dict}

_log = log.get("config")


class ConfigError(ValueError):
    """A value that its schema does not allow. The text names file, key, what was expected and what was found."""


class Config:
    """The files of one device.

    Args:
        user: folder of the read-write overlay.
        factory: folder of the factory values.
    """

    def __init__(self, user="/etc", factory="/rom/etc"):
        self.user = user
        self.factory = factory

    def load(self, name, schema):
        """The values of concern `name`, a dict with every key of `schema`.

        A wrong value or an unknown key is logged and passed over: a device with a mistake in a file still starts.
        """
        values = {}
        for key, kind, default, _, _ in schema:
            values[key] = _KINDS[kind]() if default is None else default
        for folder in (self.factory, self.user):
            path = "%s/%s.json" % (folder, name)
            for key, value in self._read(path)[0].items():
                try:
                    values[key] = check(schema, key, value, path)
                except ConfigError as exc:
                    _log.error("%s; keeping %r", exc, values.get(key))
        return values

    def save(self, name, schema, changes):
        """Lay `changes`, a dict, over what the user changed before, and write it.

        Raises:
            ConfigError: a key or value that `schema` does not allow; nothing is written then.
            OSError: the file system is full or missing; the file that was there is whole.
        """
        path = "%s/%s.json" % (self.user, name)
        values, source = self._read(path)
        for key, value in changes.items():
            values[key] = check(schema, key, value, path)
        try:
            os.mkdir(self.user)
        except OSError:
            pass  # it is there already, or the next line says what is wrong
        with open(path + ".new", "w") as file:
            json.dump(values, file)
        if source == path:  # a corrupt file must not take the place of a good backup
            os.rename(path, path + ".bak")
        os.rename(path + ".new", path)

    def _read(self, path):
        # What is there, and the name of the file that it comes from
        for candidate in (path, path + ".bak"):
            try:
                with open(candidate) as file:
                    values = json.load(file)
            except OSError:
                continue
            except ValueError:
                _log.error("%s is not JSON; falling back. Mend or remove it", candidate)
                continue
            if isinstance(values, dict):
                return values, candidate
            _log.error("%s: expected an object {…}, found %s", candidate, type(values).__name__)
        return {}, None


def check(schema, key, value, path):
    """`value` as the row `key` of `schema` wants it.

    Raises:
        ConfigError: unknown key, wrong type or out of range; `path` is named in the text.
    """
    row = [row for row in schema if row[0] == key]
    if not row:
        raise ConfigError(
            "%s: unknown key %r; known are %s" % (path, key, ", ".join([row[0] for row in schema]))
        )
    _, kind, _, limit, _ = row[0]
    if kind == "float" and type(value) is int:
        try:
            value = float(value)
        except OverflowError:
            raise ConfigError("%s: %s: too large for a float" % (path, key))
    # type() and not isinstance(): in JSON true is no number, while Python's bool is an int
    if type(value) is not _KINDS[kind]:
        raise ConfigError(
            "%s: %s: expected %s, found %s %r" % (path, key, kind, type(value).__name__, value)
        )
    if limit:
        if kind in ("int", "float") or (kind == "str" and isinstance(limit[0], int)):
            size = len(value) if kind == "str" else value
            if not limit[0] <= size <= limit[1]:
                what = "a length of " if kind == "str" else ""
                raise ConfigError(
                    "%s: %s: expected %s%s to %s, found %r"
                    % (path, key, what, limit[0], limit[1], value)
                )
        elif value not in limit:
            raise ConfigError(
                "%s: %s: expected one of %s, found %r" % (path, key, ", ".join(limit), value)
            )
    return value
