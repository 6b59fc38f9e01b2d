"""Espressif's partition table, and access to partitions."""

import ctypes
import hashlib

import pytest
from chip_library import (
    APP,
    DATA,
    ESP_ERR_INVALID_ARG,
    ESP_ERR_INVALID_SIZE,
    ESP_ERR_INVALID_STATE,
    ESP_ERR_NOT_FOUND,
    ESP_OK,
    SECTOR,
    SIZE,
    TABLE,
    partition_table,
)

ANY = 0xFF


def read(chip, table):
    chip.poke(0x8000, table)
    return chip.lib.probe_read_table()


def test_md5_agrees_with_pythons(blank_chip):
    for length in (*range(130), 1000, 4096):
        data = bytes(i * 7 & 0xFF for i in range(length))
        digest = ctypes.create_string_buffer(16)
        blank_chip.lib.probe_md5(data, length, digest)
        assert digest.raw == hashlib.md5(data).digest()


def test_every_entry_is_read(chip):
    entries = []
    for index in range(chip.lib.probe_table_count()):
        fields = (ctypes.c_uint32 * 5)()
        label = chip.lib.probe_entry(index, fields).decode()
        entries.append((label, *fields[:4]))
        assert fields[4] == 0
    assert entries == list(TABLE)


def test_a_label_may_fill_its_field(blank_chip):
    label = "sixteen_letters_"
    assert read(blank_chip, partition_table([(label, DATA, 0x83, 0x10000, SECTOR, 1)])) == ESP_OK
    fields = (ctypes.c_uint32 * 5)()
    assert blank_chip.lib.probe_entry(0, fields) == label.encode()
    assert fields[4] == 1


def test_any_changed_bit_is_noticed(blank_chip):
    table = partition_table()
    seal = 32 * len(TABLE)
    # Between the seal's mark and the sum are bytes without a meaning.
    covered = [*range((seal + 2) * 8), *range((seal + 16) * 8, (seal + 32) * 8)]
    for bit in covered[::5]:
        damaged = bytearray(table)
        damaged[bit // 8] ^= 1 << bit % 8
        assert read(blank_chip, damaged) != ESP_OK, bit


def test_a_table_without_its_seal_is_refused(blank_chip):
    assert read(blank_chip, partition_table(seal=False)) == ESP_ERR_INVALID_STATE


def test_an_entry_behind_the_seal_is_refused(blank_chip):
    table = partition_table(TABLE[:1])[:64] + partition_table(TABLE[1:2])[:32]
    assert read(blank_chip, table) == ESP_ERR_INVALID_STATE


def test_a_blank_flash_has_no_table(blank_chip):
    assert blank_chip.lib.probe_read_table() == ESP_ERR_NOT_FOUND


@pytest.mark.parametrize(("address", "size"), [(SIZE, SECTOR), (SIZE - SECTOR, 2 * SECTOR)])
def test_a_partition_beyond_the_chip_is_refused(blank_chip, address, size):
    table = partition_table([*TABLE, ("far", DATA, 0x83, address, size)])
    assert read(blank_chip, table) == ESP_ERR_INVALID_SIZE


def test_the_largest_table(blank_chip):
    entries = [(f"p{i}", DATA, 0x83, i * SECTOR, SECTOR) for i in range(95)]
    assert read(blank_chip, partition_table(entries)) == ESP_OK
    assert blank_chip.lib.probe_table_count() == 95
    full = b"".join(partition_table([entry])[:32] for entry in [*entries, entries[0]])
    assert read(blank_chip, full) == ESP_ERR_INVALID_STATE


def test_partitions_are_found(chip):
    def find(kind, subtype=ANY, label=None, after=-1):
        return chip.lib.probe_find(kind, subtype, label, after)

    labels = [entry[0] for entry in TABLE]
    assert find(APP) == labels.index("ota_0")
    assert find(APP, after=labels.index("ota_0")) == labels.index("ota_1")
    assert find(APP, after=labels.index("ota_1")) == -1
    assert find(DATA, 0x83) == labels.index("vfs")
    assert find(DATA, label=b"otadata") == labels.index("otadata")
    assert find(APP, label=b"otadata") == -1
    assert find(DATA, label=b"ota") == -1


def test_a_partition_cannot_be_left(chip):
    def io(operation, offset, length):
        return chip.lib.probe_partition_io(1, ord(operation), offset, buffer, length)

    buffer = ctypes.create_string_buffer(b"\0" * SECTOR, SECTOR)
    size = 0x2000
    for operation in "rw":
        assert io(operation, size - SECTOR, SECTOR) == ESP_OK
        assert io(operation, size, 1) == ESP_ERR_INVALID_SIZE
        assert io(operation, size + 1, 0) == ESP_ERR_INVALID_ARG
        assert io(operation, 0, 0xFFFFFFFF) == ESP_ERR_INVALID_SIZE
    assert io("e", SECTOR, SECTOR) == ESP_OK
    assert io("e", SECTOR, 2 * SECTOR) == ESP_ERR_INVALID_SIZE
    assert io("e", 1, SECTOR) == ESP_ERR_INVALID_ARG
    assert io("e", 0, SECTOR + 1) == ESP_ERR_INVALID_SIZE
    assert chip.peek(0xD000 + size, SECTOR) == b"\xff" * SECTOR
