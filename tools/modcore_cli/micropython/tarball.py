"""MicroPython's source from a tarball."""

import copy
import hashlib
import tarfile

from . import TARBALL_SHA256, VERSION, Unavailable
from .version import tree_version

# Debian 12's Python is older than the filters; what it unpacks is checked by its SHA-256 all the same.
_SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def unpack(path, folder):
    """Unpack the tarball `path` so that its top folder becomes `folder`, which is empty.

    The pinned tarball is known by its SHA-256. Another one, such as `git archive` of the tag makes (its bytes
    depend on the git that made it), counts when the tree inside states the version.
    """
    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with tarfile.open(path) as tar:
            tar.extractall(folder, members=_below_top(tar), **_SAFELY)
    except (OSError, tarfile.TarError) as exc:
        raise Unavailable(f"{path}: {exc}") from None
    if digest == TARBALL_SHA256:
        return f"tarball {path}, SHA-256 as pinned"
    found = tree_version(folder)
    if found != VERSION:
        raise Unavailable(f"{path} holds {f'version {found}' if found else 'no MicroPython'}")
    return f"tarball {path}, not the pinned one, but its version is {VERSION} (SHA-256 {digest})"


def _below_top(tar):
    # A release tarball has one folder at its top, `git archive` without --prefix none.
    members = tar.getmembers()
    tops = {member.name.partition("/")[0] for member in members}
    if len(tops) > 1:
        yield from members
        return
    for member in members:
        inside = member.name.partition("/")[2]
        if inside:
            member = copy.copy(member)
            member.name = inside
            if member.islnk():
                member.linkname = member.linkname.partition("/")[2]
            yield member
