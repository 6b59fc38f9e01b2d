"""The layouts of the boards: sound, and read alike by tools that are not ours."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from modcore_cli import partition_table as pt
from modcore_cli.commands import partitions

MIB = 1024 * 1024
FOLDER = Path("boards/ESP32_PSRAM")
ESP32 = {
    4: pt.read_csv(FOLDER / "partitions.csv"),
    8: pt.read_csv(FOLDER / "partitions-8MiB.csv"),
    16: pt.read_csv(FOLDER / "partitions-16MiB.csv"),
}
# An update over the air cannot change a table: nor may we. The head is the same on all of them.
HEAD = [("nvs", 0x9000, 0x4000), ("otadata", 0xD000, 0x2000), ("phy_init", 0xF000, 0x1000)]
REST = {
    4: [
        ("ota_0", 0x10000, 0x190000),
        ("ota_1", 0x1A0000, 0x190000),
        ("www_0", 0x330000, 0x20000),
        ("www_1", 0x350000, 0x20000),
        ("coredump", 0x370000, 0x10000),
        ("vfs", 0x380000, 0x80000),
    ],
    8: [
        ("ota_0", 0x10000, 0x200000),
        ("ota_1", 0x210000, 0x200000),
        ("www_0", 0x410000, 0x20000),
        ("www_1", 0x430000, 0x20000),
        ("coredump", 0x450000, 0x10000),
        ("vfs", 0x460000, 0x3A0000),
    ],
    16: [
        ("ota_0", 0x10000, 0x300000),
        ("ota_1", 0x310000, 0x300000),
        ("www_0", 0x610000, 0x20000),
        ("www_1", 0x630000, 0x20000),
        ("coredump", 0x650000, 0x10000),
        ("vfs", 0x660000, 0x9A0000),
    ],
}


@pytest.mark.parametrize("mib", ESP32)
def test_the_tables_of_esp32_and_host_are_final(mib):
    pt.check(ESP32[mib], mib * MIB)
    assert [(part.name, part.offset, part.size) for part in ESP32[mib]] == HEAD + REST[mib]


@pytest.mark.parametrize("mib", [8, 16])
def test_one_update_fits_every_flash_size(mib):
    small = {part.name: part for part in ESP32[4]}
    for part in ESP32[mib]:
        assert (part.type, part.subtype) == (small[part.name].type, small[part.name].subtype)
        assert part.size >= small[part.name].size
        # A littlefs image mounts only where it fills its partition.
        if part.name.startswith("www"):
            assert part.size == small[part.name].size


@pytest.mark.parametrize("mib", [8, 16])
def test_the_larger_tables_are_grown_from_the_smallest(mib, tmp_path):
    app_kib = pt.find(ESP32[mib], "ota_0").size // 1024
    out = tmp_path / "grown.csv"
    partitions.grow(FOLDER / "partitions.csv", out, flash_mib=mib, app_kib=app_kib)
    assert out.read_text() == (FOLDER / f"partitions-{mib}MiB.csv").read_text()


@pytest.mark.parametrize("name, size", [("partitions", 4 * MIB), ("partitions-2MiB", 2 * MIB)])
def test_the_layouts_of_esp8266(name, size):
    table = pt.read_csv(Path(f"boards/ESP8266_GENERIC/{name}.csv"))
    pt.check(table, size, start=0)
    # modules/flashbdev.py puts the www image where the firmware ends, and the rest behind it.
    assert pt.find(table, "www_0").offset == pt.find(table, "firmware").end
    assert pt.find(table, "vfs").offset == pt.find(table, "www_0").end
    assert pt.find(table, "www_0").size == 32 * 4096
    assert pt.find(table, "sdk").size == 5 * 4096


@pytest.mark.parametrize("mib, size_code", [(4, 0x20), (8, 0x30), (16, 0x40)])
def test_another_tool_reads_our_tables(mib, size_code, tmp_path):
    # The tool takes an image that begins where the chip looks for its boot loader.
    image = bytearray(b"\xff" * (mib * MIB - 0x1000))
    image[:24] = bytes((0xE9, 0, 2, size_code)) + bytes(20)
    table = pt.TABLE_OFFSET - 0x1000
    image[table : table + pt.SECTOR_SIZE] = pt.encode(ESP32[mib])
    path = tmp_path / "flash.bin"
    path.write_bytes(image)
    result = subprocess.run(
        [Path(sys.executable).with_name("mp-image-tool-esp32"), path],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [re.findall(r"[^\s│]+", line) for line in result.stdout.splitlines()]
    found = {row[0]: row[3:5] for row in rows if len(row) > 5}
    assert set(found) >= {part.name for part in ESP32[mib]}
    for part in ESP32[mib]:
        assert found[part.name] == [f"{part.offset:#x}", f"{part.size:#x}"]
