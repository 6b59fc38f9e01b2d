"""What `Config` does with files: factory values, over them the user's, over defaults. See `modcore.config`."""

from . import jsonfile, log, secrets
from .config import ConfigError
from .schema import check, check_id, defaults, row_of, show, unknown

BORROWED = ("jsonfile", "schema", "secrets")

_log = log.get("config")


def load(config, name, schema, version, migrate, bindings):
    """See `Config.load`."""
    layers = read(config, name, schema, version, migrate)
    values, bound = merge(name, schema, layers)
    missing = [key for key in values if values[key] is ...]
    if missing:
        raise ConfigError("%s: %s: missing, and has no default" % (layers[1].path, missing[0]))
    if bindings is not None:
        bindings.update(bound)
    return values


def load_items(config, name, rows, version, migrate, bindings):
    """See `Config.load_items`."""
    layers = read(config, name, rows, version, migrate, True)
    items, bound = merge_items(rows, layers)
    if bindings is not None:
        bindings.update(bound)
    return items


def save(config, name, schema, changes, version, migrate, items):
    """See `Config.save`."""
    layers = read(config, name, schema, version, migrate, items)
    before = flat(name, schema, layers, items)
    layer = layers[1]
    if items:
        for key, change in changes.items():
            _change_item(schema, layer, layers[0].values, key, change)
    else:
        _change(schema, layer.values, changes, layer.path)
    after = flat(name, schema, layers, items)
    if items:
        for key in changes:
            if changes[key] is not None and key not in after:
                missing = [row[0] for row in schema if row[2] is ... and row[0] not in changes[key]]
                raise ConfigError("%s: %s: %s is missing" % (layer.path, key, ", ".join(missing)))
    layer.write(schema, items)
    changed = [key for key in after if key not in before or after[key] != before[key]]
    return tuple(sorted(changed + [key for key in before if key not in after]))


def read(config, name, rows, version, migrate, items=False):
    """What the factory's folder and the user's have for `name`, in this order."""
    return [
        _Layer(folder, name, rows, version, migrate, items)
        for folder in (config.factory, config.user)
    ]


class _Layer:
    # What one folder has for a concern: `values` as the file has them, migrated, secrets among them
    def __init__(self, folder, name, rows, version, migrate, items=False):
        self.folder = folder
        self.name = name
        self.path = "%s/%s.json" % (folder, name)
        self.values, self.source = jsonfile.read(self.path)
        self.version = self.found = self._version()
        self.newer = self.version > version
        self.raw = self.values
        self.values = {
            key: dict(value) if items and isinstance(value, dict) else value
            for key, value in self.raw.items()
        }
        self.stored = {}
        if any(secrets.is_secret(row) for row in rows):
            self.stored = secrets.of(folder, name)
            secrets.lay_under(self.values, self.stored, items)
        if self.newer:
            _log.warning(
                "%s: version %d is newer than this firmware's, %d; using the keys that it knows",
                self.path,
                self.version,
                version,
            )
        elif self.version < version and migrate and self.values:
            self._migrate(migrate, version)
        else:
            self.version = max(self.version, version)

    def _version(self):
        version = self.values.pop("version", 1)
        if type(version) is int and version > 0:
            return version
        _log.error(
            "%s: version: expected int from 1, found %s; taking 1", self.path, show("", version)
        )
        return 1

    def _migrate(self, migrate, version):
        try:
            self.values = migrate(dict(self.values), self.version)
            self.version = version
        except Exception as exc:  # the device starts with what it can use
            _log.exception(exc, "%s: version %d does not migrate", self.path, self.version)

    def write(self, rows, items):
        """Write what changed. Whenever the power fails, a file finds its secrets: new ones come before it, old ones go after it."""
        plain, hidden = secrets.take_out(self.values, rows, self.stored, items)
        raw = dict(self.raw)
        if self.found != 1:
            raw["version"] = self.found
        if self.version != 1 and (self.values or self.source):
            plain["version"] = self.version
        together = dict(self.stored)
        together.update(hidden)
        secrets.replace(self.folder, self.name, together)
        if plain != raw or (self.source != self.path and self.source):
            jsonfile.write(self.path, plain, self.source)
            if self.source == self.path and secrets.take_out(self.raw, rows, (), items)[1]:
                jsonfile.write(self.path, plain, self.path)  # the backup had them in plain text
        secrets.replace(self.folder, self.name, hidden)


