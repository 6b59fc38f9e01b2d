"""The device's events for pages: modcore's, carried to event streams and WebSockets.

    bridge = Bridge(modc, ("valve.*", "wlan.*"), accept=("valve.open", "valve.close"))
    app.event_stream("/events")(bridge)
    app.websocket("/live")(bridge)

Each event is a message of JSON, `{"name": "valve.opened", "data": 3}`. A client that reads slowly loses the oldest events
and is told how many: `{"name": "bridge.dropped", "data": 2}`. By WebSocket a client may fire the events that `accept`
names, and nothing else, in the same form; who may connect at all is for the route's `roles` to say.

There is no task for a client: an event goes straight from its queue to the socket.
"""

from json import dumps, loads

from modcore.events import Subscriber

_DROPPED = '{"name": "bridge.dropped", "data": %d}'


class Bridge:
    """A handler for `event_stream` and `websocket`.

    Args:
        modc: the `Controller`.
        patterns: what is carried, as `modcore.events` has it: `("valve.*", "healthy")`.
        accept: names or patterns of the events that clients may fire; none without.
        limit: events that wait for one slow client, 1 to 255.
    """

    def __init__(self, modc, patterns, accept=(), limit=8):
        self._events = modc.events
        self._patterns = patterns
        self._accept = accept
        self._limit = limit

    def __call__(self, request, client, *args):
        member = _Member(client, self._events)
        subscriber = Subscriber("bridge", self._patterns, member.tell, None, self._limit)
        member.subscriber = self._events.add(subscriber)
        client.on_close = member.gone
        if hasattr(client, "receive"):
            client.on_message = lambda message: self._fire(client, message)

    def _fire(self, client, message):
        try:
            event = loads(message)
            name = event["name"]
            data = event.get("data")
        except (ValueError, KeyError, TypeError, AttributeError, RuntimeError):
            client.push('{"name": "bridge.error", "data": "Send {\\"name\\": …, \\"data\\": …}"}')
            return
        if type(name) is str and self.accepts(name):
            self._events.fire(name, data)
        else:
            client.push('{"name": "bridge.error", "data": "This event is not in accept="}')

    def accepts(self, name):
        """Whether clients may fire the event `name`."""
        for pattern in self._accept:
            if name == pattern or pattern == "*":
                return True
            if pattern.endswith(".*") and name.startswith(pattern[:-1]):
                return True
        return False


class _Member:
    # One client of a bridge

    def __init__(self, client, events):
        self._client = client
        self._events = events
        self._told = 0  # of the dropped

    def tell(self, event):
        client = self._client
        dropped = self.subscriber.dropped
        if dropped != self._told:
            if not client.push(_DROPPED % (dropped - self._told)):
                return self._tell_later(event)
            self._told = dropped
        text = _text(event)
        # A coroutine holds the next event back until the client has taken this one
        return None if client.push(text) else self._send(text)

    async def _tell_later(self, event):
        dropped = self.subscriber.dropped
        try:
            await self._client.send(_DROPPED % (dropped - self._told))
            self._told = dropped
            await self._client.send(_text(event))
        except OSError:
            pass

    async def _send(self, text):
        try:
            await self._client.send(text)
        except OSError:
            pass  # it has gone, and `gone` sees to the rest

    def gone(self):
        self._events.remove(self.subscriber)
        self.subscriber = None


def _text(event):
    try:
        data = dumps(event.data)
    except TypeError:  # CPython knows no JSON of it
        data = dumps(str(event.data))
    return '{"name": "%s", "data": %s}' % (event.name, data)
