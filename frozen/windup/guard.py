"""Who may do what: guards around handlers and around whole mounts.

A route without roles has no guard, and costs nothing. A guard lets a user pass who has one of its roles; `*` is anybody who
has logged in. Who has not is sent to the login page, or told 401; who lacks the role is told 403.
"""

from modcore.borrow import borrow


def guarded(handler, roles, fresh=False):
    """A handler that calls `handler` for users with one of `roles`, a tuple of `str`.

    Args:
        fresh: whether the user must have typed the password lately (`fresh` in `etc/auth.json`), as for what is dangerous.

    Raises:
        TypeError: `roles` is no tuple of names, or empty.
    """
    if type(roles) not in (tuple, list) or not roles:
        raise TypeError('roles: expected a tuple such as ("admin",), found %r' % (roles,))

    rule = (tuple(roles), fresh)

    def check(request, *args):
        if passes(request, rule):
            return handler(request, *args) if args else handler(request)
        return borrow("windup.refusal", "refuse", handler, rule, request, args)

    return check


def passes(request, rule):
    """Whether who sent `request` has one of `rule[0]`, and lately typed the password if `rule[1]` is true."""
    # As `Auth.who`, without its frame: a chip's stack is short, and who has a token is looked up below here
    connection = request.connection
    who = connection.who
    if who is None:
        auth = request.app.auth
        if auth is None:
            return False
        who = connection.who = auth.identify(request)
        connection.used |= 1
        if who is None:
            return False
    if who.user is None or not _has(who.user.roles, rule[0]):
        return False
    return not rule[1] or _lately(request.app.auth, who)


def _has(mine, roles):
    for role in roles:
        if role in mine or role == "*":
            return True
    return False


def _lately(auth, who):
    return who.proved >= 0 and auth.now() - who.proved < auth.settings["fresh"]


def __getattr__(name):
    if name == "Guard":
        from .closed import Guard

        return Guard
    raise AttributeError(name)
