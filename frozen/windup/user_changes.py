"""Changes of users. Methods of `windup.auth.Auth`; see `users` for the file.

It is written as configuration is (see `modcore.jsonfile`), and where somebody loses something, its backup too: what is
fallen back on opens nothing.
"""

from binascii import hexlify
from os import urandom

from modcore.port import const

from .auth import User, keyhash
from .users import KIND, find, parsed, roles_of

BORROWED = ("modcore.jsonfile", "modcore.schema", "windup.users")

ADMIN = "admin"  # the role that somebody must have

_LONGEST = const(128)  # bytes of a password
_SHORTEST = const(8)  # characters of a new one


def add_user(auth, name, password, roles=()):
    """Add a user.

    Args:
        name: 1 to 32 of a-z, 0-9, _ and -, a letter first.
        password: from 8 characters to 128 bytes, a `str`; or its hash, from `windup.passwords.hashed_in_slices`.
        roles: names of what it may do; `admin` is the one that somebody must have.

    Raises:
        ValueError: the name is taken, something is not as said above, or the file cannot be read.
        OSError: the file system is full or missing.
    """
    from modcore.schema import check_id

    check_id(name, "user")
    raw = _to_change(auth.folder)
    if name in raw:
        raise ValueError("there is a user %s already; use set_password" % name)
    raw[name] = {"hash": _hash(auth, password), "roles": list(roles_of(roles))}
    _write(auth.folder, raw)
    auth.fire("auth.changed", {"user": name})


def remove_user(auth, name):
    """Remove a user, who is logged out everywhere.

    Raises:
        ValueError: there is none, or nobody would be left who is an admin.
        OSError: as `add_user` says.
    """
    raw = _to_change(auth.folder)
    _known(raw, name)
    _keep_an_admin(raw.pop(name), raw, name)
    _write(auth.folder, raw, True)
    auth.user_changed(name)


def set_password(auth, name, password):
    """Give a user another password; logged in with the old one it is no more. Raises what `add_user` does."""
    raw = _to_change(auth.folder)
    _known(raw, name)
    text = _hash(auth, password)
    item = raw[name]
    raw[name] = {"hash": text, "roles": item.get("roles", []) if type(item) is dict else []}
    _write(auth.folder, raw, True)
    auth.user_changed(name)


def set_roles(auth, name, roles):
    """Give a user other roles, from its next request on. Raises what `remove_user` does."""
    raw = _to_change(auth.folder)
    _known(raw, name)
    roles = roles_of(roles)
    before = raw[name]
    if type(before) is not dict:
        raise ValueError("user %s is broken; use set_password first" % name)
    raw[name] = {"hash": before.get("hash"), "roles": list(roles)}
    _keep_an_admin(before, raw, name)
    _write(auth.folder, raw, True)
    auth.user_changed(name, User(name, roles))


def replace_hash(auth, name, before, text):
    """Have `text` in the place of the hash that `passwords.parsed` gave `before` of, if that is there still."""
    found, _ = find(auth, name)
    if found is not None and found[1:] == before:
        raw = _to_change(auth.folder)
        raw[name]["hash"] = text.decode()
        _write(auth.folder, raw)


def _known(raw, name):
    if name not in raw:
        raise ValueError("there is no user %s; known are %s" % (name, ", ".join(sorted(raw))))


def _hash(auth, password):
    if isinstance(password, bytes):
        text = password.decode()
        parsed(text)
        return text
    return hashed(password, auth.settings["iterations"])


def _keep_an_admin(before, raw, name):
    if _is_admin(before) and not any(_is_admin(item) for item in raw.values()):
        raise ValueError("%s is the last admin; make another one first" % name)


def _is_admin(item):
    return type(item) is dict and ADMIN in (item.get("roles") or ())


def _to_change(folder):
    # What is to be written again: not the little that is left when the file cannot be read
    from modcore.jsonfile import exists, read

    path = folder + "/users.json"
    raw, source = read(path)
    if source != path and exists(path):
        raise ValueError("%s cannot be used, the log says why; mend or remove it first" % path)
    return raw


def _write(folder, raw, less=False):
    from modcore.jsonfile import exists, write

    path = folder + "/users.json"
    write(path, raw, path if exists(path) else None)
    if less:
        write(path, raw, path)  # once more: the backup gave somebody what is taken now


def hashed(password, iterations):
    """The hash of a new password, a `str`, at one go: for the console, where nobody waits.

    Raises:
        ValueError: it is too short or too long.
    """
    encoded = password.encode()
    if len(password) < _SHORTEST or len(encoded) > _LONGEST:
        raise ValueError("a password has %d characters to %d bytes" % (_SHORTEST, _LONGEST))
    salt = urandom(16)
    work = keyhash.Pbkdf2(encoded, salt)
    work.step(iterations - 1)
    return as_text(iterations, salt, work.key())


def as_text(iterations, salt, key):
    """A hash as it is kept."""
    salt, key = str(hexlify(salt), "ascii"), str(hexlify(key), "ascii")
    return "%s:%d:%s:%s" % (KIND, iterations, salt, key)
