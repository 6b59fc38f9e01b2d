"""Brings MicroPython's source to one place, from the first of its sources that this machine can reach."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from ..problem import Problem
from . import GIT_TAG, VERSION, Unavailable, debian, git, tarball
from .version import tree_version


def fetch(target, directory=None, archive=None):
    """Make the tree at `target` MicroPython's release.

    Order: what the user gives, the tree that is there, git, Debian's source package. A new tree is unpacked
    beside `target` and renamed, so that an interrupted download never counts as a tree.

    Args:
        target: folder of the tree; a link to `directory` when that is given.
        directory: the user's own tree, or None.
        archive: the user's own tarball, or None.

    Returns:
        One line that says where the tree came from.

    Raises:
        Problem: what was tried, what was found, what to do.
    """
    target = Path(target)
    if directory:
        return _use_directory(target, Path(directory).resolve())
    if archive:
        given = [("MICROPYTHON_TARBALL", lambda folder: tarball.unpack(archive, folder))]
        return _first_of(given, target)
    found = tree_version(target)
    if found == VERSION:
        return "as fetched before"
    ways = [("git", git.clone), ("Debian's source package", debian.download)]
    return _first_of(ways, target, [f"{target}: version {found}"] if found else [])


def _use_directory(target, directory):
    found = tree_version(directory)
    if found != VERSION:
        what = f"is MicroPython {found}" if found else "is not a MicroPython source tree"
        raise Problem(f"MICROPYTHON_DIR: {directory} {what}", f"MicroPython {VERSION} is needed.")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.resolve() != directory:
        _remove(target)
        target.symlink_to(directory)
    return f"your tree {directory}"


def _first_of(ways, target, tried=()):
    tried = list(tried)
    target.parent.mkdir(parents=True, exist_ok=True)
    for name, get in ways:
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            where = get(beside)
            found = tree_version(beside)
            if found != VERSION:
                raise Unavailable(f"version {found} instead of {VERSION}")
            beside.chmod(0o755)
            _remove(target)
            os.rename(beside, target)
            return where
        except Unavailable as exc:
            tried.append(f"{name}: {exc}")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    raise Problem(
        f"MicroPython {VERSION} is not to be had here. Tried:"
        + "".join(f"\n  - {line}" for line in tried),
        f"Get the source of {GIT_TAG} on another machine, and say where it is:\n"
        "  make MICROPYTHON_DIR=/path/to/micropython …          an unpacked tree\n"
        "  make MICROPYTHON_TARBALL=/path/to/micropython.tar.xz …  a tarball of it",
    )


def _remove(target):
    if target.is_symlink():
        target.unlink()
    elif target.exists():
        # Renamed first, so that a removal cut short leaves no half tree at `target`.
        away = tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent)
        with contextlib.suppress(FileNotFoundError):
            os.rename(target, Path(away) / "tree")
        shutil.rmtree(away, ignore_errors=True)
