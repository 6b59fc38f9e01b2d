"""What a client hears that a guard does not let pass."""

from modcore.port import MICROPYTHON

from . import tok
from .auth import address

BORROWED = ("windup.users", "modcore.jsonfile")

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"


def refuse(handler, rule, request, args):
    """What a guard returns that does not let `request` pass to `handler(request, *args)`: see `windup.guard.passes`.

    It is a redirect to the login page for a browser that wants a page, or a coroutine that finds out who that is.

    Raises:
        HTTPError: 401 with its challenges, or 403.
    """
    from .response import HTTPError, redirect

    auth = request.app.auth
    if auth is None:
        raise HTTPError(
            403,
            "Nobody can log in here: the application needs a windup.auth.Auth, the device an /etc/auth.json",
        )
    who = request.connection.who  # as the guard knows it
    if who is None:
        return _prove(handler, rule, request, args)
    user, roles = who.user, rule[0]
    if user is not None and not any(role == "*" or role in user.roles for role in roles):
        auth.fire("auth.denied", {"user": user.name, "peer": address(request), "why": "role"})
        raise HTTPError(403, "You need the role " + " or ".join(roles))
    login = auth.login
    browser = (request.head.get("user-agent") or b"").startswith(b"Mozilla/")
    if (
        login is not None
        and request.head.method <= tok.HEAD
        and b"text/html" in (request.head.get("accept") or b"")
    ):
        return redirect(login.path + b"?next=" + _quoted(_target(request)))
    if user is not None:
        detail = "This is dangerous: log in once more, with your password"
    elif not auth.has_users and no_users(auth):
        detail = HOW
    else:
        detail = "Log in first"
    from .credentials import unauthorized

    # A browser would ask for a password itself, and know no way to forget it
    raise unauthorized(detail, auth, False, login is None or not browser)


async def _prove(handler, rule, request, args):
    from .credentials import prove
    from .guard import passes

    await prove(request.app.auth, request)
    if not passes(request, rule):
        return refuse(handler, rule, request, args)
    result = handler(request, *args)
    # A generator of pieces: there they go out from here, on CPython whoever drives this takes it
    if hasattr(result, "__await__") or (MICROPYTHON and hasattr(result, "send")):
        result = await result
    return result


HOW = (
    "Nobody can log in yet. Make the first user on the device's console: "
    'from modcore import modc; modc.modules["auth"].add_user("admin", "PASSWORD", ("admin",))'
)


def no_users(auth):
    """Whether nobody can log in at all."""
    from .users import users

    auth.has_users = len(users(auth)) > 0
    return not auth.has_users


def _target(request):
    query = request.head.query
    return request.head.path if query is None else request.head.path + b"?" + query


def _quoted(data):
    out = b""
    for byte in data:
        out += bytes((byte,)) if byte in _UNRESERVED else b"%%%02X" % byte
    return out
