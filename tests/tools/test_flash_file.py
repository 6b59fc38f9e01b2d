"""HOST's flash file: new, updated, and refused."""

import struct
import zlib
from pathlib import Path

import pytest
from modcore_cli import app_image, flash_file, otadata
from modcore_cli import partition_table as pt
from modcore_cli.problem import Problem

TABLE = pt.read_csv(Path("boards/ESP32_PSRAM/partitions.csv"))
SIZE = 4 * 1024 * 1024


def app(version):
    return app_image.wrap(b"program " + version.encode(), version, 0, "test")


@pytest.fixture
def chip(tmp_path):
    path = tmp_path / "flash.bin"
    flash_file.create(path, TABLE, SIZE, app("1"), b"www 1")
    return path


def content(path, name):
    part = pt.find(TABLE, name)
    return path.read_bytes()[part.offset : part.end]


def select(path, sequence, state=2):
    """Write `sequence` into the first otadata entry, as the boot loader would find it."""
    crc = zlib.crc32(struct.pack("<I", sequence), 0xFFFFFFFF)
    entry = struct.pack("<I20sII", sequence, b"", state, crc)
    flash = bytearray(path.read_bytes())
    offset = pt.find(TABLE, "otadata").offset
    flash[offset : offset + 32] = entry
    path.write_bytes(flash)


def test_a_new_chip(chip):
    flash = chip.read_bytes()
    assert len(flash) == SIZE
    assert pt.decode(flash[0x8000:0x9000]) == TABLE
    assert content(chip, "ota_0").startswith(app("1"))
    assert content(chip, "www_0").startswith(b"www 1")
    for name in ("nvs", "otadata", "ota_1", "www_1", "coredump", "vfs"):
        assert set(content(chip, name)) == {0xFF}, name


def test_a_prepared_file_system(tmp_path):
    flash_file.create(tmp_path / "f", TABLE, SIZE, b"", b"", b"vfs")
    assert content(tmp_path / "f", "vfs").startswith(b"vfs\xff")


def test_nothing_to_update(chip):
    before = chip.stat()
    assert flash_file.update(chip, TABLE, app("1"), b"www 1") == []
    assert chip.stat().st_mtime_ns == before.st_mtime_ns


def test_an_update_keeps_the_rest(chip):
    flash = bytearray(chip.read_bytes())
    vfs = pt.find(TABLE, "vfs")
    flash[vfs.offset : vfs.offset + 5] = b"mine!"
    chip.write_bytes(flash)
    done = flash_file.update(chip, TABLE, app("2"), b"www 1")
    assert done == ["ota_0: app rewritten (1 → 2)"]
    assert content(chip, "ota_0").startswith(app("2"))
    assert content(chip, "vfs").startswith(b"mine!")
    assert flash_file.update(chip, TABLE, app("2"), b"www 2") == ["www_0: www rewritten"]


def test_the_slot_that_boots_is_updated(chip):
    select(chip, 2)
    flash_file.update(chip, TABLE, app("2"), b"www 2")
    assert content(chip, "ota_0").startswith(app("1"))
    assert content(chip, "www_0").startswith(b"www 1")
    assert content(chip, "ota_1").startswith(app("2"))
    assert content(chip, "www_1").startswith(b"www 2")


def test_a_shorter_image_leaves_nothing_behind(chip):
    flash_file.update(chip, TABLE, app("1"), b"w")
    assert content(chip, "www_0") == b"w".ljust(0x20000, b"\xff")


def test_another_size(chip):
    chip.write_bytes(chip.read_bytes() * 2)
    with pytest.raises(Problem, match="8,388,608 bytes") as caught:
        flash_file.update(chip, TABLE, b"", b"")
    assert "FRESH=1" in caught.value.advice


def test_another_layout(chip):
    flash = bytearray(chip.read_bytes())
    flash[0x8000:0x9000] = pt.encode(TABLE[:-1])
    chip.write_bytes(flash)
    with pytest.raises(Problem, match="another partition table"):
        flash_file.update(chip, TABLE, b"", b"")


def test_no_layout(chip):
    chip.write_bytes(b"\xff" * SIZE)
    with pytest.raises(Problem, match="no partition table"):
        flash_file.update(chip, TABLE, b"", b"")


def test_an_image_that_does_not_fit(chip):
    with pytest.raises(Problem, match="www_0: the image is 1 bytes bigger"):
        flash_file.update(chip, TABLE, b"", bytes(0x20001))
    assert content(chip, "ota_0").startswith(app("1"))


def entry(sequence, state=2):
    crc = zlib.crc32(struct.pack("<I", sequence), 0xFFFFFFFF)
    return struct.pack("<I20sII", sequence, b"", state, crc).ljust(4096, b"\xff")


BLANK = b"\xff" * 4096


@pytest.mark.parametrize(
    "first, second, slot",
    [
        (BLANK, BLANK, 0),
        (entry(1), BLANK, 0),
        (entry(2), BLANK, 1),
        (entry(1), entry(2), 1),
        (entry(3), entry(2), 0),
        (entry(1), entry(2, otadata.ABORTED), 0),
        (entry(2, otadata.INVALID), entry(1), 0),
        (entry(1), entry(2)[:28] + bytes(4) + BLANK[32:], 0),
    ],
)
def test_selected_slot(first, second, slot):
    assert otadata.selected_slot(first + second, 2) == slot
