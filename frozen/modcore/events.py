"""Events: named, with any payload, queued for each subscriber.

A name is dotted and lower case, `wlan.connected`. A pattern is a name, or one that ends in `.*` and stands for all names
below it, or `*` for all. `fire` never runs a subscriber's handler and never raises on behalf of one: the event waits in
the subscriber's queue until the loop has its next turn. A full queue loses its oldest event, which is counted and logged.

- `Events(poller)`: the events of one device, with the methods

  - `fire(name, data=None, source=None, answer=None)`: give the event to all whose patterns name it, but not to those whose
    owner is `source`. Returns how many get it. `answer` is called with what a handler returns, unless that is `None`.
  - `add(subscriber)`: from now on it gets the events that its patterns name. Returns it.
  - `remove(subscriber)`: take it out, with the events that wait for it.

- `Subscriber(name, patterns, handler, owner=None, limit=8)`: one handler and the events that wait for it.

  - `name`: for the log; `patterns`: a tuple of `str`.
  - `handler`: called with each event, which has `name`, `data`, `source` and `answer`. A coroutine or generator that it
    returns runs as a fiber, and the next event waits until that ends.
  - `owner`: the module that it belongs to, or `None`; `limit`: events that may wait, 1 to 255.
  - `dropped`: how many were lost because the queue was full.

- `running`: who has the processor now. `who`: a fiber, subscriber or module, which all have a `name`; `None`: the loop
  itself. `since`: `ticks_us()` when it got it. `enter(who)`, `leave(account)`.
- `Account()`: what a module took of it: `longest_us`, the longest stretch; `busy_s` and `busy_us`, all of them.
"""

try:
    from _events import Account, Events, Subscriber, running
except ImportError:  # CPython
    from .pyevents import Account, Events, Subscriber, running  # noqa: F401
