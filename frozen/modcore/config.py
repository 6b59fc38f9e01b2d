"""Configuration: one JSON file a concern, factory values under what the user changed.

A value comes from the first place that has it: `/etc/NAME.json` (the user's overlay), `/rom/etc/NAME.json`
(the factory's, read-only), the schema's default. A schema is a tuple of rows

    (key, kind, default, limit, help)

where `kind` is `int`, `float`, `bool`, `str`, `list`, `dict`, `secret` (a `str`) or `secrets` (a dict of `str`), and
`limit` is `(lowest, highest)` for numbers (length for `str` and secrets), a tuple of the values allowed, or `None`. The
default `None` means an empty one of `list`, `dict`, `secret` and `secrets`, else a value that is not set; `...` means that
the file must have the key. So rows hold constants only, and MicroPython leaves them in flash.

A file has these keys of its own beside those of the schema:

- `on_WHAT`: actions, a list of `str`, for the event WHAT of the module, or of the item that it stands in;
- `version`: of the file's form, 1 where it is missing. What an older firmware wrote goes through `migrate(values, version)`,
  which returns the values in the form of now; of what a newer one wrote the known keys are used, and none is lost;
- `null` as a value takes away what the factory's file has.

Secrets live in `/etc/secrets.json` under `NAME.KEY` or `NAME.ID.KEY`. One that somebody wrote into `NAME.json` counts, and
moves at the next save of that file. Errors and `diff` show `***` in their place, and so does the log (see `modcore.log`).

A save never destroys what was there: the new text is written beside, closed (which is what commits a file on
littlefs), read again, the old file is renamed to `.bak`, and the new one takes its name. Whatever moment the power fails,
`load` finds the old or the new version whole. A file that is not JSON is kept as `.bad`, for its writer to mend.

Files are read at a start and written by hand: the code for it is borrowed from flash, and leaves no heap behind.
"""

from .borrow import borrow


class ConfigError(ValueError):
    """A value that its schema does not allow. The text names file, key, what was expected and what was found."""


class Config:
    """The files of one device.

    Args:
        user: folder of the read-write overlay.
        factory: folder of the factory values.

    Attributes:
        modules: those that `diff` looks at, by name; the controller's.
    """

    modules = None

    def __init__(self, user="/etc", factory="/rom/etc"):
        self.user = user
        self.factory = factory

    def load(self, name, schema, version=1, migrate=None, bindings=None):
        """The values of concern `name`, a dict with every key of `schema`.

        A wrong value or an unknown key is logged and passed over: a device with a mistake in a file still starts.

        Args:
            version: of the form that `schema` describes, from 1.
            migrate: function of the values of an older file and its version; what it returns is used in their place.
            bindings: a dict that takes what `on_WHAT` binds: a tuple of actions by event, `NAME.WHAT`.

        Raises:
            ConfigError: a key is missing whose default is `...`.
        """
        return borrow("layers", "load", self, name, schema, version, migrate, bindings)

    def load_items(self, name, rows, version=1, migrate=None, bindings=None):
        """The items of concern `name`, `{id: {key: value}}`, each with every key of `rows`.

        An id has 1 to 32 lower-case letters, digits, `_` and `-`, a letter first. One that is `null`, or misses a key
        whose default is `...`, is left out. `bindings` takes events `ID.WHAT`; for the rest see `load`.
        """
        return borrow("layers", "load_items", self, name, rows, version, migrate, bindings)

    def save(self, name, schema, changes, version=1, migrate=None, items=False):
        """Lay `changes`, a dict, over what the user changed before, and write it.

        A value of `None` goes back to the factory's. With `items`, `changes` is `{id: {key: value}}`, and `None` in the
        place of an item removes it.

        Returns:
            The keys whose values are others now, a tuple; `ID.KEY` for items, `ID` for one that came or went.

        Raises:
            ConfigError: a key or value that `schema` does not allow; nothing is written then.
            OSError: the file system is full or missing; the file that was there is whole.
        """
        return borrow("layers", "save", self, name, schema, changes, version, migrate, items)

    def diff(self, modules=None):
        """What the user changed: `{name: {key: (factory or default, now)}}`, secrets as `***`.

        Args:
            modules: anything with `name` and `schema` or `items`, perhaps `version` and `migrate`; default: all modules
                and the log.
        """
        if modules is None:
            from . import log

            modules = [log] + list((self.modules or {}).values())
        return borrow("overlay", "diff", self, modules)

    def reset(self, name=None):
        """Factory reset: remove the overlay with all that it holds, or only what is of concern `name`. Secrets go first.

        Raises:
            OSError: the file system refuses; reset again.
        """
        borrow("overlay", "reset", self, name)
