"""Users, in `users.json`: `{"NAME": {"hash": HASH, "roles": ["admin"]}}`; who is there. `user_changes` writes it.

A hash is text, `pbkdf2-sha256:ITERATIONS:SALT:KEY`, the last two hexadecimal.

What is wrong in the file is logged and left out: nobody gets in by it.
"""

from binascii import unhexlify

from modcore import log
from modcore.port import const

from .auth import User

BORROWED = ("modcore.jsonfile",)

KIND = "pbkdf2-sha256"
_MOST_ITERATIONS = const(10000000)


def find(auth, name):
    """Roles, iterations, salt and key of the user `name`, or `None`; and the most iterations that anybody's hash takes."""
    from modcore.jsonfile import exists

    why = "The users cannot be read; the device's log says why"
    try:
        raw, path = _read(auth.folder)
        broken = not raw and exists(path)
    except MemoryError:
        why = "There is no memory to read the users just now; try again"
        broken = True
    if broken:
        from .response import HTTPError

        raise HTTPError(503, why, (("Retry-After", "5"),))
    found = None
    most = auth.settings["iterations"]
    for each in raw:
        try:
            parts = raw[each]["hash"].split(":", 2)
            most = max(most, min(int(parts[1]), _MOST_ITERATIONS))
            if each == name:
                found = (roles_of(raw[each]["roles"]),) + parsed(raw[each]["hash"])
        except Exception:  # whatever somebody wrote there
            _complain(path, each)
    return found, most


def users(auth):
    """The users' roles by name."""
    from modcore.jsonfile import read  # not by `_read`: flash takes what is left of the stack

    path = auth.folder + "/users.json"
    raw = read(path)[0]
    known = {}
    for name in raw:
        try:
            parsed(raw[name]["hash"])
            known[name] = roles_of(raw[name]["roles"])
        except Exception:
            _complain(path, name)
    return known


def user_of(auth, name):
    """The `User` called `name`, or `None`."""
    from modcore.jsonfile import read  # not by `users`, as there

    path = auth.folder + "/users.json"
    item = read(path)[0].get(name)
    if item is not None:
        try:
            parsed(item["hash"])
            return User(name, roles_of(item["roles"]))
        except Exception:  # whatever somebody wrote there
            _complain(path, name)
    return None


def _complain(path, name):
    log.get("auth").error(
        '%s: %s: expected {"hash": "pbkdf2-sha256:…", "roles": […]}; nobody logs in so. Set the password anew',
        path,
        name,
    )


def roles_of(roles):
    """`roles` as a tuple of `str`. ValueError: it is something else."""
    if type(roles) is str or not all(type(role) is str and role and role != "*" for role in roles):
        raise ValueError('roles: expected names such as ("admin",), found %r' % (roles,))
    return tuple(roles)


def _read(folder):
    from modcore.jsonfile import read

    path = folder + "/users.json"
    return read(path)[0], path


def parsed(text):
    """Iterations, salt and key of the hash `text`. ValueError: it is none."""
    kind, iterations, salt, key = text.split(":")
    iterations = int(iterations)
    salt, key = unhexlify(salt), unhexlify(key)
    if kind != KIND or not 1 <= iterations <= _MOST_ITERATIONS or len(salt) < 8 or len(key) != 32:
        raise ValueError
    return iterations, salt, key
