"""The heap: collected before it runs short, and watched."""

import gc

from .module import Module


class Collector(Module):
    """Looks at the heap from time to time, in between other work; `schema` is `etc/gc.json`.

    The event `gc` collects at once, logs what that freed, and answers it. When too little is free after a collection, it
    fires `gc.low` with the bytes that are.

    Attributes:
        lowest: the fewest bytes that were free after a collection, or `None` before the first.
    """

    name = "gc"
    subscribe = ("gc",)
    schema = (
        ("interval_s", "int", 60, (1, 86400), "Time between two looks at the heap"),
        ("collect", "int", 25, (0, 100), "Collects when less is free, in percent; 100: each time"),
        ("low", "int", 5, (0, 100), "Warns when less is free after that, in percent"),
    )
    lowest = None
    _low = False

    def config(self, values):
        self._interval_ms = values["interval_s"] * 1000
        self._collect = values["collect"]
        self._warn = values["low"]

    def run(self):
        while True:
            yield self._interval_ms
            if self._free() < self._collect or self._collect == 100:
                self.collect()

    def collect(self):
        """Collect the garbage; the bytes that this freed."""
        before = gc.mem_free()
        gc.collect()
        free = gc.mem_free()
        if self.lowest is None or free < self.lowest:
            self.lowest = free
        low = self._free() < self._warn
        if low and not self._low:
            from .log import get

            get("gc").warning("%d bytes of heap are free; that is little", free)
            self.fire("gc.low", free)
        self._low = low
        return free - before

    def _free(self):
        free = gc.mem_free()
        return free * 100 // (free + gc.mem_alloc())

    def on_event(self, event):
        from .log import get

        freed = self.collect()
        get("gc").info("%d bytes freed, %d are free", freed, gc.mem_free())
        return freed
