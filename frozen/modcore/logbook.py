"""The log's rare parts, borrowed by `modcore.log` under whose name they are used: levels, the ring, tracebacks."""

import io

from . import log
from .port import const, print_exception

OFF = const(50)

name = "log"  # of its file, as modules have it
schema = (
    ("level", "str", "info", ("debug", "info", "warning", "error", "off"), "Level of every module"),
    ("levels", "dict", None, None, "Levels of single modules, by name"),
    ("ring", "int", 16, (1, 1000), "Lines kept in memory"),
    ("sinks", "list", None, None, "Where lines go beside the console: logfile, syslog"),
)

LEVELS = schema[0][3]


def attribute(name):
    """What this module has as `name`.

    Raises:
        AttributeError: nothing.
    """
    try:
        return globals()[name]
    except KeyError:
        raise AttributeError(name)


def configure(values):
    """Apply validated configuration: `level`, `levels` by module name, `ring` size in lines."""
    log.level = _number(values["level"])
    log.levels = {}
    for name, level in values["levels"].items():
        if level in LEVELS:
            log.levels[name] = _number(level)
        else:
            log.get("log").warning("levels.%s: %r is none of %s", name, level, ", ".join(LEVELS))
    log.ring_size = values["ring"]
    log.ring = tail(log.ring_size)


def set_level(name, level, config=None):
    """Set the level of the module called `name`, for `*` of all that have none of their own; kept over a restart with
    `config`, a `Config`.

    Args:
        level: one of `LEVELS`, or `None`: the level of all.

    Raises:
        ValueError: `level` is none of them.
        OSError: it could not be saved; it holds until the restart.
    """
    if level not in LEVELS and (level is not None or name == "*"):
        raise ValueError("the level of %s is one of %s, not %r" % (name, ", ".join(LEVELS), level))
    if name == "*":
        log.level = _number(level)
    elif level:
        log.levels[name] = _number(level)
    else:
        log.levels.pop(name, None)
    if config:
        if name == "*":
            config.save("log", schema, {"level": level})
        else:
            levels = config.load("log", schema)["levels"]
            levels[name] = level
            config.save(
                "log", schema, {"levels": {name: levels[name] for name in levels if levels[name]}}
            )


def tail(count=1000):
    """The newest `count` lines at most, oldest first, each `(ticks_ms, level, name, text)`."""
    return log.ring[-count:] if count else []


def trace(logger, exc):
    """Log the traceback of `exc`."""
    text = io.StringIO()
    print_exception(exc, text)
    for line in text.getvalue().split("\n"):
        if line:
            logger.error(line)


def _number(level):
    return LEVELS.index(level) * 10 + 10
