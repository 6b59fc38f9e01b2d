"""Who guesses passwords has to wait: longer and longer, by address and by name."""

from modcore.port import const

_FREE = const(5)  # failures without a wait
_LOCKED = const(10)  # failures after which the wait is the longest
_ADDRESS_MOST = const(900)  # seconds
# Others can make somebody's name wait, who shall not be kept out by that
_NAME_MOST = const(30)
_FORGET = const(900)  # seconds after the end of a wait
_ENTRIES = const(32)


def enter(auth, address, name=None):
    """A client at `address` tries to log in, perhaps as `name`: it fails until `succeeded` says otherwise.

    Raises:
        HTTPError: 429: it has to wait.
    """
    now = auth.now()
    table = auth.throttle
    if table is None:
        table = auth.throttle = {}
    keys = _keys(address, name)
    for key in keys:
        wait = table[key][1] - now if key in table else 0
        if wait > 0:
            from .response import HTTPError

            raise HTTPError(
                429, "Too many wrong passwords; wait %d s" % wait, (("Retry-After", str(wait)),)
            )
    for key in keys:
        failures, until = table.get(key, (0, 0))
        if now - until > _FORGET:
            failures = 0
        failures += 1
        most = _ADDRESS_MOST if key[0] == "@" else _NAME_MOST
        wait = 0
        if failures >= _LOCKED:
            wait = most
        elif failures >= _FREE:
            wait = min(most, 1 << failures - _FREE)
        if key not in table and len(table) >= _ENTRIES:
            _make_room(table)
        table[key] = (failures, now + wait)
        if failures == _LOCKED:
            auth.fire("auth.locked", {"peer": address} if key[0] == "@" else {"user": name})


def succeeded(auth, address, name=None):
    """What `enter` counted was right."""
    for key in _keys(address, name):
        auth.throttle.pop(key, None)
    if not auth.throttle:
        auth.throttle = None


def _keys(address, name):
    return ("@" + address,) if name is None else ("@" + address, "#" + name)


def _make_room(table):
    # Whoever may try again first is forgotten first
    first = None
    for key in table:
        if first is None or table[key][1] < table[first][1]:
            first = key
    del table[first]
