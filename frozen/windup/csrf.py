"""Requests that another site's page makes a browser send, with our cookies (cross-site request forgery).

Browsers say where a request comes from: in `Sec-Fetch-Site` where the connection is trustworthy, in `Origin` with whatever
can change something. Cookies with `SameSite=Lax` do not even go along. For a client that says neither there is a token, which
only our own pages know: in a form's field `csrf_token`, or in `X-CSRF-Token`.
"""

from binascii import hexlify

from . import tok
from .auth import address, keyhash

_HINT = "Requests that change something come from this device's own pages; reload the page and try again"


def csrf_token(request):
    """What a form's hidden field `csrf_token` has to hold; a `str`."""
    auth = request.app.auth
    who = auth.who(request)
    return str(_token(auth, request, None if who is None else who.secret), "ascii")


def check(auth, request, secret):
    """HTTPError 403: `request` can change something, and does not come from a page of ours.

    Args:
        secret: of the client's session, `bytes`; `None`: it has none.
    """
    head = request.head
    if head.method == tok.OPTIONS:
        return
    origin = head.get(tok.ORIGIN)
    if origin is not None and origin in auth.origins:
        return
    site = head.get("sec-fetch-site")
    if site is not None:
        good = site == b"same-origin" or site == b"none"
    elif origin is not None:
        host = head.get(tok.HOST) or b""
        good = origin == b"https://" + host
        if not good and not request.secure:
            good = origin == b"http://" + host
    else:
        good = keyhash.equal(_given(request), _token(auth, request, secret))
    if not good:
        from .response import HTTPError

        auth.fire("auth.denied", {"peer": address(request), "why": "cross-site"})
        raise HTTPError(403, _HINT)


def _token(auth, request, secret):
    # Without a session: good from this address, until the device starts anew
    key = auth.key if secret is None else secret
    return hexlify(keyhash.hmac(key, b"csrf " + address(request).encode())[:16])


def _given(request):
    token = request.head.get("x-csrf-token")
    if token is None and request.body:
        kind = request.head.get(tok.CONTENT_TYPE) or b""
        if kind.startswith(b"application/x-www-form-urlencoded"):
            token = (request.form().get("csrf_token") or "").encode()
    return token or b""
