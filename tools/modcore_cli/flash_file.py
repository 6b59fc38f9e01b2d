"""HOST's flash chip as a file: made blank, filled as esptool would fill a chip, updated without losing data."""

import os
from pathlib import Path

from . import app_image, otadata
from . import partition_table as pt
from .problem import Problem


def create(path, table, size, app, www, vfs=None):
    """Write a new flash file: app in ota_0, www in www_0, everything else blank.

    Args:
        path: the file; one that is there is replaced.
        table: partitions, checked against `size`.
        size: of the flash chip, bytes.
        app, www, vfs: images; `vfs` None leaves the read-write file system to be formatted at first boot.
    """
    pt.check(table, size)
    flash = bytearray(b"\xff" * size)
    flash[pt.TABLE_OFFSET : pt.TABLE_OFFSET + pt.SECTOR_SIZE] = pt.encode(table)
    _program(flash, table, "ota_0", app)
    _program(flash, table, "www_0", www)
    if vfs is not None:
        _program(flash, table, "vfs", vfs)
    _write(path, flash)


def update(path, table, app, www):
    """Bring the slot that boots up to date and keep everything else.

    Returns:
        What was done, a list of sentences; empty when nothing had to be.

    Raises:
        Problem: the file has another size or partition table than `table`.
    """
    flash = bytearray(Path(path).read_bytes())
    _check_layout(path, flash, table)
    ota = pt.find(table, "otadata")
    slots = sum(part.name.startswith("ota_") for part in table)
    slot = otadata.selected_slot(flash[ota.offset : ota.end], slots)
    done = []
    for name, image, what in ((f"ota_{slot}", app, "app"), (f"www_{slot}", www, "www")):
        part = pt.find(table, name)
        before = bytes(flash[part.offset : part.end])
        _program(flash, table, name, image)
        if before != flash[part.offset : part.end]:
            done.append(f"{name}: {what} rewritten{_was(what, before, image)}")
    if done:
        _write(path, flash)
    return done


def _was(what, before, image):
    if what != "app":
        return ""
    try:
        old, new = app_image.read_version(before), app_image.read_version(image)
    except Problem:
        return ""
    return f" ({old} → {new})" if old != new else ""


def _check_layout(path, flash, table):
    advice = (
        "FRESH=1 starts a new flash file (its data is lost); FLASH=other.bin leaves this one alone."
    )
    if len(flash) != max(part.end for part in table):
        raise Problem(
            f"{path} is a flash chip of {len(flash):,} bytes, the partition table is for "
            f"{max(part.end for part in table):,}",
            advice,
        )
    try:
        found = pt.decode(flash[pt.TABLE_OFFSET : pt.TABLE_OFFSET + pt.SECTOR_SIZE])
    except Problem as problem:
        raise Problem(f"{path}: {problem.message}", advice) from None
    if found != table:
        raise Problem(f"{path} has another partition table than this firmware", advice)


def _program(flash, table, name, image):
    part = pt.find(table, name)
    if len(image) > part.size:
        over = len(image) - part.size
        raise Problem(
            f"{name}: the image is {over:,} bytes bigger than the partition ({part.size:,})"
        )
    flash[part.offset : part.end] = image.ljust(part.size, b"\xff")


def _write(path, flash):
    # Written beside and renamed: a cut leaves the old chip or the new one, never half of each.
    beside = Path(f"{path}.new")
    beside.parent.mkdir(parents=True, exist_ok=True)
    with open(beside, "wb") as file:
        file.write(flash)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
