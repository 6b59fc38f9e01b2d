"""The layouts of the boards: sound, and read alike by tools that are not ours."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from modcore_cli import partition_table as pt

MIB = 1024 * 1024
ESP32 = pt.read_csv(Path("boards/ESP32_PSRAM/partitions.csv"))


def test_the_table_of_esp32_and_host_is_final():
    # An update over the air cannot change it: nor may we.
    pt.check(ESP32, 4 * MIB)
    assert [(part.name, part.offset, part.size) for part in ESP32] == [
        ("nvs", 0x9000, 0x4000),
        ("otadata", 0xD000, 0x2000),
        ("phy_init", 0xF000, 0x1000),
        ("ota_0", 0x10000, 0x190000),
        ("ota_1", 0x1A0000, 0x190000),
        ("www_0", 0x330000, 0x20000),
        ("www_1", 0x350000, 0x20000),
        ("coredump", 0x370000, 0x10000),
        ("vfs", 0x380000, 0x80000),
    ]


@pytest.mark.parametrize("name, size", [("partitions", 4 * MIB), ("partitions-2MiB", 2 * MIB)])
def test_the_layouts_of_esp8266(name, size):
    table = pt.read_csv(Path(f"boards/ESP8266_GENERIC/{name}.csv"))
    pt.check(table, size, start=0)
    # modules/flashbdev.py puts the www image where the firmware ends, and the rest behind it.
    assert pt.find(table, "www_0").offset == pt.find(table, "firmware").end
    assert pt.find(table, "vfs").offset == pt.find(table, "www_0").end
    assert pt.find(table, "www_0").size == 32 * 4096
    assert pt.find(table, "sdk").size == 5 * 4096


def test_another_tool_reads_our_table(tmp_path):
    # The tool takes an image that begins where the chip looks for its boot loader.
    image = bytearray(b"\xff" * (4 * MIB - 0x1000))
    image[:24] = bytes.fromhex("e9000220") + bytes(20)
    table = pt.TABLE_OFFSET - 0x1000
    image[table : table + pt.SECTOR_SIZE] = pt.encode(ESP32)
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
    for part in ESP32:
        assert found[part.name] == [f"{part.offset:#x}", f"{part.size:#x}"]
