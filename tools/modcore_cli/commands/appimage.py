"""`modcore appimage`: the HOST program as an image that fits an app slot."""

from pathlib import Path
from typing import Annotated

import typer

from .. import app_image, firmware_version
from ..micropython import VERSION
from ..source_date import source_date


def register(parent):
    """Add the command to `parent`."""
    parent.command()(appimage)


def appimage(
    elf: Annotated[Path, typer.Argument(help="The program, an ELF file.")],
    out: Annotated[Path, typer.Argument(help="App image to write.")],
    version: Annotated[str, typer.Option(help="Instead of the version in frozen/modcore.")] = "",
):
    """Wrap the HOST program in Espressif's app image format.

    Example: `modcore appimage build/HOST/64/firmware.elf build/HOST/64/app.bin`
    """
    version = version or firmware_version.read()
    when = source_date()
    out.write_bytes(app_image.wrap(elf.read_bytes(), version, when, f"MicroPython {VERSION}"))
