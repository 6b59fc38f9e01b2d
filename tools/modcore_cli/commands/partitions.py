"""`modcore partitions`: CSV to Espressif's binary partition table, and back to something to read."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .. import partition_table as pt

app = typer.Typer(no_args_is_help=True, help="Build, check and read partition tables.")


def register(parent):
    """Add the command to `parent`."""
    parent.add_typer(app, name="partitions")


@app.command()
def build(
    csv: Annotated[Path, typer.Argument(help="Partition table as CSV.")],
    out: Annotated[Path, typer.Argument(help="Binary table to write.")],
    flash_mib: Annotated[int, typer.Option(help="Size of the flash chip, MiB.")] = 4,
):
    """Check a CSV and write the binary table.

    Example: `modcore partitions build boards/ESP32_PSRAM/partitions.csv partitions.bin`
    """
    table = pt.read_csv(csv)
    pt.check(table, flash_mib * 1024 * 1024)
    out.write_bytes(pt.encode(table))


@app.command()
def grow(
    csv: Annotated[Path, typer.Argument(help="Partition table as CSV.")],
    out: Annotated[Path, typer.Argument(help="CSV to write.")],
    flash_mib: Annotated[int, typer.Option(help="Size of the larger flash chip, MiB.")],
    app_kib: Annotated[int, typer.Option(help="Size of each app slot, KiB.")],
):
    """Lay a table out for a larger flash chip: larger app slots, the last partition to the end.

    Example: `modcore partitions grow partitions.csv partitions-8MiB.csv --flash-mib 8 --app-kib 2048`
    """
    table = pt.grow(pt.read_csv(csv), flash_mib * 1024 * 1024, app_kib * 1024)
    comment = (
        f"Flash of {flash_mib} MiB. An update over the air cannot change this table: it is final."
    )
    pt.write_csv(out, table, comment)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="CSV, binary table, or a whole flash image.")],
):
    """List the partitions of a CSV, a binary table or a flash image.

    Example: `modcore partitions show build/HOST/flash.bin`
    """
    if file.suffix == ".csv":
        table = pt.read_csv(file)
    else:
        data = file.read_bytes()
        table = pt.decode(data[pt.TABLE_OFFSET :] if len(data) > pt.TABLE_OFFSET else data)
    view = Table("name", "type", "offset", "size", "end")
    for part in table:
        names = {number: name for name, number in pt.SUBTYPES.get(part.type, {}).items()}
        kind = {number: name for name, number in pt.TYPES.items()}.get(part.type, f"{part.type:#x}")
        subtype = names.get(part.subtype, f"{part.subtype:#x}")
        view.add_row(
            part.name,
            f"{kind}, {subtype}",
            f"{part.offset:#x}",
            f"{part.size:#x}",
            f"{part.end:#x}",
        )
    Console().print(view)
