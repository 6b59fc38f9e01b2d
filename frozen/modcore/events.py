"""Events: named, with any payload, queued for each subscriber.

A name is dotted and lower case, `wlan.connected`. A pattern is a name, or one that ends in `.*` and stands for all names
below it, or `*` for all. `fire` never runs a subscriber's handler and never raises on behalf of one: the event waits in
the subscriber's queue until the loop has its next turn. A full queue loses its oldest event, which is counted and logged.
"""

from collections import deque, namedtuple

from . import running
from .poller import soon
from .port import const, ticks_diff, ticks_us

_ROUTES_MAX = const(32)  # names whose subscribers are remembered
_TURN = const(16)  # events handled before sockets have their turn again

# answer: what takes the reply to an `ask`, else None
Event = namedtuple("Event", ("name", "data", "source", "answer"))


class Subscriber:
    """One handler and the events that wait for it.

    Args:
        name: for the log.
        patterns: a tuple of `str`.
        handler: called with each `Event`. A coroutine or generator that it returns runs as a fiber, and the next event
            waits until that ends.
        owner: the module that it belongs to: its own events do not come back to it.
        limit: events that may wait, 1 to 255.

    Attributes:
        dropped: how many events were lost because the queue was full.
    """

    def __init__(self, name, patterns, handler, owner=None, limit=8):
        self.name = name
        self.patterns = patterns
        self.handler = handler
        self.owner = owner
        self.limit = limit
        self.queue = deque((), limit)
        self.dropped = 0
        self.active = False  # it has its place among those to be served, or its fiber runs


class Events:
    """The events of one device."""

    def __init__(self):
        self._subscribers = ()
        self._routes = {}
        self._ready = []
        self._pump = self._turn  # one bound method, not one each time

    def add(self, subscriber):
        """From now on `subscriber` gets the events that its patterns name. Returns it."""
        self._subscribers += (subscriber,)
        self._routes.clear()
        return subscriber

    def remove(self, subscriber):
        """Take `subscriber` out, with the events that wait for it."""
        self._subscribers = tuple([s for s in self._subscribers if s is not subscriber])
        self._routes.clear()
        while subscriber.queue:
            subscriber.queue.popleft()

    def fire(self, name, data=None, source=None, answer=None):
        """Give the event to all whose patterns name it, but not to its `source`.

        Args:
            name: a dotted `str`.
            data: any object; it is handed on as it is.
            source: the module that fires it.
            answer: called with what a handler returns, unless that is `None`.

        Returns:
            How many subscribers get it.
        """
        subscribers = self._routes.get(name)
        if subscribers is None:
            subscribers = self._route(name)
        event = None
        count = 0
        for subscriber in subscribers:
            if source is not None and subscriber.owner is source:
                continue
            if event is None:
                event = Event(name, data, source, answer)
            count += 1
            queue = subscriber.queue
            if len(queue) >= subscriber.limit:
                self._overflow(subscriber)
            queue.append(event)
            if not subscriber.active:
                subscriber.active = True
                self._ready.append(subscriber)
                soon(self._pump)
        return count

    def _route(self, name):
        found = tuple([s for s in self._subscribers if _matches(s.patterns, name)])
        if len(self._routes) >= _ROUTES_MAX:
            self._routes.clear()
        self._routes[name] = found
        return found

    def _overflow(self, subscriber):
        subscriber.queue.popleft()
        subscriber.dropped += 1
        # 1, 2, 4, 8 … of them: a storm must not fill the log as well
        if subscriber.dropped & (subscriber.dropped - 1) == 0:
            from .log import get

            get("events").warning(
                "%s is too slow: %d of its events lost so far", subscriber.name, subscriber.dropped
            )

    def _turn(self):
        # What the loop calls before it waits; true: there is more to do
        ready = self._ready
        for _ in range(_TURN):
            if not ready:
                return False
            subscriber = ready.pop(0)
            if subscriber.queue:
                if self._handle(subscriber, subscriber.queue.popleft()):
                    continue
            if subscriber.queue:
                ready.append(subscriber)
            else:
                subscriber.active = False
        return bool(ready)

    def _handle(self, subscriber, event):
        running.who = subscriber
        running.since = start = ticks_us()
        result = None
        try:
            result = subscriber.handler(event)
        except Exception as exc:
            _failed(subscriber, event, exc)
        owner = subscriber.owner
        if owner is not None:
            running.account(owner, ticks_diff(ticks_us(), start))
        running.who = None
        if result is None:
            return False
        if hasattr(result, "send"):
            self._spawn(subscriber, event, result)
            return True
        if event.answer is not None:
            event.answer(result)
        return False

    def _spawn(self, subscriber, event, work):
        from .task import Fiber

        def ended(fiber):
            if event.answer is not None and fiber.result is not None:
                event.answer(fiber.result)
            if subscriber.queue:
                self._ready.append(subscriber)
                soon(self._pump)
            else:
                subscriber.active = False

        Fiber(work, subscriber.name, subscriber.owner, ended)


def _matches(patterns, name):
    for pattern in patterns:
        if (
            pattern == name
            or pattern == "*"
            or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
        ):
            return True
    return False


def _failed(subscriber, event, exc):
    from .log import get

    if subscriber.owner is not None:
        subscriber.owner.errors += 1
    get("events").exception(exc, "%s failed on %s", subscriber.name, event.name)
