"""Passwords: PBKDF2-HMAC-SHA256 (RFC 8018), in slices of a few milliseconds between which others are served."""

import gc
from os import urandom

from modcore import log
from modcore.borrow import borrow, forget
from modcore.port import const
from modcore.turns import sleep_ms

from .auth import User, keyhash

_SLICE = const(64)  # iterations: 6 ms on an ESP8266
LONGEST = 128  # bytes of a password
_LONGEST_NAME = const(33)  # characters: one more than a user's name may have
_WAITING = const(8)  # clients whose turn has not come


async def turn(auth):
    """Wait until nobody else's password is looked at. HTTPError 503: too many wait already."""
    if auth.waiting >= _WAITING:
        from .response import HTTPError

        raise HTTPError(503, "Too many log in at once", (("Retry-After", "2"),))
    auth.waiting += 1
    try:
        while auth.busy:
            await sleep_ms(20)
    finally:
        auth.waiting -= 1


async def check(auth, address, name, password):
    """The `windup.auth.User` called `name`, if `password`, `bytes`, is right; else `None`.

    A wrong name takes as long as a wrong password. One is looked at after the other, whoever sends them.

    Raises:
        HTTPError: 429: there were too many wrong ones; 503: too many wait already.
    """
    await turn(auth)
    name = name[:_LONGEST_NAME]
    borrow("windup.throttle", "enter", auth, address, name)
    auth.busy = True
    try:
        # A small heap is full of what earlier requests have needed: that comes again when it is asked for
        for part in ("session", "csrf", "credentials"):
            forget("windup." + part)
        gc.collect()
        user, is_known = await _check(auth, name, password)
    finally:
        auth.busy = False
    if user is None:
        # What is no name of anybody may well be a password, typed into the wrong field
        name = name if is_known else None
        auth.fire("auth.failed", {"peer": address, "user": name})
        log.get("auth").warning("wrong password from %s for %s", address, name or "an unknown name")
    else:
        borrow("windup.throttle", "succeeded", auth, address, name)
    return user


async def _check(auth, name, password):
    found, most = borrow("windup.users", "find", auth, name)
    roles, iterations, salt, key = found or (None, most, auth.key, b"")
    work = keyhash.Pbkdf2(password[:LONGEST], salt)
    await _step(work, iterations - 1)
    good = keyhash.equal(work.key(), key)
    await _step(work, most - iterations)  # an older hash shall not tell who has one
    if not good or len(password) > LONGEST:
        return None, found is not None
    if iterations < auth.settings["iterations"]:
        await _raise_cost(auth, name, password, found[1:])
    return User(name, roles), True


async def _raise_cost(auth, name, password, before):
    text = await hashed_in_slices(password, auth.settings["iterations"])
    try:
        borrow("windup.user_changes", "replace_hash", auth, name, before, text)
    except (OSError, MemoryError) as exc:
        log.get("auth").warning("the password of %s keeps its old hash: %s", name, exc)


async def _step(work, iterations):
    while iterations > 0:
        work.step(min(iterations, _SLICE))
        iterations -= _SLICE
        await sleep_ms(0)


async def hashed_in_slices(password, iterations):
    """The hash of `password`, `bytes`, for `windup.user_changes.add_user`, while others are served."""
    salt = urandom(16)
    work = keyhash.Pbkdf2(password, salt)
    await _step(work, iterations - 1)
    return borrow("windup.user_changes", "as_text", iterations, salt, work.key()).encode()
