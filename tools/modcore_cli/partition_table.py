"""Espressif's partition table: the CSV that people write, the binary that the boot loader reads.

Binary form (ESP-IDF Programming Guide, "Partition Tables"): 32-byte entries that begin with the bytes
AA 50, then one entry that begins with EB EB and has the MD5 of all entries before it, then 0xFF up to the
end of the flash sector.
"""

import csv
import hashlib
import struct
from dataclasses import dataclass, replace

from .problem import Problem

TABLE_OFFSET = 0x8000  # where the boot loader looks for the table
SECTOR_SIZE = 0x1000
APP_ALIGNMENT = 0x10000  # the flash cache maps code in pages of 64 KiB
_TABLE_MAX = 0xC00  # what the boot loader reads; the rest of the sector stays blank
_ENTRY = struct.Struct("<HBBII16sI")
_MAGIC = 0x50AA
_MD5_PREFIX = b"\xeb\xeb" + b"\xff" * 14

TYPES = {"app": 0x00, "data": 0x01}
SUBTYPES = {
    0x00: {"factory": 0x00, **{f"ota_{n}": 0x10 + n for n in range(16)}, "test": 0x20},
    0x01: {
        "ota": 0x00,
        "phy": 0x01,
        "nvs": 0x02,
        "coredump": 0x03,
        "nvs_keys": 0x04,
        "efuse": 0x05,
        "undefined": 0x06,
        "esphttpd": 0x80,
        "fat": 0x81,
        "spiffs": 0x82,
        "littlefs": 0x83,
    },
}


@dataclass(frozen=True)
class Partition:
    """One entry; `offset` and `size` in bytes, `type` and `subtype` as the numbers of the binary form."""

    name: str
    type: int
    subtype: int
    offset: int
    size: int
    flags: int = 0

    @property
    def end(self):
        """Offset of the first byte after the partition."""
        return self.offset + self.size

    @property
    def is_app(self):
        """Whether the partition holds a program."""
        return self.type == TYPES["app"]


def read_csv(path):
    """The partitions of the CSV file `path`, in its order.

    Raises:
        Problem: a line that cannot be read; the text names file, line and field.
    """
    table = []
    with open(path, newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.reader(file), 1):
            fields = [field.strip() for field in row]
            if not any(fields) or fields[0].startswith("#"):
                continue
            try:
                table.append(_parse_row(fields))
            except ValueError as exc:
                raise Problem(f"{path}:{number}: {exc}") from None
    return table


def write_csv(path, table, comment):
    """Write `table` as a CSV file that begins with the line `# comment`."""
    rows = [("# name", "type", "subtype", "offset", "size")]
    for part in table:
        kind = _name(TYPES, part.type)
        # Not by name: older ESP-IDFs know no littlefs.
        subtype = _name({**SUBTYPES.get(part.type, {}), "littlefs": -1}, part.subtype)
        rows.append((part.name, kind, subtype, f"{part.offset:#x}", f"{part.size:#x}"))
    widths = [max(len(row[n]) + 1 for row in rows) for n in range(4)]
    lines = [
        " ".join(f"{field},".ljust(width) for field, width in zip(row, widths, strict=False))
        + f" {row[-1]}\n"
        for row in rows
    ]
    path.write_text(f"# {comment}\n" + "".join(lines), encoding="utf-8")


def _name(names, number):
    return {value: name for name, value in names.items()}.get(number, f"{number:#x}")


def _parse_row(fields):
    if len(fields) < 5:
        raise ValueError("expected name, type, subtype, offset, size")
    name, kind, subtype, offset, size = fields[:5]
    if not 0 < len(name.encode()) <= 16:
        raise ValueError(f"name {name!r} must have 1 to 16 bytes")
    if any(fields[5:]):
        raise ValueError("flags are not supported: nothing here encrypts flash")
    kind = TYPES[kind] if kind in TYPES else _number(kind, "type")
    names = SUBTYPES.get(kind, {})
    subtype = names[subtype] if subtype in names else _number(subtype, "subtype")
    return Partition(name, kind, subtype, _number(offset, "offset"), _number(size, "size"))


