"""`Authorization`: Basic (RFC 7617) and Bearer (RFC 6750).

A password is looked at once. Then its field is known for some minutes by a keyed hash, as is a token's: programs send it
with each request.
"""

from binascii import a2b_base64

from modcore.borrow import borrow
from modcore.port import const

from . import tok
from .auth import Session, address, keyhash

BORROWED = ("windup.passwords",)

_MOST = const(4)
_SECONDS = const(300)


def identify(auth, request):
    """See `Auth.identify`; `None`: `look_up` or `prove` finds out."""
    value = request.head.get(tok.AUTHORIZATION)
    who = _known(auth, value)
    if who is None and not (_is_basic(value) and auth.settings["basic"]) and not _is_bearer(value):
        raise unauthorized("Send Authorization: Basic or Bearer", auth)
    return who


def look_up(auth, request):
    """Who sends a token, which flash is read for; `None`: `prove` has to look at a password.

    Raises:
        HTTPError: 401: it is wrong; 429: there were too many wrong ones.
    """
    value = request.head.get(tok.AUTHORIZATION)
    if not _is_bearer(value):
        return None
    borrow("windup.throttle", "enter", auth, address(request))
    user = borrow("windup.tokens", "user_of", auth, value[7:])
    if user is None:
        auth.fire("auth.failed", {"peer": address(request), "user": None})
        raise unauthorized("The token is not known, or was revoked", auth, True)
    borrow("windup.throttle", "succeeded", auth, address(request))
    return _learn(auth, value, user, -1)


def _is_basic(value):
    return value[:6].lower() == b"basic "


def _is_bearer(value):
    return value[:7].lower() == b"bearer "


async def prove(auth, request):
    """Find out who sends what `Auth.identify` did not know, and let `request` know.

    A coroutine: it begins near the stack's beginning, and an ESP8266's is short.

    Raises:
        HTTPError: as `Auth.identify`; 401: a password is wrong; 429: it had been wrong too often; 503: too many wait.
    """
    if auth.who(request) is None:
        request.connection.who = await _basic(auth, request)


async def _basic(auth, request):
    from . import passwords

    value = request.head.get(tok.AUTHORIZATION)
    await passwords.turn(auth)
    who = _known(auth, value)  # of another connection, meanwhile
    if who is not None:
        return who
    try:
        pair = a2b_base64(value[6:])
        colon = pair.index(b":")
        name, password = str(pair[:colon], "utf-8"), pair[colon + 1 :]
    except ValueError:
        raise unauthorized("Send Basic and base64 of NAME:PASSWORD", auth)
    user = await passwords.check(auth, address(request), name, password)
    if user is None:
        raise unauthorized("Wrong name or password", auth)
    auth.fire("auth.login", {"user": user.name, "peer": address(request), "how": "basic"})
    return _learn(auth, value, user, auth.now())


def unauthorized(detail, auth, bearer_is_wrong=False, basic=True):
    """HTTPError 401 with what RFC 9110 section 11.6.1 wants: which ways to log in there are."""
    from .response import HTTPError

    challenges = ()
    if basic and auth.settings["basic"]:
        challenges = (("WWW-Authenticate", 'Basic realm="device", charset="UTF-8"'),)
    bearer = 'Bearer realm="device"'
    if bearer_is_wrong:
        bearer += ', error="invalid_token"'
    return HTTPError(401, detail, challenges + (("WWW-Authenticate", bearer),))


def _known(auth, value):
    known = auth.known
    if known is not None:
        key = keyhash.hmac(auth.key, value)
        if key in known:
            who, until = known[key]
            if auth.now() < until:
                return who
            del known[key]
    return None


def _learn(auth, value, user, proved):
    if auth.known is None:
        auth.known = {}
    known = auth.known
    if len(known) >= _MOST:
        del known[min(known, key=lambda key: known[key][1])]
    who = Session(None, user, auth.now(), proved)
    known[keyhash.hmac(auth.key, value)] = (who, who.since + _SECONDS)
    return who
