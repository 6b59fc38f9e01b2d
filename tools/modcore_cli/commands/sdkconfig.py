"""`modcore sdkconfig`: what a board asks of ESP-IDF, held to ESP-IDF's own Kconfig files."""

from pathlib import Path
from typing import Annotated

import typer

from .. import sdkconfig as sdk


def register(parent):
    """Add the command to `parent`."""
    parent.command("sdkconfig")(sdkconfig)


def sdkconfig(
    board: Annotated[Path, typer.Argument(help="Board's folder, with its sdkconfig.board.")],
    idf: Annotated[Path, typer.Option(help="ESP-IDF's folder.", envvar="IDF_PATH")],
    base: Annotated[list[Path] | None, typer.Option(help="Configuration that comes first.")] = None,
    target: Annotated[str, typer.Option(help="Chip.")] = "esp32",
):
    """Check that ESP-IDF knows every key of the board's configuration, and gives it the value asked for.

    Nothing is built: a checkout of ESP-IDF is enough, without its compiler.

    Example: `modcore sdkconfig boards/ESP32_PSRAM --idf ~/esp-idf`
    """
    version = sdk.idf_version(idf)
    files = sdk.files_for(board, version)
    count = sdk.check(idf, target, base or (), files)
    names = ", ".join(path.name for path in files)
    print(f"{count} keys of {names} are as ESP-IDF {'.'.join(map(str, version))} takes them")
