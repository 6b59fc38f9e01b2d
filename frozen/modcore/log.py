"""Levelled logging into a bounded ring, with sinks.

A line is kept in a ring (what the dashboard tails) and handed to every sink. The console is the
first sink; it falls silent while a tool talks the raw REPL's protocol on the same wire, because one
stray byte there breaks the transfer. The ring still has the line. Other sinks are modules of their
own: `logfile` and `syslog`. No line has a secret of the configuration in it: `***` stands there.
"""

import io

from .port import const, print_exception, ticks_ms

DEBUG = const(10)
INFO = const(20)
WARNING = const(30)
ERROR = const(40)
OFF = const(50)

_LINE_MAX = const(200)

name = "log"  # of its file, as modules have it
schema = (
    ("level", "str", "info", ("debug", "info", "warning", "error", "off"), "Level of every module"),
    ("levels", "dict", None, None, "Levels of single modules, by name"),
    ("ring", "int", 32, (1, 1000), "Lines kept in memory"),
    ("sinks", "list", None, None, "Where lines go beside the console: logfile, syslog"),
)

LEVELS = schema[0][3]

_loggers = {}
_level = INFO
_ring = [None] * 32
_next = 0
sinks = []
secrets = ()  # what no line may show, the longest first; kept by modcore.secrets
broken_sinks = 0  # lines that a sink failed to take


class Logger:
    """Logs under one name. Get it with `get`, so that its level follows the configuration."""

    def __init__(self, name, level):
        self.name = name
        self.level = level

    def debug(self, text, *args):
        if self.level <= DEBUG:
            _emit(DEBUG, self.name, text, args)

    def info(self, text, *args):
        if self.level <= INFO:
            _emit(INFO, self.name, text, args)

    def warning(self, text, *args):
        if self.level <= WARNING:
            _emit(WARNING, self.name, text, args)

    def error(self, text, *args):
        if self.level <= ERROR:
            _emit(ERROR, self.name, text, args)

    def exception(self, exc, text, *args):
        """Log `text` at level error, with the traceback of `exc` on the lines after it."""
        if self.level <= ERROR:
            _emit(ERROR, self.name, text, args)
            try:
                trace = io.StringIO()
                print_exception(exc, trace)
                for line in trace.getvalue().split("\n"):
                    if line:
                        _emit(ERROR, self.name, line, ())
            except MemoryError:
                _emit(ERROR, self.name, "no memory for the traceback", ())


def get(name):
    """The logger called `name` (one object a name)."""
    logger = _loggers.get(name)
    if logger is None:
        logger = _loggers[name] = Logger(name, _level)
    return logger


def configure(values):
    """Apply validated configuration: `level`, `levels` by module name, `ring` size in lines."""
    global _level, _ring, _next
    _level = _number(values["level"])
    for logger in _loggers.values():
        logger.level = _level
    for name, level in values["levels"].items():
        if level in LEVELS:
            get(name).level = _number(level)
        else:
            get("log").warning("levels.%s: %r is none of %s", name, level, ", ".join(LEVELS))
    if values["ring"] != len(_ring):
        lines = tail(values["ring"])
        _ring = lines + [None] * (values["ring"] - len(lines))
        _next = len(lines) % len(_ring)


def set_level(name, level, config=None):
    """Set the level of the logger called `name`, of all for `*`; kept over a restart with `config`, a `Config`.

    Args:
        level: one of `LEVELS`, or `None`: the level of all.

    Raises:
        ValueError: `level` is none of them.
        OSError: it could not be saved; it holds until the restart.
    """
    global _level
    if level not in LEVELS and (level is not None or name == "*"):
        raise ValueError("the level of %s is one of %s, not %r" % (name, ", ".join(LEVELS), level))
    if name == "*":
        for logger in _loggers.values():
            if logger.level == _level:
                logger.level = _number(level)
        _level = _number(level)
    else:
        get(name).level = _number(level) if level else _level
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
    lines = [line for line in _ring[_next:] + _ring[:_next] if line is not None]
    return lines[-count:] if count else []


def letter(level):
    """D, I, W or E."""
    return "DIWE"[level // 10 - 1]


def _number(level):
    return LEVELS.index(level) * 10 + 10


def _emit(level, name, text, args):
    # To log must never take the caller down: not with a wrong format, not with a full heap
    try:
        try:
            text = text % args if args else str(text)
        except (TypeError, ValueError):
            text = "%s %r" % (text, args)
        for secret in secrets:
            if secret in text:
                text = text.replace(secret, "***")
        _keep((ticks_ms(), level, name, text[:_LINE_MAX]))
    except Exception:
        pass


def _keep(line):
    global _next, broken_sinks
    _ring[_next] = line
    _next = (_next + 1) % len(_ring)
    for sink in sinks:
        try:
            sink(line)
        except Exception:  # a broken sink must not stop the others
            broken_sinks += 1


class Console:
    """Sink that prints to the console, unless a tool holds the wire."""

    held = False

    def __call__(self, line):
        if not self.held:
            ticks, level, name, text = line
            print("%s %6d.%03d %s: %s" % (letter(level), ticks // 1000, ticks % 1000, name, text))


console = Console()
sinks.append(console)
