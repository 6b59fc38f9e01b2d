"""`modcore size`: how full the flash is."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .. import littlefs_image
from .. import partition_table as pt
from ..problem import Problem

_APP_SPARE = 64 * 1024  # the next version must fit the same slot


def register(parent):
    """Add the command to `parent`."""
    parent.command()(size)


def size(
    partitions: Annotated[Path, typer.Argument(help="Partition table as CSV.")],
    app: Annotated[Path, typer.Option(help="App image.")],
    www: Annotated[Path, typer.Option(help="Image of /www and /etc.")],
    frozen: Annotated[Path | None, typer.Option(help="Folder of frozen .mpy files.")] = None,
):
    """Show images against their partitions, and what each frozen package takes.

    Fails when an app slot has less than 64 KiB to spare.

    Example: `modcore size boards/ESP32_PSRAM/partitions.csv --app app.bin --www www.img`
    """
    table = pt.read_csv(partitions)
    slot = next(part for part in table if part.is_app)
    taken = {
        slot: app.stat().st_size,
        pt.find(table, "www_0"): littlefs_image.used(www.read_bytes()),
    }
    view = Table("partition", "bytes", "of", "spare")
    for part, used in taken.items():
        view.add_row(part.name, f"{used:,}", f"{part.size:,}", f"{part.size - used:,}")
    console = Console()
    console.print(view)
    if frozen and frozen.is_dir():
        console.print(_frozen_view(frozen))
    spare = slot.size - taken[slot]
    if spare < _APP_SPARE:
        raise Problem(
            f"{slot.name} has {spare:,} bytes to spare; {_APP_SPARE:,} are wanted for the versions to come",
            "Leave out a feature group in the board's manifest.py.",
        )


def _frozen_view(folder):
    packages = {}
    for path in folder.rglob("*.mpy"):
        name = path.relative_to(folder).parts[0].removesuffix(".mpy")
        packages[name] = packages.get(name, 0) + path.stat().st_size
    view = Table("frozen", "bytes of bytecode")
    for name, used in sorted(packages.items(), key=lambda item: -item[1]):
        view.add_row(name, f"{used:,}")
    view.add_row("all", f"{sum(packages.values()):,}")
    return view
