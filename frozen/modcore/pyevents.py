"""What the C module `_events` does, for CPython; `modcore.events` tells what that is."""

import time
from collections import deque, namedtuple

from . import event_faults
from .cpython import soon

_ROUTES_MAX = 32
_TURN = 16

Event = namedtuple("Event", ("name", "data", "source", "answer"))


class Account:
    def __init__(self):
        self.longest_us = self.busy_us = self.busy_s = 0


class _Running:
    who = None
    since = 0

    def enter(self, who):
        self.who = who
        self.since = time.monotonic_ns() // 1000

    def leave(self, account):
        self.who = None
        if account is not None:
            us = time.monotonic_ns() // 1000 - self.since
            account.longest_us = max(account.longest_us, us)
            seconds, account.busy_us = divmod(account.busy_us + us, 1000000)
            account.busy_s += seconds


running = _Running()


class Subscriber:
    def __init__(self, name, patterns, handler, owner=None, limit=8):
        if not 1 <= limit <= 255:
            raise ValueError("limit: expected 1 to 255")
        if not isinstance(patterns, tuple):
            raise TypeError("patterns: expected a tuple")
        self.name = name
        self.patterns = patterns
        self.owner = owner
        self.dropped = 0
        self._handler = handler
        self._account = getattr(owner, "account", None)
        self._queue = deque()
        self._limit = limit
        self._active = False

    def _put(self, event):
        if len(self._queue) == self._limit:
            self._queue.popleft()
            self.dropped += 1
            if self.dropped & (self.dropped - 1) == 0:
                event_faults.overflow(self)
        self._queue.append(event)


class Events:
    def __init__(self, poller):
        self._poller = poller
        self._subscribers = ()
        self._routes = {}
        self._ready = deque()
        self._in_turn = False

    def add(self, subscriber):
        if not isinstance(subscriber, Subscriber):
            raise TypeError("expected a Subscriber")
        self._subscribers += (subscriber,)
        self._routes.clear()
        return subscriber

    def remove(self, subscriber):
        self._subscribers = tuple(s for s in self._subscribers if s is not subscriber)
        self._routes.clear()
        subscriber._queue.clear()

    def fire(self, name, data=None, source=None, answer=None):
        event = Event(name, data, source, answer)
        subscribers = [s for s in self._route(name) if s.owner is None or s.owner is not source]
        for subscriber in subscribers:
            subscriber._put(event)
            if not subscriber._active:
                self._append(subscriber)
        return len(subscribers)

    def resume(self, subscriber):
        if subscriber._queue:
            self._append(subscriber)
        else:
            subscriber._active = False

    def __call__(self):
        self._in_turn = True
        try:
            for _ in range(_TURN):
                if not self._ready:
                    break
                subscriber = self._ready.popleft()
                if not subscriber._queue or not self._handle(subscriber):
                    self.resume(subscriber)
        finally:
            self._in_turn = False
        return bool(self._ready)

    def _append(self, subscriber):
        subscriber._active = True
        self._ready.append(subscriber)
        if len(self._ready) == 1 and not self._in_turn:
            soon(self._poller, self)

    def _route(self, name):
        if name not in self._routes:
            if len(self._routes) >= _ROUTES_MAX:
                self._routes.clear()
            self._routes[name] = tuple(s for s in self._subscribers if _wants(s, name))
        return self._routes[name]

    def _handle(self, subscriber):
        event = subscriber._queue.popleft()
        result = error = None
        running.enter(subscriber)
        try:
            result = subscriber._handler(event)
        except Exception as exc:
            error = exc
        except BaseException:
            self.resume(subscriber)
            raise
        finally:
            running.leave(subscriber._account)
        if error is not None:
            event_faults.failed(subscriber, event, error)
        if result is None:
            return False
        if hasattr(result, "send"):
            event_faults.spawn(self, subscriber, event, result)
            return True
        if event.answer is not None:
            event.answer(result)
        return False


def _wants(subscriber, name):
    return any(
        pattern in (name, "*") or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
        for pattern in subscriber.patterns
    )
