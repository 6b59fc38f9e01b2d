"""`modcore flash-file`: the flash chip of HOST."""

from pathlib import Path
from typing import Annotated

import typer

from .. import flash_file as chip
from .. import partition_table as pt


def register(parent):
    """Add the command to `parent`."""
    parent.command("flash-file")(flash_file)


def flash_file(
    path: Annotated[Path, typer.Argument(help="Flash file to make or update.")],
    partitions: Annotated[Path, typer.Option(help="Partition table as CSV.")],
    app: Annotated[Path, typer.Option(help="App image.")],
    www: Annotated[Path, typer.Option(help="Image of /www and /etc.")],
    vfs: Annotated[
        Path | None, typer.Option(help="Read-write file system, new files only.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start anew; data is lost.")] = False,
    flash_mib: Annotated[int, typer.Option(help="Size of a new flash chip, MiB.")] = 4,
):
    """Make HOST's flash file, or bring the app and www that boot up to date and keep the rest.

    Example: `modcore flash-file flash.bin --partitions P.csv --app app.bin --www www.img`
    """
    table = pt.read_csv(partitions)
    if fresh or not path.exists():
        prepared = vfs.read_bytes() if vfs else None
        size = flash_mib * 1024 * 1024
        chip.create(path, table, size, app.read_bytes(), www.read_bytes(), prepared)
        print(f"new flash chip {path}")
        return
    done = chip.update(path, table, app.read_bytes(), www.read_bytes())
    print("; ".join(done) or f"{path} is up to date")
