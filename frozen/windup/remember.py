"""Browsers that stay logged in, in `remember.json`: `{"SELECTOR": {"user": …, "hash": …, "before": …, "made": …}}`.

The cookie is `SELECTOR.SECRET`, both random; the file has the secret's HMAC-SHA256. It begins a session once: then the secret is
another. Who comes with the one before has stolen it, or was stolen from: all of that user's browsers have to log in again.
"""

from binascii import hexlify
from os import urandom
from time import gmtime, time

from modcore import log
from modcore.borrow import borrow
from modcore.port import const

from . import tok
from .auth import NOBODY, address, keyhash

BORROWED = ("modcore.jsonfile", "windup.users", "windup.sessions", "windup.throttle")

_DAY = const(86400)
_GRACE = const(
    60
)  # seconds: a browser that starts sends some requests before it has read the first answer
_RIGHT_YEAR = const(2025)  # the clock is right from then on

_SELECTOR = const(16)
_SECRET = const(32)


def issue(auth, request, name):
    """Let the browser that sent `request` stay logged in as user `name`. OSError: the file system is full."""
    raw = _read(auth)
    while len(raw) >= auth.settings["sessions"]:
        del raw[min(raw, key=lambda selector: _made(raw[selector]))]
    selector = str(hexlify(urandom(8)), "ascii")
    raw[selector] = {"user": name, "before": "", "made": _time()}
    secret = _renewed(raw[selector])
    _write(auth, raw)
    _give(auth, request, selector, secret)


def resume(auth, request):
    """What `Auth.who` returns for a browser that stays logged in; a session begins for it.

    HTTPError 403: another site's page made it send `request`.
    """
    from modcore.jsonfile import (  # no frame between: flash takes what is left of the stack
        read,
        write,
    )

    from .sessions import begin
    from .users import user_of

    selector, secret = _parts(request, request.head.get(tok.COOKIE))
    path = auth.folder + "/remember.json"
    raw, source = read(path)
    item = raw.get(selector)
    if type(item) is not dict:
        return NOBODY
    hash = hexlify(keyhash.hmac(b"", secret)[:20])
    now = _time()
    try:
        name, made = item["user"], _made(item)
        is_now = keyhash.equal(hash, item["hash"].encode())
        is_before = keyhash.equal(hash, item["before"].encode())
    except Exception:  # whatever somebody wrote there
        log.get("auth").error("remember.json: %s is broken; remove the file", selector)
        return NOBODY
    if not is_now:
        last, when = auth.rotated
        if is_before and (last != selector or auth.now() - when >= _GRACE):
            auth.fire("auth.denied", {"user": name, "peer": address(request), "why": "reused"})
            forget_user(auth, name)
        if not is_before or selector not in _read(auth):
            return NOBODY
    user = user_of(auth, name)
    if user is None or (now and made and now - made > auth.settings["remember"] * _DAY):
        del raw[selector]
        _write(auth, raw)
        return NOBODY
    if is_now:
        item["before"] = item["hash"]
        item["made"] = made or now
        try:
            secret = _renewed(item)
            write(path, raw, source)
            _give(auth, request, selector, secret)
            auth.rotated = (selector, auth.now())
        except OSError as exc:
            log.get("auth").warning("a browser does not stay logged in: %s", exc)
            return NOBODY
    session = begin(auth, request, user)
    auth.fire("auth.login", {"user": name, "peer": address(request), "how": "remember"})
    if request.head.method > tok.HEAD or request.head.flags & tok.UPGRADE_WEBSOCKET:
        auth.check_origin(request, session.secret)
    return session


def forget(auth, request, cookie):
    """The browser that sent `cookie` does not stay logged in."""
    selector, secret = _parts(request, cookie)
    raw = _read(auth)
    item = raw.get(selector)
    borrow("windup.sessions", "set_cookie", request, _name(request), b"", 0)
    if type(item) is dict and keyhash.equal(
        hexlify(keyhash.hmac(b"", secret)[:20]), str(item.get("hash")).encode()
    ):
        del raw[selector]
        _write(auth, raw)


def forget_user(auth, name):
    """No browser stays logged in as user `name`."""
    raw = _read(auth)
    kept = {
        selector: raw[selector]
        for selector in raw
        if type(raw[selector]) is dict and raw[selector].get("user") != name
    }
    if len(kept) != len(raw):
        _write(auth, kept)
        _write(auth, kept)  # once more: the backup had them


def _renewed(item):
    # A new secret for the browser that `item` is about
    secret = hexlify(urandom(16))
    item["hash"] = str(hexlify(keyhash.hmac(b"", secret)[:20]), "ascii")
    return secret


def _give(auth, request, selector, secret):
    borrow(
        "windup.sessions",
        "set_cookie",
        request,
        _name(request),
        selector.encode() + b"." + secret,
        auth.settings["remember"] * _DAY,
    )


def _parts(request, cookie):
    # Selector and secret of the cookie; what is none finds nothing
    for name, value in tok.split_pairs(cookie, b";", False):
        if name.strip() + b"=" == _name(request):
            if len(value) == _SELECTOR + 1 + _SECRET:
                return str(value[:_SELECTOR], "latin-1"), value[_SELECTOR + 1 :]
            break
    return "", b""


def _name(request):
    return b"__Host-remember=" if request.secure else b"remember="


def _time():
    # Seconds of the clock on the wall; 0: it is not right
    return int(time()) if gmtime()[0] >= _RIGHT_YEAR else 0


def _made(item):
    made = item.get("made") if type(item) is dict else 0
    return made if type(made) is int else 0


def _read(auth):
    from modcore.jsonfile import read

    return read(auth.folder + "/remember.json")[0]


def _write(auth, raw):
    from modcore.jsonfile import read, write

    path = auth.folder + "/remember.json"
    write(path, raw, read(path)[1])
