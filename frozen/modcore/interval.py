"""`interval`: does something again and again."""

from .borrow import borrow
from .module import Module
from .port import ticks_diff, ticks_ms
from .timer import Timer, remove


class Tick(Timer):
    """One interval.

    Attributes:
        count, missed: ticks so far, and those that were missed.
    """

    count = missed = delay_ms = most = 0
    work = None
    added = False
    cancel = Timer.stop

    def __init__(self, module, id, values):
        self.module = module
        self.id = id
        self.every_ms = values["every_ms"]
        if values["delay_ms"]:
            self.delay_ms = values["delay_ms"]
        if values["count"]:
            self.most = values["count"]

    def begin(self, boot=False):
        self.count = self.missed = 0
        self.start(self.delay_ms + self.every_ms)

    def ring(self):
        missed = ticks_diff(ticks_ms(), self._due) // self.every_ms
        self.missed += missed
        self.count += 1
        last = self.count == self.most
        if not last:
            self.start((missed + 1) * self.every_ms, self._due)
        if self.work is None:
            self.module.fire(self.id + ".tick", missed)
        elif not self.work.call():
            self.missed += 1
            self.count -= 1
            return
        if last:
            self.module.fire(self.id + ".end", self.count)


class Interval(Module):
    """Fires `ID.tick` for each interval of `etc/interval.json`, with the number of ticks that were missed just before.

    Ticks lie on a grid that begins when the interval starts: being late once does not move the next one. Those that the loop
    was too busy for are counted, and not made up for. After `count` ticks it fires `ID.end`.

    Attributes:
        timers: a `Tick` for each, by id.
    """

    items = (
        ("every_ms", "int", 1000, (1, 86400000), "Time from one tick to the next, ms"),
        ("delay_ms", "int", 0, (0, 86400000), "Time before the first period begins, ms"),
        ("count", "int", 0, (0, 1000000000), "Ticks until it ends; 0: it does not end"),
    )
    subscribe = ("interval",)
    kind = Tick
    timers = None

    def config(self, values):
        borrow("timed", "configure", self, values)

    def start(self):
        for timer in self.timers.values():
            timer.begin()

    def stop(self):
        for timer in self.timers.values():
            timer.stop()

    def on_event(self, event):
        borrow("timed", "control", self, event)

    def add(self, id, every_ms, callback=None, delay_ms=0, count=0):
        """Call `callback` every `every_ms` milliseconds, 1 to 86,400,000, or fire `ID.tick`.

        Args:
            id: its name, of which there is one.
            callback: a function, coroutine function or generator function without arguments. As long as what it has
                started runs, ticks count as missed.
            delay_ms, count: as in the file.

        Returns:
            Its `Tick`.
        """
        values = {"every_ms": every_ms, "delay_ms": delay_ms, "count": count}
        return borrow("timed", "put", self, id, values, callback)

    remove = remove
