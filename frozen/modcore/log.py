"""Levelled logging into a bounded ring, with sinks.

A line is kept in a ring (what the dashboard tails) and handed to every sink. The console is the
first sink; it falls silent while a tool talks the raw REPL's protocol on the same wire, because one
stray byte there breaks the transfer. The ring still has the line. Other sinks are modules of their
own: `logfile` and `syslog`. No line has a secret of the configuration in it: `***` stands there.

This is what every line needs. What configures the log and reads it (`configure`, `set_level`, `tail`, `schema`,
`LEVELS`) has these names here too, and is borrowed from `modcore.logbook`.
"""

from .borrow import borrow
from .port import const, ticks_ms

DEBUG = const(10)
INFO = const(20)
WARNING = const(30)
ERROR = const(40)

_LINE_MAX = const(200)

sinks = []
secrets = ()  # what no line may show, the longest first; kept by modcore.secrets
broken_sinks = 0  # lines that a sink failed to take

# modcore.logbook's
level = INFO
levels = {}  # of single modules, by name
ring = []
ring_size = 16


class Logger:
    """Logs under one name, at the level that the configuration has for it."""

    def __init__(self, name):
        self.name = name

    def debug(self, text, *args):
        _emit(DEBUG, self.name, text, args)

    def info(self, text, *args):
        _emit(INFO, self.name, text, args)

    def warning(self, text, *args):
        _emit(WARNING, self.name, text, args)

    def error(self, text, *args):
        _emit(ERROR, self.name, text, args)

    def exception(self, exc, text, *args):
        """Log `text` at level error, with the traceback of `exc` on the lines after it."""
        self.error(text, *args)
        try:
            borrow("logbook", "trace", self, exc)
        except MemoryError:
            self.error("no memory for the traceback")


get = Logger


def _emit(line_level, name, text, args):
    global broken_sinks
    if line_level < levels.get(name, level):
        return
    # To log must never take the caller down: not with a wrong format, not with a full heap
    try:
        try:
            text = text % args if args else str(text)
        except (TypeError, ValueError):
            text = "%s %r" % (text, args)
        for secret in secrets:
            if secret in text:
                text = text.replace(secret, "***")
        line = (ticks_ms(), line_level, name, text[:_LINE_MAX])
        if len(ring) >= ring_size:
            ring.pop(0)
        ring.append(line)
        for sink in sinks:
            try:
                sink(line)
            except Exception:  # a broken sink must not stop the others
                broken_sinks += 1
    except Exception:
        pass


class Console:
    """Sink that prints to the console, unless a tool holds the wire."""

    held = False

    def __call__(self, line):
        if not self.held:
            ticks, level, name, text = line
            mark = "DIWE"[level // 10 - 1]
            print("%s %6d.%03d %s: %s" % (mark, ticks // 1000, ticks % 1000, name, text))


console = Console()
sinks.append(console)


def __getattr__(name):
    return borrow("logbook", "attribute", name)
