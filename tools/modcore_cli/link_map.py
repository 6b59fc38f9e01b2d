"""The map that GNU ld writes beside a program: which piece of which object file lies where, and how large it is."""

import re
from dataclasses import dataclass

from .problem import Problem

_BEGIN = "Linker script and memory map"
_MEMORY = re.compile(r"^(\w+) +(0x[0-9a-f]+) +(0x[0-9a-f]+)", re.MULTILINE)
_OUTPUT = re.compile(r"^(\.[\w.]+)(?:\s+(0x[0-9a-f]+)\s+(0x[0-9a-f]+))?")
_INPUT = re.compile(r"^ (\.\S+|COMMON|\*fill\*)\s+(0x[0-9a-f]+)\s+(0x[0-9a-f]+) ?(.*)$")
_NAME_ALONE = re.compile(r"^ ?\.\S+$")


@dataclass
class Piece:
    """One section of an object file as it was placed.

    Attributes:
        output: section of the program.
        section: section of the object file.
        object: path of the object file as given to the linker; a member of a library is `path(member)`.
        size: bytes, with the padding that follows.
    """

    output: str
    section: str
    object: str
    size: int


@dataclass(frozen=True)
class LinkMap:
    """What is where.

    Attributes:
        regions: bytes of each region of memory, by name.
        outputs: bytes of each section of the program, by name.
        pieces: `Piece`s in order of address.
    """

    regions: dict
    outputs: dict
    pieces: list


def read(path):
    """The map in file `path`.

    Raises:
        Problem: not a map of GNU ld.
    """
    before, found, after = path.read_text(encoding="utf-8", errors="replace").partition(_BEGIN)
    if not found:
        raise Problem(f"{path} is not a map of GNU ld")
    _, _, memory = before.rpartition("Memory Configuration")
    regions = {name: int(length, 16) for name, _, length in _MEMORY.findall(memory)}
    lines = list(_lines(after))
    outputs = {
        match[1]: int(match[3] or "0", 16) for line in lines if (match := _OUTPUT.match(line))
    }
    return LinkMap(regions, outputs, list(_pieces(lines)))


def _lines(text):
    """The lines, those put together again that were broken after a long name."""
    name = ""
    for line in text.splitlines():
        if _NAME_ALONE.match(line):
            name = line
            continue
        yield name + line if name and line.startswith("  ") else line
        name = ""


def _pieces(lines):
    output = last = None
    for line in lines:
        if match := _OUTPUT.match(line):
            output, last = match[1], None
        elif match := _INPUT.match(line):
            section, _, size, owner = match.groups()
            if section == "*fill*":
                if last:
                    last.size += int(size, 16)
            elif owner and int(size, 16):
                if last:
                    yield last
                last = Piece(output, section, owner, int(size, 16))
                continue
        if not line.startswith(" ") and last:
            yield last
            last = None
    if last:
        yield last
