"""What the login pages show; see `windup.login`."""

from . import tok
from .auth import NOBODY

BORROWED = (
    "windup.csrf",
    "windup.login_work",
    "windup.refusal",
    "windup.users",
    "modcore.jsonfile",
)

_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'self'; form-action 'self'; frame-ancestors 'none'"),
)

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title><link rel="stylesheet" href="%s"></head>
<body><main><h1>%s</h1>
%s<form method="post" action="%s">
"""
_FIELDS = """<label for="name">Name</label>
<input id="name" name="name" value="%s" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="32" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="128" required>
"""
_REMEMBER = """<label class="choice"><input type="checkbox" name="remember" value="1"> Stay logged in</label>
"""
_TAIL = """<input type="hidden" name="next" value="%s"><input type="hidden" name="csrf_token" value="%s">
<button>%s</button></form></main></body></html>
"""

_STYLE = b""":root { color-scheme: light dark; --text: #1b1f24; --back: #f4f5f7; --card: #fff; --line: #8a919c; --mark: #0b57d0; --on-mark: #fff; --wrong: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --back: #14171a; --card: #1f2429; --line: #7d8590; --mark: #8ab4f8; --on-mark: #10243e; --wrong: #f2b8b5; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 22rem; padding: 1.5rem; border-radius: .75rem; background: var(--card); box-shadow: 0 1px 4px #0003; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; }
label { display: block; margin: .75rem 0 .25rem; }
input:not([type=checkbox]) { width: 100%; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: .375rem; background: transparent; color: inherit; font: inherit; }
.choice { display: flex; gap: .5rem; align-items: center; margin: 1rem 0 0; }
.choice input { width: 1.125rem; height: 1.125rem; margin: 0; accent-color: var(--mark); }
button { width: 100%; margin-top: 1.25rem; padding: .75rem; border: 0; border-radius: .375rem; background: var(--mark); color: var(--on-mark); font: inherit; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
[role=alert] { margin: 0 0 1rem; padding: .5rem .75rem; border-left: .25rem solid var(--wrong); color: var(--wrong); overflow-wrap: anywhere; }
"""


def show(login, request, logout=False, error="", values=None, status=200, more=()):
    """The login page, or with `logout` the other one; `values` were typed. HTTPError 405: the method is none of a page's."""
    from .csrf import csrf_token
    from .login_work import way_on

    if request.head.method not in (tok.GET, tok.HEAD, tok.POST):
        from .response import HTTPError

        raise HTTPError(405, "Allowed here: GET, HEAD, POST", (("Allow", "GET, HEAD, POST"),))
    auth = request.app.auth
    if not error and not logout:
        from . import refusal

        if refusal.no_users(auth):
            error = refusal.HOW
    if request.head.get(tok.AUTHORIZATION) is not None:
        request.connection.who = NOBODY  # whoever logs in here does it by name and password
    form = {
        "title": "Log out" if logout else "Log in",
        "error": error,
        "action": str(login.logout if logout else login.path, "utf-8"),
        "next": str(way_on(login, request, values), "utf-8"),
        "name": values.get("name") if values else "",
        "csrf_token": csrf_token(request),
        "remember": not logout and auth.settings["remember"] > 0,
        "logout": logout,
    }
    if login.page:
        return login.page(request, form), status, _HEADERS + more
    from .pieces import Pieces
    from .response import Response

    # All of it before its head: where there is no memory for a piece, the client hears that, not half of a page. In
    # pieces, for a small heap has seldom room for it in one
    page = [piece.encode() for piece in _page(login, form)]
    response = Response(
        Pieces(b"", page[0], (piece for piece in page[1:])), status, _HEADERS + more
    )
    response.length = sum(len(piece) for piece in page)
    return response


def style():
    """The stylesheet."""
    from .response import Response

    return Response(_STYLE, 200, (("Cache-Control", "max-age=3600"),), b"text/css; charset=utf-8")


def _page(login, form):
    escaped = {key: _escape(form[key]) for key in ("title", "action", "next", "name", "csrf_token")}
    title = escaped["title"]
    error = '<p role="alert">%s</p>\n' % _escape(form["error"]) if form["error"] else ""
    sheet = _escape(login.stylesheet or str(login.path, "utf-8") + "/style.css")
    yield _HEAD % (title, sheet, title, error, escaped["action"])
    if not form["logout"]:
        yield _FIELDS % escaped["name"]
    if form["remember"]:
        yield _REMEMBER
    yield _TAIL % (escaped["next"], escaped["csrf_token"], title)


def _escape(text):
    for char, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#39;"),
    ):
        text = text.replace(char, entity)
    return text
