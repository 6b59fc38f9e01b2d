"""What the figures were measured with: counts of instructions hold for one compiler and one libc."""

import os
import subprocess

from modcore_cli.micropython import VERSION

from . import peers


def tools():
    """Compiler, libc, MicroPython and measuring tools: their versions by name."""
    return compiled_by() | {
        "MicroPython": VERSION,
        "valgrind": _first_line("valgrind", "--version").removeprefix("valgrind-"),
        "strace": _first_line("strace", "--version").rpartition(" ")[2],
        "wrk": _first_line("wrk", "--version").split(" ")[1],
    }


def compiled_by():
    """Compiler and libc: where they differ, so do the counts."""
    return {
        "compiler": _first_line("gcc", "--version"),
        "libc": os.confstr("CS_GNU_LIBC_VERSION"),
    }


def packages():
    """Versions of what comes from the package index, by name."""
    return peers.versions()


def commit():
    """The commit that was measured; a `+` after it: with changes."""
    return _first_line("git", "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*")


def _first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0]
