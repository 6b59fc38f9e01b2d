"""Applications: packages that are found and started by themselves.

An application NAME is the folder `/apps/NAME/` with an `__init__.py` or `__init__.mpy`, a file `/apps/NAME.py` or
`.mpy`, the same under `/rom/apps`, or a frozen package `apps.NAME`; the first of these is taken. It is imported as
`apps.NAME`, and what it adds to the device is, whichever it has first:

- `setup(modc)`: a function that adds what it wants, with `modc.add(…)`;
- `modules`: a list or tuple of `Module` classes or objects;
- each class of its own, not imported from elsewhere, that is a `Module` and whose name has no `_` in front.

So this is a complete application, `/apps/blink/__init__.py`:

    from modcore import Module

    class Blink(Module):
        …

One that fails is logged with its traceback and passed over, with all that it had added; the others go on.
"""

import gc
import os
import sys

from . import log, retained
from .module import Module
from .port import MICROPYTHON

BORROWED = ("retained",)

schema = (("disabled", "list", None, None, "Names of applications that are not started"),)

FOLDERS = ("/apps", "/rom/apps", ".frozen/apps")

_FOLDER = 0x4000  # in the mode that os.ilistdir tells

_log = log.get("plugins")


class _Apps:
    """The package `apps`. Its `__path__` is the folder that is searched now: MicroPython's packages have one only."""


def load(modc, safe=None):
    """Import the applications and add their modules to `modc`, a controller that does not run yet.

    Args:
        safe: why none shall start, or `None`.
    """
    disabled = modc.config.load("plugins", schema)["disabled"]
    found = discover()
    for name in disabled:
        if name not in [app for app, _ in found]:
            _log.warning("etc/plugins.json: disabled: there is no application %r", name)
    if found:
        modc.applications = []
    for name, folder in found:
        if safe or name in disabled:
            reason = "safe mode" if safe else "disabled"
            modc.applications.append((name, folder, reason, ()))
        else:
            _load(modc, name, folder)


def report(modc):
    """The applications that `load` found for `modc`, each a dict: `name`, `folder`, `reason` (why it is not there, or
    `None`) and `modules`, the names of what it added."""
    return [
        {"name": name, "folder": folder, "reason": reason, "modules": modules}
        for name, folder, reason, modules in getattr(modc, "applications", ())
    ]


def discover():
    """`(name, folder)` of every application, sorted by name."""
    found = {}
    for folder in FOLDERS:
        for name in _names(folder):
            if name[0] not in "._":
                found.setdefault(name, folder)
    return sorted(found.items())


def _names(folder):
    if folder.startswith(".frozen/"):
        try:
            from frozen_names import children
        except ImportError:
            return ()
        entries = children(folder[8:])
        return [entry[:-3] if entry.endswith(".py") else entry for entry in entries]
    names = []
    try:
        for entry in os.listdir(folder):
            if os.stat(folder + "/" + entry)[0] & _FOLDER:
                names.append(entry)
            else:
                for ending in (".py", ".mpy"):
                    if entry.endswith(ending):
                        names.append(entry[: -len(ending)])
    except OSError:
        pass  # there is no such folder
    return names


def _load(modc, name, folder):
    full_name = "apps." + name
    before = list(modc.modules)
    failure = None
    retained.put(retained.BLAME, full_name.encode())
    try:
        if "." in name:
            raise ImportError("%r is no name for a package: it has a dot" % name)
        if "apps" not in sys.modules:
            sys.modules["apps"] = _Apps()
        sys.modules["apps"].__path__ = folder if MICROPYTHON else [folder]
        # Not the top package, which is what it would give without a list of names
        _add(modc, __import__(full_name, None, None, ("setup",)), full_name)
    except (Exception, SystemExit) as exc:
        failure = exc
    retained.put(retained.BLAME, b"")
    added = [module for module in modc.modules if module not in before]
    if failure is None:
        modc.applications.append((name, folder, None, tuple(added)))
        return
    for module in added:
        del modc.modules[module]
    for module in list(sys.modules):
        if module == full_name or module.startswith(full_name + "."):
            del sys.modules[module]
    gc.collect()
    reason = "%s: %s" % (type(failure).__name__, failure)
    if "incompatible .mpy" in reason:
        reason += (
            "; compile it with mpy-cross of MicroPython %d.%d" % sys.implementation.version[:2]
        )
    modc.applications.append((name, folder, reason, ()))
    _log.exception(failure, "%s/%s is not started: %s", folder, name, reason)
    retained.note(failure, full_name)


def _add(modc, package, full_name):
    setup = getattr(package, "setup", None)
    if setup:
        setup(modc)
        return
    modules = getattr(package, "modules", None)
    if modules is None:
        modules = [value for value in _classes(package) if _is_own(value, full_name)]
        # A base class of its own is no module of its own
        modules = [m for m in modules if not any(issubclass(o, m) and o is not m for o in modules)]
    if not modules:
        raise ImportError("it has no setup(modc), no modules and no class that is a Module")
    for module in modules:
        modc.add(module() if isinstance(module, type) else module)


def _classes(package):
    for name in dir(package):
        value = getattr(package, name)
        if name[0] != "_" and isinstance(value, type) and issubclass(value, Module):
            yield value


def _is_own(value, full_name):
    # MicroPython's classes do not tell where they come from
    for name, module in sys.modules.items():
        if name != full_name and not name.startswith(full_name + "."):
            if getattr(module, value.__name__, None) is value:
                return False
    return value is not Module