def merge(name, rows, layers, report=True):
    """The values of `layers`, one over the other and over the defaults, and the actions by event, `NAME.WHAT`."""
    values = defaults(rows)
    bound = {}
    for layer in layers:
        _lay(rows, layer, layer.values, layer.path, values, bound, name, report)
    return values, bound


def merge_items(rows, layers, report=True):
    """The items of `layers` by id, and the actions by event, `ID.WHAT`."""
    items = {}
    bound = {}
    for layer in layers:
        for name, own in layer.values.items():
            path = "%s: %s" % (layer.path, name)
            try:
                check_id(name, layer.path)
                if own is None:
                    items.pop(name, None)
                    continue
                if type(own) is not dict:
                    raise ConfigError(
                        "%s: expected an object {…}, found %s" % (path, show("", own))
                    )
            except ConfigError as exc:
                if report:
                    _log.error("%s; passing it over", exc)
                continue
            values = items.setdefault(name, defaults(rows))
            _lay(rows, layer, own, path, values, bound, name, report)
    for name in list(items):
        missing = [key for key in items[name] if items[name][key] is ...]
        if missing:
            del items[name]
            if report:
                _log.error(
                    "%s: %s: %s is missing; leaving the item out", layers[-1].path, name, missing[0]
                )
    return items, {
        event: actions for event, actions in bound.items() if event[: event.rindex(".")] in items
    }


def _lay(rows, layer, own, path, values, bound, name, report):
    # Lay the values `own` of a file over `values` and `bound`; what is wrong is passed over
    for key, value in own.items():
        row = row_of(rows, key)
        if value is None or (layer.newer and row is None and not key.startswith("on_")):
            continue
        try:
            value = check(rows, key, value, path)
        except ConfigError as exc:
            if report:
                kept = "keeping %s" % show(row[1], values[key]) if row else "passing it over"
                _log.error("%s; %s", exc, kept)
            continue
        if row is None:
            bound["%s.%s" % (name, key[3:])] = tuple(value)
        else:
            values[key] = value
            if secrets.is_secret(row):
                secrets.redact(value)


def _change(rows, values, changes, path):
    for key, value in changes.items():
        if value is None:
            if row_of(rows, key) is None and key not in values:
                raise unknown(path, key, [row[0] for row in rows])
            values.pop(key, None)
        else:
            values[key] = check(rows, key, value, path)


def _change_item(rows, layer, factory, name, change):
    check_id(name, layer.path)
    if change is None:
        layer.values.pop(name, None)
        if name in factory:
            layer.values[name] = None
        return
    if type(change) is not dict:
        raise ConfigError(
            "%s: %s: expected a dict, found %s" % (layer.path, name, show("", change))
        )
    item = layer.values.get(name)
    if type(item) is not dict:
        item = layer.values[name] = {}
    _change(rows, item, change, "%s: %s" % (layer.path, name))


def flat(name, rows, layers, items):
    """The values of `layers` as one dict, and their actions under `on_WHAT`; of items under `ID.KEY`, with an `ID` for each."""
    if not items:
        values, bound = merge(name, rows, layers, False)
        for event in bound:
            values["on_" + event[len(name) + 1 :]] = bound[event]
        return values
    found, bound = merge_items(rows, layers, False)
    values = {}
    for item in found:
        values[item] = True
        for key in found[item]:
            values["%s.%s" % (item, key)] = found[item][key]
    for event in bound:
        item, what = event.split(".", 1)
        values["%s.on_%s" % (item, what)] = bound[event]
    return values
