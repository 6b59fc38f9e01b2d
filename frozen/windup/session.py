"""What handlers keep about a client between its requests."""


class SessionData:
    """`request.session`: a dict of what the application keeps about the client, for as long as its session lasts.

    A client that has no session gets one, with its cookie, when something is written. Values may be any objects; where
    sessions outlive a restart (`keep` in `etc/auth.json`), those that JSON can say do.

    A client that sends a password or token with each request has no cookie: what it writes is kept as long as its
    credentials are known, some minutes.

    Args:
        request: a `windup.Request` of an application that has an `Auth`.
    """

    def __init__(self, request):
        self._request = request

    def _record(self):
        request = self._request
        who = request.app.auth.who(request)
        # Who sends a password or token each time has no cookie, and needs none
        return None if who is None or (who.secret is None and who.user is None) else who

    def _data(self):
        record = self._record()
        return {} if record is None or record.data is None else record.data

    def __setitem__(self, key, value):
        record = self._record()
        if record is None:
            record = self._request.app.auth.begin(self._request)
        if record.data is None:
            record.data = {}
        record.data[key] = value

    def __getitem__(self, key):
        return self._data()[key]

    def __delitem__(self, key):
        del self._data()[key]

    def __contains__(self, key):
        return key in self._data()

    def __iter__(self):
        return iter(self._data())

    def __len__(self):
        return len(self._data())

    def get(self, key, default=None):
        """The value of `key`, or `default`."""
        return self._data().get(key, default)

    def pop(self, key, default=None):
        """The value of `key`, taken out, or `default`."""
        return self._data().pop(key, default)

    def setdefault(self, key, default=None):
        """The value of `key`, which is `default` from now on where it had none."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, values):
        """Write all of the dict `values`."""
        for key in values:
            self[key] = values[key]

    def keys(self):
        """The keys."""
        return self._data().keys()

    def items(self):
        """Pairs of key and value."""
        return self._data().items()

    def clear(self):
        """Forget all. The session itself goes on: `request.app.auth.end(request)` ends it."""
        self._data().clear()
