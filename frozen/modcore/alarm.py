"""`alarm`: does something at a time of the day."""

from . import clock
from .borrow import borrow
from .module import Module
from .port import const, ticks_diff, ticks_ms
from .timer import Timer, remove

_LONGEST_S = const(3600)  # an ESP8266's RTC wants to be read every seven hours
_JUMP_S = const(900)
_UNKNOWN_MS = const(60000)
_ASLEEP = (
    "alarm"  # seconds since the epoch: when the first alarm after the device went to sleep is due
)


class _Alarm(Timer):
    work = None
    added = False
    cancel = Timer.stop
    due = None  # seconds since the epoch

    def __init__(self, module, id, values):
        self.module = module
        self.id = id
        self._when = values["cron"], values["at"], values["days"]
        borrow("cron", "pattern", *self._when)  # so that it is said now what is wrong

    def begin(self, boot=False):
        self.module.anew()  # from here on it is seen when the clock jumps
        self.due = None
        self._rest()

    def resume(self, since):
        """Ring, too, for what was due from `since` on, in seconds since the epoch."""
        self.due = self._next(since - 1)
        self._rest()

    def ring(self):
        self._rest()  # first of all: whatever happens next, it is not lost
        self.module.anew()
        self.look()

    def look(self):
        """Ring if it is time; otherwise sleep again, unless it was stopped."""
        if self.left_ms() is None:
            return
        due = self.due
        seconds, _ = clock.now()
        rings = due is not None and seconds >= due
        if rings:
            self.due = self._next(seconds)
        self._rest()
        if not rings:
            return
        if self.work is None:
            self.module.fire(self.id + ".due", due)
        else:
            self.work.call()

    def _rest(self):
        if not clock.known():
            self.start(_UNKNOWN_MS)
            return
        seconds, ms = clock.now()
        if self.due is None:
            self.due = self._next(seconds)
        left = self.due - seconds
        if left > 60:
            # The timer and the clock may not agree on how long a second is
            left = min(left - left // 16, _LONGEST_S)
        self.start(max(1, left * 1000 - ms))

    def _next(self, seconds):
        return borrow("cron", "next_time", self._when, seconds, clock.zone)


class Alarm(Module):
    """Fires `ID.due` for each alarm of `etc/alarm.json`, with the time for which it was set, in seconds since the epoch.

    Times are those of the zone in `etc/ntp.json`; `modcore.cron` tells what becomes of them when summer time begins and
    ends. Alarms are silent until the clock is set. When it is corrected by up to 15 minutes each one rings once all the
    same: what was passed over rings at once, and what has rung does not ring again. After a larger correction it goes on
    from the new time.

    A sleep of `modcore.power` ends when the first one is due, and it rings then.

    Attributes:
        timers: by id.
    """

    items = (
        ("at", "str", "", (0, 8), "Time of the day, HH:MM or HH:MM:SS"),
        ("days", "str", "*", (1, 40), "Days of the week for it, such as mon-fri or sat,sun"),
        (
            "cron",
            "str",
            "",
            (0, 120),
            "In place of both: minute hour day month weekday, as in crontab",
        ),
    )
    subscribe = ("alarm", "ntp", "ntp.zone", "timer.next")
    kind = _Alarm
    _seen = 0, 0  # the clock and ticks_ms() when both were looked at
    timers = None

    def config(self, values):
        borrow("timed", "configure", self, values)

    def start(self):
        asleep = borrow("retained", "get", _ASLEEP)
        since = int(asleep or 0)
        missed = asleep and clock.known() and 0 <= clock.now()[0] - since < _JUMP_S
        for timer in self.timers.values():
            timer.begin(True)
            if missed:
                timer.resume(since)
        if asleep:
            borrow("retained", "put", _ASLEEP, b"")

    def stop(self):
        for timer in self.timers.values():
            timer.stop()

    def add(self, id, at="", callback=None, days="*", cron=""):
        """Call `callback`, or fire `ID.due`, at a time of the day; the arguments are the rows of the file.

        Args:
            id: its name, of which there is one.
            callback: a function, coroutine function or generator function without arguments.

        Raises:
            ValueError: `at` or `cron` is wrong; the message tells what about it.
        """
        values = {"at": at, "days": days, "cron": cron}
        return borrow("timed", "put", self, id, values, callback)

    remove = remove

    def on_event(self, event):
        if event.name == "alarm":
            borrow("timed", "control", self, event)
        elif event.name == "ntp.zone":
            self._set()
        elif event.name == "timer.next":
            return self._left_ms()
        else:
            self.anew()
            for timer in self.timers.values():
                timer.look()

    def _left_ms(self):
        # Until the first one is due; it has to ring when the modules have started again
        due = [timer.due for timer in self.timers.values() if timer.left_ms() is not None]
        due = [seconds for seconds in due if seconds is not None]
        if not due:
            return -1
        borrow("retained", "put", _ASLEEP, b"%d" % min(due))
        seconds, ms = clock.now()
        return max(0, (min(due) - seconds) * 1000 - ms)

    def anew(self):
        """Set all alarms anew if the clock has jumped."""
        seconds, _ = clock.now()
        ticks = ticks_ms()
        then, then_ticks = self._seen
        self._seen = seconds, ticks
        if abs(then + ticks_diff(ticks, then_ticks) // 1000 - seconds) > _JUMP_S:
            self._set()

    def _set(self):
        for timer in self.timers.values():
            if timer.left_ms() is not None:
                timer.begin()
