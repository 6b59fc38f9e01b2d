"""The C module `keyhash` once more, for CPython; no firmware has it. See firmware/usermods/keyhash."""

import hashlib
import hmac as _hmac

from . import tok

equal = _hmac.compare_digest


def hmac(key, message):
    """HMAC-SHA256 of `message`, 32 bytes."""
    return _hmac.digest(key, message, "sha256")


def holder(holders, cookies, name):
    """The one of the list `holders` whose attribute `secret` the cookie `name` has, or `None`.

    `cookies` is a `tok.Head` with the field Cookie, or without; or that field's value.
    """
    if not isinstance(cookies, bytes):
        cookies = cookies.get(tok.COOKIE) or b""
    for cookie in cookies.split(b";"):
        cookie = cookie.lstrip(b" ")
        if cookie.startswith(name):
            value = cookie[len(name) :]
            number = (value[0] & 15) << 4 | value[1] & 15 if len(value) > 1 else len(holders)
            if number < len(holders) and holders[number] is not None:
                secret = holders[number].secret
                if equal(secret, value[2 : 2 + len(secret)]):
                    return holders[number]
            break
    return None


class Pbkdf2:
    """Block `index` of a key that PBKDF2-HMAC-SHA256 makes, after one iteration."""

    def __init__(self, password, salt, index=1):
        if index < 1:
            raise ValueError("index: expected 1 or more")
        self._hash = _hmac.new(password, digestmod=hashlib.sha256)
        self._last = self._next(bytes(salt) + index.to_bytes(4, "big"))
        self._sum = int.from_bytes(self._last, "big")

    def _next(self, message):
        hash = self._hash.copy()
        hash.update(message)
        return hash.digest()

    def step(self, iterations):
        """Do as many more iterations."""
        if iterations < 0:
            raise ValueError("iterations: expected 0 or more")
        for _ in range(iterations):
            self._last = self._next(self._last)
            self._sum ^= int.from_bytes(self._last, "big")

    def key(self):
        """The block after the iterations that were done, 32 bytes."""
        return self._sum.to_bytes(32, "big")
