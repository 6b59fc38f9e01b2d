"""Sessions over a restart, in `sessions.json`: users', by number, with hashes of their secrets.

Each has `[hash, user, seconds since it began, since it came, data]`; the password has to be typed again for what is dangerous. The time without power does not
count, for nobody knows it; what passed since the last write, at most an hour, neither.
"""

from binascii import hexlify, unhexlify
from json import dumps

from modcore import log
from modcore.borrow import borrow
from modcore.port import const

from . import tok
from .auth import PLAIN, SECURE, Session, keyhash

BORROWED = ("modcore.jsonfile", "windup.cookies", "windup.users")

# What the secret of a session that was read from flash begins with: no header field can hold that, so whoever has read the
# flash, too, cannot send it
_KEPT = b"\0"
_HASH = const(20)


def save(auth):
    """Write the sessions of users. What goes wrong is logged."""
    from modcore.jsonfile import read, write

    path = auth.folder + "/sessions.json"
    now = auth.now()
    raw = {}
    for number in range(len(auth.sessions)):
        session = auth.sessions[number]
        if session is None or session.user is None:
            continue
        secret = session.secret
        raw[str(number)] = [
            str(hexlify(secret[1:] if secret[:1] == _KEPT else _hash(secret)), "ascii"),
            session.user.name,
            now - session.since,
            now - session.seen,
            _plain(session.data),
        ]
    try:
        values, source = read(path)
        if values != raw:
            write(path, raw, source)
    except Exception as exc:  # nobody is kept out by a full file system
        log.get("auth").warning("sessions are not kept: %s", exc)


def load(auth):
    """Take up the sessions that `save` has written, as far as their users are there."""
    from modcore.jsonfile import read

    path = auth.folder + "/sessions.json"
    raw = read(path)[0]
    users = {}
    for number in raw:
        try:
            hash, name, began, came, data = raw[number]
            place = int(number)
            session = Session(_KEPT + unhexlify(hash), users.get(name), -began, -1)
            if not (0 <= place < auth.settings["sessions"] and len(session.secret) == 1 + _HASH):
                raise ValueError
            if min(began, came) < 0 or not (data is None or type(data) is dict):
                raise ValueError
            session.user = users[name] = users.get(name) or borrow(
                "windup.users", "user_of", auth, name
            )
            session.seen = -came
            session.data = data
        except Exception:  # whatever somebody wrote there
            log.get("auth").error(
                "%s: %s is broken, and passed over; remove the file", path, number
            )
            continue
        if session.user is not None and auth.lives(session, auth.now()):
            while len(auth.sessions) <= place:
                auth.sessions.append(None)
            auth.sessions[place] = session
            auth.hashed += 1


def find(auth, request):
    """The session that was read from flash and that `request` has the cookie of, or `None`. From now on its secret is known."""
    from .cookies import find as value_of

    cookie = request.head.get(tok.COOKIE)
    if cookie is None:
        return None
    name = SECURE if request.connection.secure else PLAIN
    secret = (value_of(cookie, name[:-1]) or b"")[2:]
    kept = _KEPT + _hash(secret)
    for session in auth.sessions:
        if session is not None and keyhash.equal(session.secret, kept):
            auth.hashed -= 1
            session.secret = secret
            # Its number too has to be right
            if keyhash.holder(auth.sessions, request.head, name) is session:
                return session
            auth.drop(session)
    return None


def _hash(secret):
    return keyhash.hmac(b"", secret)[:_HASH]


def _plain(data):
    # What of a session's data JSON can say
    try:
        dumps(data)
        return data
    except Exception:
        return None
