"""Symbolic links, which only CPython's file systems have: the file systems of a device know none."""

from os.path import realpath, sep


def leaves(root, path):
    """Whether `path` leads out of the folder `root` by a link."""
    return not realpath(path).startswith(realpath(root or sep).rstrip(sep) + sep)
