"""`timeout`: does something once, later; the device may be without power in between."""

from . import clock, log
from .borrow import borrow
from .module import Module
from .port import const
from .timer import Timer, remove

_FILE = "timeout_due"
_SCHEMA = (("due", "dict", None, None, "When timeouts are due, by id: seconds since the epoch"),)
_CHUNK_S = const(43200)
_TOLERANCE_S = const(2)
_AFTER_MS = const(1000)

_log = log.get("timeout")


class _Due(Timer):
    work = None
    added = False
    late_s = 0
    _more_s = 0  # seconds beyond those that the timer runs for now
    due = None  # seconds since the epoch, if persistent

    def __init__(self, module, id, values):
        self.module = module
        self.id = id
        self._after_s = values["after_s"]
        self._after_ms = values["after_ms"]
        self._auto = values["auto"]
        self._persistent = values["persistent"]

    def begin(self, boot=False):
        self.late_s = 0
        self._rung = False
        if boot:
            due = self.module.pending().get(self.id) if self._persistent else None
            if type(due) is int:
                self._resume(due)
                return
            if not self._auto:
                return
        self._wait(self._after_s, self._after_ms)
        self.due = None
        self.clock_set()

    def _resume(self, due):
        # Go on after a reset, or wait for the clock to do so
        self.due = due
        if clock.known():
            left = due - clock.now()[0]
            self.late_s = max(0, -left)
            self._wait(max(0, left), 0)

    def clock_set(self):
        """What the clock tells may be another time now: keep by it when this is due."""
        if not self._persistent or self._rung or not clock.known():
            return
        left = self.left_ms()
        if left is None:
            if self.due is not None:
                self._resume(self.due)
            return
        due = clock.now()[0] + left // 1000 + self._more_s
        if self.due is None or abs(due - self.due) > _TOLERANCE_S:
            self.due = due
            self.module.keep(self.id, due)

    def cancel(self):
        self.stop()
        self._forget()

    def ring(self):
        if self._more_s:
            self._wait(self._more_s, 0, self._due)
            return
        if self._rung:
            self._forget()
            return
        self._rung = True
        if self._persistent:
            self.start(_AFTER_MS)
        if self.work is None:
            self.module.fire(self.id + ".due", self.late_s)
        else:
            self.work.call()

    def _forget(self):
        if self.due is not None:
            self.due = None
            self.module.keep(self.id, None)

    def _wait(self, seconds, ms, since=None):
        now_s = min(seconds, _CHUNK_S)
        self._more_s = seconds - now_s
        self.start(now_s * 1000 + ms, since)


class Timeout(Module):
    """Fires `ID.due` for each timeout of `etc/timeout.json`, with the number of seconds by which it is late.

    One that is `persistent` ends a sleep of `modcore.power` when it is due. It has its time kept in `/etc/timeout_due.json` as soon as the clock is set. After a reset it goes
    on, and is due at once when its time has gone by. Its time is removed from the file a second after that: if the power
    fails before, it is due again.

    Attributes:
        timers: by id.
    """

    items = (
        ("after_s", "int", 0, (0, 1000000000), "Time until it is due, s"),
        ("after_ms", "int", 0, (0, 86400000), "The same in ms; both add up"),
        ("auto", "bool", True, None, "Start it with the device; else the action timeout:ID does"),
        ("persistent", "bool", False, None, "Keep its time over a reset"),
    )
    subscribe = ("timeout", "ntp", "timer.next")
    kind = _Due
    timers = None

    def config(self, values):
        borrow("timed", "configure", self, values)

    def start(self):
        for timer in self.timers.values():
            timer.begin(True)

    def stop(self):
        for timer in self.timers.values():
            timer.stop()

    def add(self, id, after_s=0, callback=None, after_ms=0, persistent=False):
        """Call `callback` once, or fire `ID.due`, in `after_s` seconds and `after_ms` milliseconds.

        Args:
            id: its name, of which there is one.
            callback: a function, coroutine function or generator function without arguments.
            persistent: as in the file. When it is under way since before a reset, that time counts and not `after_s`.
        """
        values = {"after_s": after_s, "after_ms": after_ms, "auto": True, "persistent": persistent}
        return borrow("timed", "put", self, id, values, callback)

    remove = remove

    def on_event(self, event):
        if event.name == "timeout":
            borrow("timed", "control", self, event)
        elif event.name == "timer.next":
            return self._left_ms()
        else:
            for timer in self.timers.values():
                timer.clock_set()

    def _left_ms(self):
        # Until the first one is due that goes on after a sleep; -1: there is none
        due = [timer.due for timer in self.timers.values() if timer.due is not None]
        if not (due and clock.known()):
            return -1
        seconds, ms = clock.now()
        return max(0, (min(due) - seconds) * 1000 - ms)

    def pending(self):
        """The times that are kept, a dict."""
        return self.modc.config.load(_FILE, _SCHEMA)["due"]

    def keep(self, id, due):
        """Keep that `id` is due at `due`, in seconds since the epoch; `None`: it is not."""
        pending = dict(self.pending())
        if due is not None:
            pending[id] = due
        elif pending.pop(id, None) is None:
            return
        try:
            self.modc.config.save(_FILE, _SCHEMA, {"due": pending})
        except OSError as exc:
            _log.error("%s is not kept over a reset: %s", id, exc)
