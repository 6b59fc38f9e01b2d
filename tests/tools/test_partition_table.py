"""Partition tables: what Espressif's own reader and an independent tool make of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modcore_cli import partition_table as pt
from modcore_cli.partition_table import Partition
from modcore_cli.problem import Problem

CSV = Path("boards/ESP32_PSRAM/partitions.csv")
MIB = 1024 * 1024

names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=16)
partitions = st.builds(
    Partition,
    name=names,
    type=st.integers(0, 254),
    subtype=st.integers(0, 254),
    offset=st.integers(0, 0xFFFFFFFF),
    size=st.integers(0, 0xFFFFFFFF),
    flags=st.integers(0, 0xFFFFFFFF),
)


@given(st.lists(partitions, max_size=90))
def test_what_is_encoded_is_decoded(table):
    data = pt.encode(table)
    assert len(data) == pt.SECTOR_SIZE
    assert pt.decode(data) == table


@given(st.lists(partitions, min_size=1, max_size=20), st.data())
def test_a_flipped_bit_does_not_pass(table, data):
    binary = bytearray(pt.encode(table))
    used = 32 * (len(table) + 1)
    position = data.draw(st.integers(0, used * 8 - 1))
    binary[position // 8] ^= 1 << position % 8
    with pytest.raises(Problem):
        pt.decode(binary)


def test_the_bytes_are_espressifs():
    # First entry of ESP-IDF's partitions_singleapp.csv as gen_esp32part.py writes it.
    data = pt.encode([Partition("nvs", 1, 2, 0x9000, 0x6000)])
    assert data[:32].hex() == "aa50010200900000006000006e767300" + "00" * 16
    assert data[32:48].hex() == "ebeb" + "ff" * 14
    assert set(data[64:]) == {0xFF}


def test_more_partitions_than_fit():
    with pytest.raises(Problem, match="more than"):
        pt.encode([Partition(f"p{n}", 1, 6, 0, 0) for n in range(96)])


def csv_of(tmp_path, text):
    path = tmp_path / "p.csv"
    path.write_text(text)
    return path


def test_csv_forms(tmp_path):
    path = csv_of(tmp_path, "# comment\n\na, app, ota_0, 0x10000, 1M\nb,1,0x83,1088K,64k,\n")
    assert pt.read_csv(path) == [
        Partition("a", 0, 0x10, 0x10000, MIB),
        Partition("b", 1, 0x83, 0x110000, 65536),
    ]


@pytest.mark.parametrize(
    "line, said",
    [
        ("a, app, ota_0, 0x10000", "expected name"),
        ("a, app, ota_0, , 1M", "offset"),
        ("a, app, ota_99, 0, 1M", "ota_99"),
        ("a, web, ota_0, 0, 1M", "web"),
        ("a, app, ota_0, 0, 1M, encrypted", "flags"),
        ("seventeen_letters, app, ota_0, 0, 1M", "16 bytes"),
    ],
)
def test_csv_mistakes_name_file_and_line(tmp_path, line, said):
    path = csv_of(tmp_path, "# name\n" + line + "\n")
    with pytest.raises(Problem) as caught:
        pt.read_csv(path)
    assert f"{path}:2:" in caught.value.message
    assert said in caught.value.message


def table_with(**changes):
    table = [
        Partition("nvs", 1, 2, 0x9000, 0x7000),
        Partition("ota_0", 0, 0x10, 0x10000, 0x10000),
        Partition("vfs", 1, 0x83, 0x20000, 0x3E0000),
    ]
    for name, change in changes.items():
        index = next(n for n, part in enumerate(table) if part.name == name)
        table[index] = Partition(**(table[index].__dict__ | change))
    return table


def test_a_good_table_passes():
    pt.check(table_with(), 4 * MIB)


@pytest.mark.parametrize(
    "table, said",
    [
        ([], "empty"),
        (table_with(ota_0={"offset": 0x11000}), "multiple of 0x10000"),
        (table_with(nvs={"offset": 0x9800}), "multiple of 0x1000"),
        (table_with(nvs={"size": 0x6800}), "multiple of 0x1000"),
        (table_with(vfs={"size": 0}), "multiple of 0x1000"),
        (table_with(nvs={"size": 0x8000}), "inside"),
        (table_with(nvs={"offset": 0x8000}), "inside"),
        (table_with(nvs={"size": 0x6000}), "nothing claims"),
        (table_with(vfs={"size": 0x3F0000}), "the flash chip at"),
        (table_with(vfs={"size": 0x3D0000}), "nothing claims"),
        (table_with(vfs={"name": "nvs"}), "twice"),
    ],
)
def test_bad_tables_are_refused(table, said):
    with pytest.raises(Problem, match=said):
        pt.check(table, 4 * MIB)


def test_not_a_table():
    with pytest.raises(Problem, match="no partition table"):
        pt.decode(b"\xff" * 4096)


def test_a_table_grows_to_the_end_of_a_larger_chip():
    grown = pt.grow(table_with(), 16 * MIB, 0x30000)
    assert [(part.name, part.offset, part.size) for part in grown] == [
        ("nvs", 0x9000, 0x7000),
        ("ota_0", 0x10000, 0x30000),
        ("vfs", 0x40000, 0xFC0000),
    ]
    with pytest.raises(Problem, match="multiple of"):
        pt.grow(table_with(), 4 * MIB, 4 * MIB)


@given(st.lists(partitions, max_size=20))
def test_what_is_written_as_csv_is_read(tmp_path_factory, table):
    flagless = [replace(part, flags=0, name=f"p{n}") for n, part in enumerate(table)]
    path = tmp_path_factory.mktemp("csv") / "p.csv"
    pt.write_csv(path, flagless, "any")
    assert pt.read_csv(path) == flagless
