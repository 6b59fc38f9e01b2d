"""`interval`: does something again and again."""

from .port import ticks_diff, ticks_ms
from .timed import Entry, Timed


class _Tick(Entry):
    def __init__(self, module, id, values, work):
        Entry.__init__(self, module, id, values, work)
        self._every_ms = values["every_ms"]
        self._delay_ms = values["delay_ms"]
        self._most = values["count"]

    def begin(self, boot=False):
        self.count = self.missed = 0
        self.start(self._delay_ms + self._every_ms)

    def ring(self):
        missed = ticks_diff(ticks_ms(), self._due) // self._every_ms
        self.missed += missed
        self.count += 1
        last = self.count == self._most
        if not last:
            self.start((missed + 1) * self._every_ms, self._due)
        if not self.act("tick", missed):
            self.missed += 1
            self.count -= 1
        elif last:
            self.module.fire(self.id + ".end", self.count)


class Interval(Timed):
    """Fires `ID.tick` for each interval of `etc/interval.json`, with the number of ticks that were missed just before.

    Ticks lie on a grid that begins when the interval starts: being late once does not move the next one. Those that the loop
    was too busy for are counted, and not made up for. After `count` ticks it fires `ID.end`.
    """

    items = (
        ("every_ms", "int", 1000, (1, 86400000), "Time from one tick to the next, ms"),
        ("delay_ms", "int", 0, (0, 86400000), "Time before the first period begins, ms"),
        ("count", "int", 0, (0, 1000000000), "Ticks until it ends; 0: it does not end"),
    )
    subscribe = ("interval",)
    kind = _Tick

    def add(self, id, every_ms, callback=None, delay_ms=0, count=0):
        """Call `callback` every `every_ms` milliseconds, 1 to 86,400,000, or fire `ID.tick`.

        Args:
            id: its name, of which there is one.
            callback: a function, coroutine function or generator function without arguments. As long as what it has
                started runs, ticks count as missed.
            delay_ms, count: as in the file.

        Returns:
            What has `count`, the ticks so far, and `missed`.
        """
        return self.put(id, {"every_ms": every_ms, "delay_ms": delay_ms, "count": count}, callback)
