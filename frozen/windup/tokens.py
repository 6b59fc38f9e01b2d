"""Tokens for programs (RFC 6750), in `tokens.json`: `{"NAME": {"hash": "…", "roles": ["admin"]}}`. Methods of `Auth`.

A token is `NAME.` and 128 random bits in hexadecimal. The file has their HMAC-SHA256: nobody can guess what is random.
"""

from binascii import hexlify
from os import urandom

from modcore import log

from .auth import User, keyhash

BORROWED = ("modcore.jsonfile", "modcore.schema")

_MOST = 16


def add_token(auth, name, roles):
    """Make a token, and return it, a `str`: it is told only now.

    Args:
        name: 1 to 32 of a-z, 0-9, _ and -, a letter first; its user is called `token:NAME`.
        roles: what programs may do that have it, as a user's.

    Raises:
        ValueError: the name is taken, something is not as said above, or there are 16 tokens already.
        OSError: the file system is full or missing.
    """
    from modcore.schema import check_id

    check_id(name, "token")
    if type(roles) is str or not all(type(role) is str and role and role != "*" for role in roles):
        raise ValueError('roles: expected names such as ("admin",), found %r' % (roles,))
    raw = _to_change(auth)
    if name in raw:
        raise ValueError("there is a token %s already; remove it first" % name)
    if len(raw) >= _MOST:
        raise ValueError("there are %d tokens; remove one first" % _MOST)
    secret = hexlify(urandom(16))
    raw[name] = {"hash": str(hexlify(keyhash.hmac(b"", secret)), "ascii"), "roles": list(roles)}
    _write(auth, raw)
    auth.fire("auth.changed", {"user": "token:" + name})
    return "%s.%s" % (name, str(secret, "ascii"))


def remove_token(auth, name):
    """Revoke a token. Raises ValueError: there is none; OSError as `add_token`."""
    raw = _to_change(auth)
    if name not in raw:
        raise ValueError("there is no token %s; known are %s" % (name, ", ".join(sorted(raw))))
    del raw[name]
    _write(auth, raw)
    _write(auth, raw)  # once more: the backup had it
    auth.known = None
    auth.fire("auth.changed", {"user": "token:" + name})


def tokens(auth):
    """The tokens' roles by name."""
    raw = _read(auth)
    return {name: tuple(_checked(raw, name)[1]) for name in raw if _checked(raw, name)}


def user_of(auth, token):
    """The `User` that the `token` of a client, `bytes`, stands for, or `None`."""
    try:
        name, secret = str(token, "ascii").rsplit(".", 1)
    except ValueError:
        return None
    from modcore.jsonfile import read  # not by `_read`: flash takes what is left of the stack

    found = _checked(read(auth.folder + "/tokens.json")[0], name)
    if found is None or not keyhash.equal(hexlify(keyhash.hmac(b"", secret.encode())), found[0]):
        return None
    return User("token:" + name, found[1])


def _checked(raw, name):
    # Hash and roles; what is wrong in the file opens nothing
    item = raw.get(name)
    try:
        if item is None:
            return None
        hash, roles = item["hash"].encode(), tuple(item["roles"])
        if len(hash) == 64 and all(type(role) is str for role in roles):
            return hash, roles
    except Exception:  # whatever somebody wrote there
        pass
    log.get("auth").error(
        "tokens.json: %s: expected hash and roles; remove the token, and make a new one", name
    )
    return None


def _read(auth):
    from modcore.jsonfile import read

    return read(auth.folder + "/tokens.json")[0]


def _to_change(auth):
    # What is to be written again: not the little that is left when the file cannot be read
    from modcore.jsonfile import exists, read

    path = auth.folder + "/tokens.json"
    raw, source = read(path)
    if source != path and exists(path):
        raise ValueError("%s cannot be used, the log says why; mend or remove it first" % path)
    return raw


def _write(auth, raw):
    from modcore.jsonfile import exists, write

    path = auth.folder + "/tokens.json"
    write(path, raw, path if exists(path) else None)
