"""What `interval`, `timeout` and `alarm` have in common: timers by id, from the module's file or from a program."""

from .module import Module
from .timer import Timer


class Timed(Module):
    """A module with timers.

    An event of the module's name starts or stops one: `"timeout:fan"` and `"timeout:fan:stop"` are such actions.

    Attributes:
        timers: by id.
        kind: the class of its timers, an `Entry`.
    """

    def init(self):
        self.timers = {}

    def config(self, values):
        for id in [id for id, entry in self.timers.items() if entry.filed]:
            del self.timers[id]
        for id, row in values.items():
            try:
                self.timers[id] = entry = self.kind(self, id, row, None)
                entry.filed = True
            except ValueError as exc:
                from .log import get

                get(self.name).error("%s.json: %s: %s; left out", self.name, id, exc)

    def start(self):
        for entry in self.timers.values():
            entry.begin(True)

    def stop(self):
        for entry in self.timers.values():
            entry.stop()

    def on_event(self, event):
        id, *what = event.data
        entry = self.timers.get(id)
        if entry is None or what not in ([], ["start"], ["stop"]):
            raise ValueError("%s knows no %s" % (self.name, ":".join(event.data)))
        if what == ["stop"]:
            entry.cancel()
        else:
            entry.begin()

    def put(self, id, values, callback):
        """Set the timer `id` to `values`, one for each row of `items`, and begin. Returns it."""
        if id in self.timers:
            self.timers[id].cancel()
        entry = self.timers[id] = self.kind(self, id, values, callback)
        if self.state == "running":
            entry.begin(True)
        return entry

    def remove(self, id):
        """Stop the timer `id` and forget it.

        Raises:
            KeyError: there is none.
        """
        self.timers.pop(id).cancel()


class Entry(Timer):
    """One timer of a module. A subclass has `begin(boot=False)`, which starts it anew.

    Attributes:
        id: its name.
        work: the callback: a function, coroutine function or generator function without arguments. `None`: it fires events.
        filed: whether it comes from the module's file.
    """

    filed = False
    _fiber = None

    def __init__(self, module, id, values, work):
        self.module = module
        self.id = id
        self.work = work

    cancel = Timer.stop  # for good

    def act(self, what, data):
        """Call the callback, or fire `ID.what`. Returns whether that was possible: the callback's last fiber may run still."""
        if self.work is None:
            self.module.fire("%s.%s" % (self.id, what), data)
        elif self._fiber is not None and not self._fiber.done:
            return False
        else:
            self._fiber = None
            result = self.work()
            if hasattr(result, "send"):
                self._fiber = self.module.spawn(result, self.id)
        return True
