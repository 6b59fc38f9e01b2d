"""Who a client is: sessions, and the users and tokens that stand behind them.

An application has one `Auth`, as `app.auth`. Nothing happens for a request until a guard, or the handler through
`request.user` or `request.session`, asks who sent it. Then, in this order:

- `Authorization`, Basic (RFC 7617) or Bearer (RFC 6750): see `credentials`;
- the cookie of a session: its number among those that are kept, and 128 random bits that are compared in constant time.
  A request that can change something must come from a page of our own: see `csrf`;
- the cookie of a browser that is to stay logged in: see `remember`.

Sessions live in memory. Their time is that of the processor's own clock, which nobody sets. Users and tokens stay in flash
and are read when somebody logs in. The code for what is not done for each request is borrowed (see `modcore.borrow`): it has
methods of `Auth` here, and is told of in `sessions`, `users`, `user_changes` and `tokens`.
"""

from collections import namedtuple
from os import urandom

from modcore.borrow import borrow
from modcore.port import const, ticks_add, ticks_diff, ticks_ms

from . import tok

try:
    import keyhash
except ImportError:  # CPython
    from . import pykeyhash as keyhash

schema = (
    ("iterations", "int", 10000, (1000, 10000000), "Rounds of PBKDF2 that a password takes"),
    ("sessions", "int", 16, (1, 256), "Sessions kept at once; the oldest makes room for a new one"),
    ("idle", "int", 1800, (10, 31536000), "Seconds that a session outlives its last request"),
    ("absolute", "int", 43200, (60, 31536000), "Seconds after which a session ends in any case"),
    ("fresh", "int", 600, (10, 86400), "Seconds that a typed password counts for dangerous things"),
    ("remember", "int", 30, (0, 365), "Days that a browser may stay logged in; 0: not at all"),
    ("basic", "bool", True, None, "Whether HTTP Basic authentication is taken"),
    ("keep", "bool", False, None, "Whether sessions outlive a restart, in /etc/sessions.json"),
    ("login", "str", "/login", (0, 64), "Path of the login page; empty: none"),
    ("logout", "str", "/logout", (1, 64), "Path of the logout page"),
    ("stylesheet", "str", "", (0, 128), "URL of a stylesheet for them, in the place of ours"),
)

User = namedtuple("User", ("name", "roles"))
"""Who has logged in: `name`, a `str`; `roles`, a tuple of `str`."""

_AUTHORIZATION = tok.AUTHORIZATION
_WEBSOCKET = tok.UPGRADE_WEBSOCKET
_METHOD_HEAD = const(2)

# Methods that are functions of other modules, called with the `Auth` first
_BORROWED = (
    ("sessions", ("begin", "end", "drop", "user_changed", "save")),
    ("users", ("users",)),
    ("user_changes", ("add_user", "remove_user", "set_password", "set_roles")),
    ("tokens", ("add_token", "remove_token", "tokens")),
)

# The session's cookie. Under TLS no page without it can set such a one
PLAIN = b"sid="
SECURE = b"__Host-sid="
_PURGE = const(63)  # seconds between looks for sessions that have ended, a power of two less one
_TICKS_PERIOD = const(1 << 30)  # of MicroPython's ticks_ms()


class Session:
    """A client that comes again; `windup.session` is how handlers see it. And whoever else has sent a request.

    Attributes:
        secret: what its cookie has to say, 32 hexadecimal digits; of one that was read from flash, until it comes, a NUL
            and 20 bytes of their hash; `None`: it has no cookie.
        user: a `User`, or `None`.
        since: when it began, seconds of `Auth.now`.
        seen: when it last came.
        proved: when its user typed the password, -1: not in this session.
        data: a `dict` of what handlers keep in it, or `None`.
    """

    def __init__(self, secret, user, now, proved):
        self.secret = secret
        self.user = user
        self.since = self.seen = now
        self.proved = proved
        self.data = None


NOBODY = Session(None, None, 0, -1)


