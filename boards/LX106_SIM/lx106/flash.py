"""The flash chip as a file, in the ESP8266's layout. The firmware itself is not in it: QEMU loads that."""

from pathlib import Path

from modcore_cli import littlefs_image
from modcore_cli import partition_table as pt

SIZE = 4 * 1024 * 1024
_TABLE = Path(__file__).parents[2] / "ESP8266_GENERIC" / "partitions.csv"


def create(path, www, files=None):
    """Write a new chip.

    Args:
        path: the file; one that is there is replaced.
        www: the read-only image.
        files: content by path of the user's file system; None leaves it to be formatted at the first boot.
    """
    table = pt.read_csv(_TABLE)
    flash = bytearray(b"\xff" * SIZE)
    _program(flash, pt.find(table, "www_0"), www)
    if files:
        part = pt.find(table, "vfs")
        _program(flash, part, littlefs_image.build(files, part.size, 0))
    Path(path).write_bytes(flash)


def update(path, www):
    """Put another read-only image into the chip; the user's files stay."""
    part = pt.find(pt.read_csv(_TABLE), "www_0")
    with open(path, "r+b") as file:
        file.seek(part.offset)
        file.write(www.ljust(part.size, b"\xff"))


def _program(flash, part, image):
    flash[part.offset : part.offset + len(image)] = image
