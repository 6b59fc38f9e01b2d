"""The watchdog: finds who lets nobody else run, and resets the device when that does not end.

Two layers. While the loop runs it feeds the chip's watchdog; when it stands still for `timeout_ms` the chip resets. Before
that, after `warn_ms`, a timer's interrupt names who has the processor: in the log, and in memory that outlives the
reset, so that the next start tells who it was. It cannot name what never comes back from C code: a soft interrupt waits.
"""

import sys

import machine

from . import log
from .borrow import borrow
from .events import running
from .module import Module
from .port import const, ticks_diff, ticks_ms, ticks_us

_FEED_MS = const(1000)

_log = log.get("watchdog")


class Watchdog(Module):
    """Feeds the chip's watchdog; `schema` is `etc/watchdog.json`.

    A module named in `deadlines` has to call `alive` at least that often, counted from its first call. When it does not,
    the feeding ends. A watchdog cannot be switched off: a device whose modules have all been stopped is reset too.

    Attributes:
        culprit: who ran when the device was reset the last time, or `None`.
    """

    schema = (
        ("timeout_ms", "int", 5000, (1000, 3600000), "Until the reset; an ESP8266 has 5000 only"),
        (
            "warn_ms",
            "int",
            2000,
            (0, 3600000),
            "Longest time for one module; 0: it is not looked at",
        ),
        ("timer", "int", 0, (-1, 15), "Number of the machine.Timer that looks"),
        ("deadlines", "dict", None, None, "Time between two signs of life by module, milliseconds"),
    )
    culprit = None
    _warned = None
    _blamed = False

    def config(self, values):
        self._values = values
        self._signs = {}

    def start(self):
        # It stays imported after a start that had something to tell
        self.culprit = getattr(sys.modules.get("modcore.boot"), "culprit", None)
        values = self._values
        try:
            self._wdt = machine.WDT(timeout=values["timeout_ms"])
        except ValueError:
            self._wdt = machine.WDT()
            _log.warning("this chip's watchdog takes no timeout of %d ms", values["timeout_ms"])
        self._turned = ticks_ms()
        self._warn_ms = values["warn_ms"]
        if self._warn_ms:
            timer = self.guard(machine.Timer(values["timer"]))
            period = max(self._warn_ms // 2, 50)
            timer.init(period=period, mode=machine.Timer.PERIODIC, callback=self._look)

    def run(self):
        while True:
            late = self._late()
            if late is None:
                self.feed()
            elif not self._blamed:
                _log.error("no sign of life from %s: the device will be reset", late)
                self._blame(late)
            self._turned = ticks_ms()
            yield min(_FEED_MS, self._values["timeout_ms"] // 4)

    def alive(self, name):
        """The module `name` works. It costs next to nothing where it has no deadline."""
        if name in self._values["deadlines"]:
            self._signs[name] = ticks_ms()

    def expect(self, name, ms):
        """Give the module `name` a deadline of `ms` milliseconds, unless the configuration has one for it."""
        self._values["deadlines"].setdefault(name, ms)

    def feed(self):
        """Give the device another `timeout_ms`: for work that is known to hold up the loop, like a sleep."""
        self._wdt.feed()
        self._turned = ticks_ms()
        if self._blamed:
            self._blamed = False
            borrow("retained", "put", "blame", b"")

    def _late(self):
        for name, sign in self._signs.items():
            module = self.modc.modules.get(name)
            if module is None or module.state != "running":
                continue
            if ticks_diff(ticks_ms(), sign) > self._values["deadlines"][name]:
                return name
        return None

    def _look(self, timer):
        # Runs in a soft interrupt, in the midst of what hangs
        who = running.who
        if who is not None:
            ms = ticks_diff(ticks_us(), running.since) // 1000
            since = running.since
            name = who.name
        else:
            since = self._turned
            ms = ticks_diff(ticks_ms(), since) - _FEED_MS
            name = "the loop"
        if ms >= self._warn_ms and since != self._warned:
            self._warned = since  # once for each stretch of work
            _log.error("%s has let nobody else run for %d ms", name, ms)
            self._blame(name)

    def _blame(self, name):
        self._blamed = True
        borrow("retained", "put", "blame", name.encode())