class Auth:
    """Users, sessions and tokens of one application.

    Args:
        app: a `WindUp`; its attribute `auth` becomes this.
        folder: where `users.json`, `tokens.json` and the like are.
        fire: `fire(name, data)` is told of what an audit wants to know: `auth.login`, `auth.failed`, `auth.locked`,
            `auth.logout`, `auth.denied`, `auth.changed`, with a `dict` in which no secret is.
        settings: a dict by the keys of `schema`; a missing one has its default.

    Attributes:
        origins: other origins whose pages may send requests with our cookies, a tuple of `bytes`, `b"https://…"`.
        login: the login pages, a `windup.login.Login`, or `None`.
        key: random `bytes` of this start.
    """

    origins = ()
    login = None
    throttle = None  # windup.throttle's, as soon as somebody fails
    known = None  # credentials that were right, a dict of windup.credentials
    hashed = 0  # sessions that were read from flash, and whose clients have not come
    has_users = False  # as far as somebody has looked
    busy = False  # a password is being looked at
    waiting = 0  # clients whose password waits for that
    kept = 0  # when sessions were last written to flash
    unsaved = False  # one has begun since: the next tick writes it, a request's stack has no room for that
    rotated = (None, 0)  # which browser that stays logged in last had a new secret, and when

    def __init__(self, app, folder="/etc", fire=None, settings=()):
        self.app = app
        self.folder = folder
        self.fire = fire or _nobody_listens
        self.settings = {
            row[0]: settings[row[0]] if row[0] in settings else row[2] for row in schema
        }
        self.key = urandom(16)
        self.sessions = []
        self._now = 0
        self._ticks = ticks_ms()
        app.auth = self
        if self.settings["keep"]:
            borrow("windup.session_file", "load", self)

    # Time

    def now(self):
        """Seconds since the start, whatever the clock on the wall does."""
        ticks = ticks_ms()
        passed = ticks_diff(ticks, self._ticks)
        if passed >= 1000 or passed < 0:
            if passed < 0:  # nobody has asked for six days
                passed += _TICKS_PERIOD
            self._now += passed // 1000
            self._ticks = ticks_add(ticks, -(passed % 1000))
        return self._now

    def tick(self):
        """Called about once a second by whoever serves: drops what has ended, writes what has begun."""
        now = self.now()
        if self.unsaved or (now & _PURGE == 0 and self.sessions):
            borrow("windup.sessions", "purge", self)

    def lives(self, session, now):
        """Whether `session` has not ended at `now`."""
        return (
            now - session.seen < self.settings["idle"]
            and now - session.since < self.settings["absolute"]
        )

    # Requests. These functions, too, keep to eleven words of variables and stack (see `connection`)

    def who(self, request):
        """Who sent `request`, found out once for it, and at once: what `identify` does not know stands in flash, which is read.

        `None`: a password has to be looked at. HTTPError: as `identify`.
        """
        connection = request.connection
        who = connection.who
        if who is None:
            who = self.identify(request)
            if who is None:
                if request.head.get(_AUTHORIZATION) is None:
                    who = borrow("windup.remember", "resume", self, request)
                else:
                    from .credentials import look_up

                    who = look_up(self, request)
            connection.who = who
            connection.used |= 1
        return who

    def identify(self, request):
        """Who sent `request`: a `Session`, whose `user` is `None` where nobody has logged in.

        Its `secret` is `None` where the client has no session: with credentials of its own, or nothing at all. Where
        flash has to be read first, or a password looked at, which takes time, and a chip's stack, it is `None`: see
        `windup.guard`.

        Raises:
            HTTPError: 401: credentials that are wrong; 403: another site's page sent it; 429: too many wrong ones.
        """
        head = request.head
        if head.get(_AUTHORIZATION) is not None:
            return self._by_credentials(request)
        who = session_of(self, request)
        if who is None:
            return self._by_browser(head)
        if head.method > _METHOD_HEAD or head.flags & _WEBSOCKET:
            self.check_origin(request, who.secret)
        return who

    def _by_credentials(self, request):
        from .credentials import identify

        return identify(self, request)

    def _by_browser(self, head):
        cookie = head.get(tok.COOKIE)
        if cookie is None or b"remember=" not in cookie or not self.settings["remember"]:
            return NOBODY
        return None

    def check_origin(self, request, secret):
        """HTTPError 403: another site's page sent `request`: see `windup.csrf.check`."""
        from .csrf import check

        check(self, request, secret)

    def __getattr__(self, name):
        # What is done now and then. Each method would cost heap for ever
        for part, names in _BORROWED:
            if name in names:
                return lambda *args: borrow("windup." + part, name, self, *args)
        raise AttributeError(name)


def session_of(auth, request):
    """The session that `request` has the cookie of; `None`: there is none, or it has ended."""
    secure = request.connection.secure
    session = keyhash.holder(auth.sessions, request.head, SECURE if secure else PLAIN)
    if session is None:
        if auth.hashed:
            session = borrow("windup.session_file", "find", auth, request)
        if session is None:
            return None
    now = auth._now
    if not 0 <= ticks_diff(ticks_ms(), auth._ticks) < 1000:
        now = auth.now()
    if session.seen != now:  # else it has come in this very second, and lived
        if not auth.lives(session, now):
            auth.drop(session)
            return None
        session.seen = now
    return session


def address(request):
    """The client's address, a `str`."""
    peer = request.peer
    return "" if peer is None else str(peer[0])


def _nobody_listens(name, data):
    pass
