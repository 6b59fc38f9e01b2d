"""A guard for tests of routes: whoever says `Role: NAME` has that role."""

import sys

from windup import HTTPError


def guarded(handler, roles):
    def guard(request, *args):
        _check(request, roles)
        return handler(request, *args)

    return guard


class Guard:
    def __init__(self, generator, roles):
        self._generator = generator
        self._roles = roles

    def handle(self, request):
        _check(request, self._roles)
        result = self._generator.handle(request)
        if result is None:
            raise HTTPError(404, "Nothing is here")
        return result


def _check(request, roles):
    role = request.header("role")
    if role is None:
        raise HTTPError(401, "Log in", (("WWW-Authenticate", "Basic"),))
    if role not in roles and "*" not in roles:
        raise HTTPError(403, "Not yours")


class InPlace:
    """As a context manager: `windup.guard` is this module."""

    def __enter__(self):
        self._before = sys.modules.get("windup.guard")
        sys.modules["windup.guard"] = sys.modules[__name__]

    def __exit__(self, *exc):
        if self._before is None:
            del sys.modules["windup.guard"]
        else:
            sys.modules["windup.guard"] = self._before
