"""HOST's app image, read back by esptool."""

import hashlib

import pytest
from esptool.bin_image import LoadFirmwareImage
from hypothesis import given
from hypothesis import strategies as st
from modcore_cli import app_image
from modcore_cli.problem import Problem

WHEN = 1767225600


@given(st.binary(max_size=5000))
def test_layout(elf):
    image = app_image.wrap(elf, "1.2.3", WHEN, "MicroPython 1.26.1")
    body, digest = image[:-32], image[-32:]
    assert len(body) % 16 == 0
    assert digest == hashlib.sha256(body).digest()
    checksum = 0xEF
    for byte in app_image.describe("1.2.3", elf, WHEN, "MicroPython 1.26.1") + elf:
        checksum ^= byte
    assert body[-1] == checksum


def test_esptool_reads_it(tmp_path):
    elf = bytes(range(256)) * 37 + b"abc"
    path = tmp_path / "app.bin"
    path.write_bytes(app_image.wrap(elf, "1.2.3", WHEN, "MicroPython 1.26.1"))
    image = LoadFirmwareImage("esp32", str(path))
    assert image.checksum == image.calculate_checksum()
    assert image.stored_digest == image.calc_digest
    assert image.chip_id == app_image.HOST_CHIP_ID
    description, program = (segment.data for segment in image.segments)
    assert program == elf + b"\0"
    assert description[:4] == bytes.fromhex("3254cdab")
    assert description[16:22] == b"1.2.3\0"
    assert description[48:56] == b"modcore\0"
    assert description[80:96] == b"00:00:00".ljust(16, b"\0")
    assert description[96:112] == b"2026-01-01".ljust(16, b"\0")
    assert description[144:176] == hashlib.sha256(elf).digest()


def test_version_is_read_back():
    assert app_image.read_version(app_image.wrap(b"", "10.0.1", WHEN, "x")) == "10.0.1"


@pytest.mark.parametrize("data", [b"", b"\xff" * 4096, b"\xe9" + bytes(4096)])
def test_no_image_has_no_version(data):
    with pytest.raises(Problem):
        app_image.read_version(data)


def test_a_version_too_long():
    with pytest.raises(Problem, match="31 bytes"):
        app_image.wrap(b"", "1" * 32, WHEN, "x")