def _number(text, field):
    factor = {"K": 1024, "M": 1024 * 1024}.get(text[-1:].upper(), 1)
    try:
        return int(text[:-1] if factor > 1 else text, 0) * factor
    except ValueError:
        # Offsets are written out because they may never move: an update cannot change them.
        raise ValueError(f"{field} {text!r} is not a number") from None


def check(table, flash_size, start=TABLE_OFFSET + SECTOR_SIZE):
    """Hold `table` to what the boot loader and MicroPython need on a flash chip of `flash_size` bytes.

    Args:
        start: first byte that is the table's to share out.

    Raises:
        Problem: naming the first partition that is misaligned, overlaps, leaves a gap or does not fit.
    """
    if not table:
        raise Problem("the partition table is empty")
    names = [part.name for part in table]
    for name in names:
        if names.count(name) > 1:
            raise Problem(f"partition {name!r} is there twice")
    end = start
    for part in sorted(table, key=lambda part: part.offset):
        alignment = APP_ALIGNMENT if part.is_app else SECTOR_SIZE
        if part.offset % alignment:
            raise Problem(
                f"{part.name}: offset {part.offset:#x} is not a multiple of {alignment:#x}"
            )
        if part.size % SECTOR_SIZE or not part.size:
            raise Problem(f"{part.name}: size {part.size:#x} is not a multiple of {SECTOR_SIZE:#x}")
        if part.offset < end:
            raise Problem(f"{part.name}: begins at {part.offset:#x}, inside what ends at {end:#x}")
        if part.offset > end:
            raise Problem(f"{part.name}: nothing claims flash from {end:#x} to {part.offset:#x}")
        end = part.end
    if end > flash_size:
        raise Problem(f"the table ends at {end:#x}, the flash chip at {flash_size:#x}")
    if end < flash_size:
        # MicroPython on ESP32 formats what is left over as one more file system.
        raise Problem(f"nothing claims flash from {end:#x} to its end at {flash_size:#x}")


def grow(table, flash_size, app_size):
    """The partitions of `table`, laid out anew for a larger flash chip.

    Every app slot gets `app_size` bytes, the last partition what is left; all others keep their size.

    Raises:
        Problem: the outcome is no sound table (see `check`).
    """
    grown, offset = [], table[0].offset
    for part in table:
        size = app_size if part.is_app else part.size
        if part is table[-1]:
            size = max(flash_size - offset, 0)
        grown.append(replace(part, offset=offset, size=size))
        offset += size
    check(grown, flash_size)
    return grown


def find(table, name):
    """The partition called `name`.

    Raises:
        Problem: there is none.
    """
    for part in table:
        if part.name == name:
            return part
    raise Problem(f"the partition table has no {name!r}")


def encode(table):
    """The binary form of `table`, one whole flash sector.

    Raises:
        Problem: more entries than the boot loader reads.
    """
    body = b"".join(
        _ENTRY.pack(
            _MAGIC, part.type, part.subtype, part.offset, part.size, part.name.encode(), part.flags
        )
        for part in table
    )
    body += _MD5_PREFIX + hashlib.md5(body).digest()
    # The boot loader wants at least one blank entry after the last.
    if len(body) + _ENTRY.size > _TABLE_MAX:
        raise Problem(f"{len(table)} partitions are more than a partition table holds")
    return body.ljust(SECTOR_SIZE, b"\xff")


def decode(data):
    """The partitions of the binary table at the beginning of `data`.

    Raises:
        Problem: not a partition table, or one whose MD5 does not match.
    """
    table = []
    for offset in range(0, min(len(data), _TABLE_MAX) - _ENTRY.size + 1, _ENTRY.size):
        entry = data[offset : offset + _ENTRY.size]
        if entry.startswith(_MD5_PREFIX):
            if entry[16:] != hashlib.md5(data[:offset]).digest():
                raise Problem("the partition table is damaged: its MD5 does not match")
            return table
        magic, kind, subtype, start, size, name, flags = _ENTRY.unpack(entry)
        if magic != _MAGIC:
            break
        name = name.rstrip(b"\0").decode("utf-8", "replace")
        table.append(Partition(name, kind, subtype, start, size, flags))
    raise Problem("no partition table there")
