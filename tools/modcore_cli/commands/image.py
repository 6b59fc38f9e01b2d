"""`modcore image`: file system images, ready for their partition."""

from pathlib import Path
from typing import Annotated

import typer

from .. import image_content, littlefs_image
from .. import partition_table as pt
from ..source_date import source_date

app = typer.Typer(
    no_args_is_help=True, help="Build littlefs images for the www and vfs partitions."
)

Csv = Annotated[Path, typer.Option(help="Partition table: gives the image its size.")]
Etc = Annotated[list[Path] | None, typer.Option(help="Configuration folder; later ones win.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="FILE.KEY=VALUE, such as windup.port=9000.")
]
Out = Annotated[Path, typer.Argument(help="Image to write.")]


def register(parent):
    """Add the command to `parent`."""
    parent.add_typer(app, name="image")


@app.command()
def www(
    out: Out,
    partitions: Csv,
    assets: Annotated[Path, typer.Option(help="Document root.")] = Path("www_fs"),
    etc: Etc = None,
    overrides: Set = None,
):
    """The read-only image of an app slot: `/www` and the factory configuration `/etc`.

    Example: `modcore image www www.img --partitions boards/ESP32_PSRAM/partitions.csv --etc etc`
    """
    files = image_content.compressed(image_content.tree(assets, "/www"))
    files = image_content.tagged(files, "/www")
    files |= image_content.configuration(etc or (), overrides or ())
    _write(out, files, partitions, "www_0")


@app.command()
def vfs(
    out: Out,
    partitions: Csv,
    files: Annotated[Path | None, typer.Option(help="Folder to copy to /.")] = None,
    etc: Etc = None,
    overrides: Set = None,
):
    """A prepared read-write file system: the user's files and configuration, laid over the factory's.

    Example: `modcore image vfs vfs.img --partitions boards/ESP32_PSRAM/partitions.csv --etc my_etc`
    """
    content = image_content.tree(files, "") if files else {}
    content |= image_content.configuration(etc or (), overrides or ())
    _write(out, content, partitions, "vfs")


def _write(out, files, partitions, name):
    size = pt.find(pt.read_csv(partitions), name).size
    image = littlefs_image.build(files, size, source_date())
    out.write_bytes(image)
    taken = littlefs_image.used(image)
    print(f"{len(files)} files, {taken // 1024} of {size // 1024} KiB")
