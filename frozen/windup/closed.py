"""`windup.guard.Guard`: a mount that only some users get into."""

from . import tok
from .guard import guarded


class Guard:
    """A content generator that only users with one of `roles` get to; for `WindUp.mount`.

    It does not tell others what there is: a path that does not exist is refused like one that does.
    """

    def __init__(self, generator, roles, fresh=False):
        self._generator = generator
        self._check = guarded(self._ask, roles, fresh)

    def handle(self, request):
        if request.body_pending:
            if _takes_the_body(request):
                return request.later(self._check)
            auth = request.app.auth
            if auth is not None:
                auth.who(request)  # at once: while the guard looked, nobody would read the body
        return self._check(request)

    def _ask(self, request):
        result = self._generator.handle(request)
        if result is None:
            from .response import HTTPError

            raise HTTPError(404, "Nothing is here")
        return result


def _takes_the_body(request):
    # Whether it is not known who sent it before the body is there: an old client's token against forgery stands in
    # it, and while a password is looked at nobody reads it
    head = request.head
    value = head.get(tok.AUTHORIZATION)
    if value is not None:
        return value[:6].lower() == b"basic "
    return (
        head.get(tok.COOKIE) is not None
        and head.get(tok.ORIGIN) is None
        and head.get("sec-fetch-site") is None
    )
