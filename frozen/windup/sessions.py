"""What happens to sessions now and then: they begin, end, make room for others. Methods of `windup.auth.Auth`."""

from binascii import hexlify
from os import urandom

from modcore.borrow import borrow
from modcore.port import const

from . import tok
from .auth import NOBODY, PLAIN, SECURE, Session, address

_DIGITS = b"0123456789JKLMNO"  # of a session's number: their low four bits say which
_WRITE = const(3600)  # seconds between writes to flash when nobody comes or goes


def begin(auth, request, user=None, proved=-1):
    """Give the client a new session, with what the old one held; the old one ends. Returns the `windup.auth.Session`.

    Whoever calls it has asked `auth.identify` before.

    Args:
        user: a `windup.auth.User`, who has just logged in, or `None`.
        proved: when the password was typed, seconds of `auth.now()`; -1: it was not.

    Raises:
        HTTPError: 503: as many users have logged in as there is room for, and this is none.
    """
    session = Session(hexlify(urandom(16)), user, auth.now(), proved)
    old = request.connection.who or NOBODY
    if old.secret is not None:
        # Nobody else's data: what was there before a login stays, what another user left does not
        if old.user is None or (user is not None and old.user.name == user.name):
            session.data = old.data
        drop(auth, old)
    sessions = auth.sessions
    number = _place(auth, user)
    if number == len(sessions):
        sessions.append(None)
    sessions[number] = session
    value = bytes((_DIGITS[number >> 4], _DIGITS[number & 15])) + session.secret
    set_cookie(request, SECURE if request.secure else PLAIN, value)
    request.connection.who = session
    if user is not None:
        auth.unsaved = auth.settings["keep"]
    return session


def end(auth, request):
    """Log the client out: its session ends, and what would begin a new one for it."""
    who = auth.who(request) or NOBODY
    if who.secret is not None:
        drop(auth, who)
        set_cookie(request, SECURE if request.secure else PLAIN, b"", 0)
    cookie = request.head.get(tok.COOKIE)
    if cookie is not None and b"remember=" in cookie:
        borrow("windup.remember", "forget", auth, request, cookie)
    request.connection.who = NOBODY
    request.connection.used |= 1
    if who.user is not None and who.secret is not None:
        auth.fire("auth.logout", {"user": who.user.name, "peer": address(request)})
        save(auth)


def drop(auth, session):
    """Take `session` out."""
    if session in auth.sessions:
        auth.sessions[auth.sessions.index(session)] = None


def purge(auth):
    """Drop the sessions that have ended, and write the others to flash when it is time."""
    sessions = auth.sessions
    now = auth.now()
    for number in range(len(sessions)):
        if sessions[number] is not None and not auth.lives(sessions[number], now):
            sessions[number] = None
    while sessions and sessions[-1] is None:
        sessions.pop()
    if auth.unsaved or now - auth.kept >= _WRITE:
        save(auth)


def user_changed(auth, name, user=None):
    """User `name` is `user` from now on; `None`: gone, or with another password. Sessions end, or have the new roles."""
    for session in auth.sessions:
        if session is not None and session.user is not None and session.user.name == name:
            if user is None:
                drop(auth, session)
            else:
                session.user = user
    auth.known = None
    if user is None:
        borrow("windup.remember", "forget_user", auth, name)
    save(auth)
    auth.fire("auth.changed", {"user": name})


def save(auth):
    """Write the sessions of users to flash, where they are to outlive a restart."""
    if auth.settings["keep"]:
        auth.unsaved = False
        auth.kept = auth.now()
        borrow("windup.session_file", "save", auth)


def set_cookie(request, name, value, max_age=None):
    """Have the answer to `request` set a cookie that no script sees; `name` is `bytes` with the `=`, `max_age` in seconds."""
    line = b"Set-Cookie: " + name
    fields = request.values.get("fields", b"")
    start = fields.find(line)
    if start >= 0:  # said before in the same answer
        fields = fields[:start] + fields[fields.find(b"\r\n", start) + 2 :]
    request.values["fields"] = b"%s%s%s; Path=/; HttpOnly; SameSite=Lax%s%s\r\n" % (
        fields,
        line,
        value,
        b"; Secure" if request.secure else b"",
        b"" if max_age is None else b"; Max-Age=%d" % max_age,
    )


def _place(auth, user):
    # Where a new session goes. Who has not logged in makes room first, then the same user's own oldest
    sessions = auth.sessions
    now = auth.now()
    best = rank = None
    for number in range(len(sessions)):
        session = sessions[number]
        if session is None or not auth.lives(session, now):
            return number
        own = user is not None and session.user is not None and session.user.name == user.name
        this = (0 if session.user is None else 1 if own else 2, session.seen)
        if rank is None or this < rank:
            best, rank = number, this
    if len(sessions) < auth.settings["sessions"]:
        return len(sessions)
    if rank[0] and user is None:
        from .response import HTTPError

        raise HTTPError(503, "Too many are logged in; try again later", (("Retry-After", "60"),))
    return best
