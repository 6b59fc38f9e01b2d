"""What the login pages do; see `windup.login`.

Both are coroutines: a task begins near the stack's beginning, and an ESP8266's is short.
"""

from modcore.borrow import borrow
from modcore.port import const

from . import tok
from .auth import NOBODY, address, session_of

BORROWED = ("windup.csrf",)

_BODY_MOST = const(2048)  # bytes of a form
_NEXT_MOST = const(256)  # bytes of the path that a browser goes on to


def begin(login, request, work):
    """What `log_in` or `log_out` does, as soon as the form is there."""
    work = log_in if work == "log_in" else log_out
    if request.body_pending:
        return request.later(lambda request: work(login, request), (), _BODY_MOST)
    return work(login, request)


async def log_out(login, request):
    """End the session. HTTPError 403: another site's page wants that."""
    from .response import redirect

    request.app.auth.end(request)
    return redirect(login.home) if _is_form(request) else (b"", 204)


async def log_in(login, request):
    """Begin a session, if the password is right.

    Raises:
        HTTPError: as `passwords.check`, and 400, 403, 415 where no form was sent; a form gets a page that says so.
    """
    from .response import HTTPError, redirect

    auth = request.app.auth
    is_form = _is_form(request)
    values = request.form() if is_form else request.json()
    if not is_form and type(values) is not dict:
        raise HTTPError(400, 'Send {"name": "…", "password": "…"}')
    request.connection.who = _who(auth, request, is_form)
    name, password = values.get("name"), values.get("password")
    if type(name) is not str or type(password) is not str:
        raise HTTPError(400, "name and password are missing")
    try:
        user = await borrow(
            "windup.passwords", "check", auth, address(request), name, password.encode()
        )
    except HTTPError as exc:
        if not is_form:
            raise
        return _show(login, request, exc.detail, values, exc.status, exc.headers)
    if user is None:
        # Not 401: that says which way of HTTP's to log in this path wants (RFC 9110 section 15.5.2), and it wants none, the
        # password is content. 403 is "understood, and refused", whether by credentials or not (section 15.5.4)
        if is_form:
            return _show(login, request, "Wrong name or password", values, 403)
        raise HTTPError(403, "Wrong name or password")
    auth.begin(request, user, auth.now())
    if values.get("remember") and auth.settings["remember"]:
        try:
            borrow("windup.remember", "issue", auth, request, user.name)
        except (OSError, MemoryError) as exc:
            from modcore.log import get

            get("auth").warning("a browser does not stay logged in: %s", exc)
    auth.fire("auth.login", {"user": user.name, "peer": address(request), "how": "password"})
    if is_form:
        return redirect(way_on(login, request, values))
    return {"name": user.name, "roles": list(user.roles)}


def _who(auth, request, is_form):
    # What the browser had so far, and that it is one of our pages that logs it in: not another's user into ours
    who = session_of(auth, request)
    head = request.head
    # No page of another site can send JSON without asking first, which nobody allows
    if is_form or head.get(tok.ORIGIN) is not None or head.get("sec-fetch-site") is not None:
        from .csrf import check

        check(auth, request, None if who is None else who.secret)
    return who or NOBODY


def _is_form(request):
    kind = request.head.get(tok.CONTENT_TYPE) or b""
    return kind.startswith(b"application/x-www-form-urlencoded")


def _show(login, request, error, values, status, more=()):
    return borrow("windup.login_page", "show", login, request, False, error, values, status, more)


def way_on(login, request, values=None):
    """Where a browser goes on, `bytes`: the path of ours that the form has as `next`, or home."""
    target = (values or request.query).get("next") or ""
    data = target.encode()
    if (
        data[:1] != b"/"
        or data[1:2] in (b"/", b"\\")
        or len(data) > _NEXT_MOST
        or any(byte <= 32 or byte >= 127 for byte in data)
    ):
        return login.home
    return data
