"""The OTA data partition: which app slot boots (ESP-IDF Programming Guide, "Over The Air Updates").

Two sectors hold one 32-byte entry each: sequence number, label, state, CRC32 of the sequence number. The
valid entry with the highest number counts, and the number selects the slot.
"""

import struct
import zlib

ABORTED = 4
INVALID = 3
_ENTRY = struct.Struct("<I20sII")
_SECTOR_SIZE = 0x1000


def selected_slot(otadata, slots):
    """Number of the app slot that `otadata` (two sectors) selects among `slots`; 0 when it is blank."""
    best = 0
    for sector in (0, _SECTOR_SIZE):
        sequence, _, state, crc = _ENTRY.unpack_from(otadata, sector)
        valid = crc == zlib.crc32(struct.pack("<I", sequence), 0xFFFFFFFF)
        if sequence != 0xFFFFFFFF and valid and state not in (INVALID, ABORTED):
            best = max(best, sequence)
    return (best - 1) % slots if best else 0
