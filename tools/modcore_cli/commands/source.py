"""`modcore source`: MicroPython's source tree."""

from pathlib import Path
from typing import Annotated

import typer

from ..micropython import VERSION
from ..micropython.fetch import fetch


def register(parent):
    """Add the command to `parent`."""
    parent.command()(source)


def source(
    target: Annotated[Path, typer.Argument(help="Where the tree goes.")] = Path(
        "build/micropython"
    ),
    directory: Annotated[Path | None, typer.Option(help="Use this tree.")] = None,
    tarball: Annotated[Path | None, typer.Option(help="Unpack this tarball.")] = None,
):
    """Get MicroPython's source: yours, the one fetched before, by git, or by Debian's apt.

    Example: `modcore source --tarball ~/micropython-1.26.1.tar.xz`
    """
    print(f"MicroPython {VERSION}: {fetch(target, directory, tarball)}")
