"""Users and tokens of a device as its files have them, made by somebody else than the device."""

import hashlib
import hmac
import json
import os

PASSWORD = "correct horse"

ROLES = {"ann": ["admin", "user"], "bob": ["user"], "eve": []}


def hashed(password, iterations):
    """A password's hash as `users.json` has it."""
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    return f"pbkdf2-sha256:{iterations}:{salt.hex()}:{key.hex()}"


def users():
    """A `users.json` with the users of `ROLES`, who all have the password `PASSWORD`."""
    return json.dumps(
        {name: {"hash": hashed(PASSWORD, 1000), "roles": ROLES[name]} for name in ROLES}
    )


def tokens():
    """A `tokens.json` with a token for each of `ROLES`, and the tokens by those names."""
    content, given = {}, {}
    for name, roles in ROLES.items():
        secret = os.urandom(16).hex()
        digest = hmac.new(b"", secret.encode(), "sha256").hexdigest()
        content[name] = {"hash": digest, "roles": roles}
        given[name] = f"{name}.{secret}"
    return json.dumps(content), given
