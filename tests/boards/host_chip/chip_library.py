"""The C of `boards/HOST/chip`, built natively, on a flash file of its own.

What the chip keeps in flash is built here a second time, from Espressif's documentation and with
Python's own CRC-32, MD5 and SHA-256.
"""

import ctypes
import hashlib
import os
import struct
import subprocess
import zlib
from pathlib import Path

TOP = Path(__file__).parents[3]
SECTOR = 4096
PAGE = 256
SIZE = 0x400000

ESP_OK = 0
ESP_FAIL = -1
ESP_ERR_INVALID_ARG = 0x102
ESP_ERR_INVALID_STATE = 0x103
ESP_ERR_INVALID_SIZE = 0x104
ESP_ERR_NOT_FOUND = 0x105

# Status of a process whose power was cut: see probe.c.
POWER_CUT = 4

APP, DATA = 0, 1
OTADATA = 0xD000
SLOT = (0x10000, 0x1A0000)
SLOT_SIZE = 0x190000
TABLE = (
    ("nvs", DATA, 0x02, 0x9000, 0x4000),
    ("otadata", DATA, 0x00, OTADATA, 0x2000),
    ("phy_init", DATA, 0x01, 0xF000, 0x1000),
    ("ota_0", APP, 0x10, SLOT[0], SLOT_SIZE),
    ("ota_1", APP, 0x11, SLOT[1], SLOT_SIZE),
    ("vfs", DATA, 0x83, 0x380000, 0x80000),
)

NEW, PENDING_VERIFY, VALID, INVALID, ABORTED = range(5)
UNDEFINED = 0xFFFFFFFF


def table_entry(label, kind, subtype, address, size, flags=0):
    """One entry of a partition table: 32 bytes."""
    return struct.pack(
        "<2sBBII16sI", b"\xaa\x50", kind, subtype, address, size, label.encode(), flags
    )


def partition_table(entries=TABLE, seal=True):
    """A partition table, padded to its 0xC00 bytes."""
    table = b"".join(table_entry(*entry) for entry in entries)
    if seal:
        table += b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(table).digest()
    return table.ljust(0xC00, b"\xff")


def ota_crc(sequence):
    """The checksum of an otadata entry, as Espressif's otatool computes it."""
    return zlib.crc32(struct.pack("<I", sequence), 0xFFFFFFFF)


def ota_entry(sequence, state, crc=None):
    """One entry of otadata: 32 bytes."""
    crc = ota_crc(sequence) if crc is None else crc
    return struct.pack("<I20sII", sequence, b"\xff" * 20, state, crc)


def app_image(program, chip_id=0xFFFF, segments=None):
    """An app image: description, program, checksum, SHA-256."""
    if segments is None:
        segments = (b"\x32\x54\xcd\xab".ljust(256, b"\0"), program)
    image = struct.pack("<BB10xH8xxB", 0xE9, len(segments), chip_id, 1)
    checksum = 0xEF
    for segment in segments:
        image += struct.pack("<II", 0, len(segment)) + segment
        for byte in segment:
            checksum ^= byte
    image += b"\0" * (15 - len(image) % 16) + bytes([checksum])
    return image + hashlib.sha256(image).digest()


def build_library(folder):
    """Compiles the chip and its probe. Undefined behaviour ends the process."""
    library = folder / "chip.so"
    command = [
        *("cc", "-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Werror"),
        *("-fsanitize=undefined", "-fno-sanitize-recover=all", "-shared", "-fPIC"),
        *(f"-I{TOP / 'boards/HOST'}", f"-I{TOP / 'build/micropython'}", "-o", library),
        *sorted((TOP / "boards/HOST/chip").glob("*.c")),
        Path(__file__).with_name("probe.c"),
    ]
    subprocess.run(command, check=True)
    return library


class Chip:
    """A flash file and the library that works on it."""

    def __init__(self, library, path):
        self.lib = ctypes.CDLL(str(library))
        self.lib.probe_entry.restype = ctypes.c_char_p
        self.lib.probe_verify.restype = ctypes.c_char_p
        for name in ("operations", "table_count", "crc", "begin_boot"):
            getattr(self.lib, "probe_" + name).restype = ctypes.c_uint32
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT)
        self.reset()

    def reset(self, content=b""):
        """A blank chip, but for what `content` holds from its start."""
        self.poke(0, content.ljust(SIZE, b"\xff"))
        assert self.lib.probe_open(self.fd) == ESP_OK

    def poke(self, address, data):
        """Changes the flash from outside."""
        os.pwrite(self.fd, data, address)

    def peek(self, address=0, length=SIZE):
        """What the flash holds."""
        return os.pread(self.fd, length, address)

    def run(self, action):
        """Runs action() in a process of its own, which may lose its power. Returns its status."""
        child = os.fork()
        if child == 0:
            status = 99
            try:
                action()
                status = 0
            finally:
                os._exit(status)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def cut(self, action, operation, inside=False, seed=0):
        """Like run(), with the power cut at or inside an operation of the action."""

        def with_cut():
            self.lib.probe_cut(operation, inside, seed)
            action()

        return self.run(with_cut)

    def set_otadata(self, first=b"", second=b""):
        """Writes both entries and makes the chip read them. Empty: blank."""
        blank = b"\xff" * 32
        self.poke(OTADATA, (first or blank).ljust(SECTOR, b"\xff"))
        self.poke(OTADATA + SECTOR, (second or blank).ljust(SECTOR, b"\xff"))
        self.read_otadata()

    def read_otadata(self):
        """Makes the chip read both entries."""
        assert self.lib.probe_read_otadata() == ESP_OK

    def otadata(self):
        """[(sequence, state), ...] of both entries; None for a blank or broken one."""
        entries = []
        for index in range(2):
            raw = self.peek(OTADATA + index * SECTOR, 32)
            sequence, _, state, crc = struct.unpack("<I20sII", raw)
            entries.append((sequence, state) if crc == ota_crc(sequence) else None)
        return entries
