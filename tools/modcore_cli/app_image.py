"""A program in Espressif's app image format, as boot loader and esptool know it.

Layout (ESP-IDF Programming Guide, "App Image Format"): a 24-byte header, segments of an 8-byte header and
data each, padding so that one checksum byte ends a 16-byte line, the SHA-256 of all that. HOST's image has
two segments: the description that every ESP-IDF app carries first, and the ELF file of the HOST program.
"""

import hashlib
import struct
import time

from .problem import Problem

HOST_CHIP_ID = 0xFFFF  # no chip has it, so every real boot loader refuses the image
PROJECT_NAME = "modcore"
_MAGIC = 0xE9
_DESCRIPTION_MAGIC = 0xABCD5432
_CHECKSUM_SEED = 0xEF
_HEADER = struct.Struct("<BBBBIB3sHBHH4sB")
_SEGMENT = struct.Struct("<II")
# magic, secure version, -, version, project, time, date, IDF version, ELF SHA-256, min and max eFuse
# block revision, log2 of the MMU page size, -
_DESCRIPTION = struct.Struct("<II8s32s32s16s16s32s32sHHB3s72s")


def describe(version, elf, when, built_with):
    """The `esp_app_desc_t` of `elf`: 256 bytes.

    Args:
        version: of the firmware, at most 31 bytes.
        when: time stamp, seconds since 1970, UTC.
        built_with: takes the place of ESP-IDF's version, at most 31 bytes.
    """
    moment = time.gmtime(when)
    return _DESCRIPTION.pack(
        _DESCRIPTION_MAGIC,
        0,
        bytes(8),
        _text(version, 32),
        _text(PROJECT_NAME, 32),
        _text(time.strftime("%H:%M:%S", moment), 16),
        _text(time.strftime("%Y-%m-%d", moment), 16),
        _text(built_with, 32),
        hashlib.sha256(elf).digest(),
        0,
        0xFFFF,
        16,
        bytes(3),
        bytes(72),
    )


def wrap(elf, version, when, built_with):
    """The app image that holds the program `elf` (see `describe` for the rest)."""
    segments = (describe(version, elf, when, built_with), elf + bytes(-len(elf) % 4))
    image = _HEADER.pack(
        _MAGIC, len(segments), 0, 0, 0, 0, bytes(3), HOST_CHIP_ID, 0, 0, 0xFFFF, bytes(4), 1
    )
    checksum = _CHECKSUM_SEED
    for segment in segments:
        image += _SEGMENT.pack(0, len(segment)) + segment
        checksum ^= _xor(segment)
    image += bytes(15 - len(image) % 16) + bytes((checksum,))
    return image + hashlib.sha256(image).digest()


def read_version(image):
    """The version in the description of an app image of any chip.

    Raises:
        Problem: `image` is none.
    """
    start = _HEADER.size + _SEGMENT.size
    description = image[start : start + _DESCRIPTION.size]
    if image[:1] != bytes((_MAGIC,)) or len(description) < _DESCRIPTION.size:
        raise Problem("not an app image")
    fields = _DESCRIPTION.unpack(description)
    if fields[0] != _DESCRIPTION_MAGIC:
        raise Problem("an app image without a description")
    return fields[3].rstrip(b"\0").decode("utf-8", "replace")


def _text(text, size):
    data = text.encode()
    if len(data) >= size:
        raise Problem(f"{text!r} is longer than the {size - 1} bytes an app image has for it")
    return data.ljust(size, b"\0")


def _xor(data):
    # Big integers fold in halves: a checksum over a megabyte without a Python loop over its bytes.
    value, width = int.from_bytes(data, "little"), 1
    while width < len(data):
        width *= 2
    while width > 1:
        width //= 2
        value = (value >> (8 * width)) ^ (value & ((1 << (8 * width)) - 1))
    return value
