"""The ESP8266's firmware within its budget, linked without the SDK, and what is said when it is not."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from modcore_cli import budget, footprint, link_map
from modcore_cli.problem import Problem
from typer.testing import CliRunner

from modcore_cli.cli import app  # isort: skip

BOARD = Path("boards/ESP8266_GENERIC")
LINKED = Path("build/ESP8266_GENERIC/link-check/firmware.elf")
MAP = LINKED.with_suffix(".map")
COMPILER = "cc 1"

MAP_TEXT = """
Memory Configuration

Name             Origin             Length             Attributes
flash            0x40209000         0x00001000
*default*        0x00000000         0xffffffff

Linker script and memory map

.irom0.text     0x40209000       0x60
 *(.text*)
 .text          0x40209000       0x10 /b/py/vm.o
                                 0x14 (size before relaxing)
 *fill*         0x40209010        0x4
 .text.of_a_name_that_is_long
                0x40209014       0x20 /b/lib(member.o)
                0x40209020                symbol
 .text          0x40209034        0x0 /b/empty.o

.bss            0x3ffe8000        0x8
 COMMON         0x3ffe8000        0x8 /b/py/vm.o
"""


def test_a_map_is_read(tmp_path):
    path = tmp_path / "firmware.map"
    path.write_text(MAP_TEXT)
    program = link_map.read(path)
    assert program.regions["flash"] == 0x1000
    assert program.outputs == {".irom0.text": 0x60, ".bss": 8}
    assert program.pieces == [
        link_map.Piece(".irom0.text", ".text", "/b/py/vm.o", 0x14),
        link_map.Piece(".irom0.text", ".text.of_a_name_that_is_long", "/b/lib(member.o)", 0x20),
        link_map.Piece(".bss", "COMMON", "/b/py/vm.o", 8),
    ]


def test_what_is_no_map(tmp_path):
    path = tmp_path / "firmware.map"
    path.write_text("nothing")
    with pytest.raises(Problem, match="not a map"):
        link_map.read(path)


def test_parts_make_up_the_whole():
    found = footprint.read(MAP)
    for memory, total in found.totals.items():
        # Equal strings of several parts are there once, but in the map as often as they are used.
        assert abs(sum(found.parts[memory].values()) - total) < 64 + total // 500, memory


def test_every_frozen_module_has_its_share():
    sizes = footprint.read(MAP).parts["irom"]
    for path in (LINKED.parent / "frozen_mpy").rglob("*.mpy"):
        name = path.relative_to(LINKED.parent / "frozen_mpy").with_suffix(".py").as_posix()
        # Beside the bytecode there are tables, but no copy of another module.
        assert 0 < sizes[footprint.FROZEN + name] < 4 * path.stat().st_size, name


def test_ours_stay_out_of_instruction_memory():
    assert budget.ours(footprint.read(MAP).parts["iram"]) == {}


def take(irom=1000, iram=100, dram=10):
    totals = {"irom": irom, "iram": iram, "dram": dram}
    return footprint.Footprint(
        {"irom": 5000, "iram": 200, "dram": 20},
        totals,
        {memory: {"py/vm.o": used} for memory, used in totals.items()},
    )


@pytest.fixture
def limits():
    recorded = take()
    return {
        "sdk": {"irom": 1000, "iram": 50, "dram": 5},
        "growth": {"irom": 1024, "iram": 0, "dram": 0},
        "packages": 2000,
        "compiler": COMPILER,
        "recorded": {"totals": recorded.totals, "parts": recorded.parts},
    }


@pytest.mark.parametrize(
    "now, said",
    [
        ({}, None),
        ({"irom": 1000 + 1024}, None),
        ({"irom": 1000 + 1025}, "irom has grown by 1,025"),
        ({"iram": 101}, "iram has grown by 1 "),
        ({"dram": 11}, "dram has grown by 1 "),
        ({"irom": 4001}, "4,001 bytes do not fit into 4,000"),
        ({"iram": 151}, "151 bytes do not fit into 150"),
        ({"dram": 16}, "16 bytes do not fit into 15"),
        ({"irom": 900, "iram": 90, "dram": 9}, None),
    ],
)
def test_growth_and_limits(limits, now, said):
    found = "\n".join(budget.complaints(limits, take(**now), COMPILER))
    assert (said in found) if said else found == ""


def test_culprits_are_named_the_largest_first(limits):
    now = take(irom=2900)
    now.parts["irom"].update({"py/vm.o": 1100, "httptok/httptok.o": 1800})
    (found,) = budget.complaints(limits, now, COMPILER)
    assert found.index("+1,800  httptok/httptok.o") < found.index("+100  py/vm.o")


def test_another_compiler_is_held_to_the_limits_alone(limits):
    assert budget.complaints(limits, take(irom=3000, iram=140), "cc 2") == []
    assert budget.complaints(limits, take(irom=4001), "cc 2") != []


def test_our_packages_have_a_share_of_their_own(limits):
    parts = {"frozen/windup/app.py": 1500, "httptok/httptok.o": 500, "frozen/asyncio/core.py": 999}
    now = take()
    now.parts["irom"].update(parts)
    assert budget.complaints(limits, now, COMPILER) == []
    now.parts["irom"]["main_py.o"] = 1
    assert "2,001 bytes of flash" in budget.complaints(limits, now, COMPILER)[0]


def test_recording_takes_flash_but_no_instruction_memory(limits):
    now = take(irom=3000)
    assert budget.complaints(budget.record(limits, now, COMPILER), now, COMPILER) == []
    with pytest.raises(Problem, match="iram has grown"):
        budget.record(limits, take(iram=101), COMPILER)


def run(*words):
    return CliRunner().invoke(app, ["budget", str(MAP), *map(str, words)])


def test_the_firmware_is_within_its_budget():
    result = run(BOARD / "budget.json")
    assert result.exception is None, result.exception
    assert "windup.connection" in result.stdout


def test_a_firmware_that_has_grown_fails(tmp_path):
    path = tmp_path / "budget.json"
    limits = json.loads((BOARD / "budget.json").read_text())
    recorded = limits["recorded"]
    recorded["totals"]["irom"] -= 3000
    recorded["parts"]["irom"]["frozen/windup/static.py"] -= 2000
    path.write_text(json.dumps(limits))
    assert "frozen/windup/static.py" in str(run(path).exception)
    assert run(path, "--record").exception is None
    assert run(path).exception is None


def test_heap_is_held_to_its_limit(tmp_path):
    path = tmp_path / "heap.json"
    limits = shutil.copy(BOARD / "budget.json", tmp_path)
    run(limits, "--record")
    for started, complaint in ((20480, False), (20481, True)):
        path.write_text(json.dumps({"modules": {"windup.app": 12345}, "started": started}))
        result = run(limits, "--heap", path)
        assert (result.exception is not None) == complaint
        assert "12,345" in result.stdout


@pytest.mark.timeout(600)
def test_what_is_for_1_mib_fits():
    told = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL")
    environment = {key: value for key, value in os.environ.items() if key not in told}
    linked = Path("build/ESP8266_GENERIC/link-check-1MiB/firmware.elf")
    subprocess.run(["make", "BOARD=ESP8266_GENERIC", linked], env=environment, check=True)
    found = footprint.read(linked.with_suffix(".map"))
    assert found.limits["irom"] < footprint.read(MAP).limits["irom"]
    sdk = json.loads((BOARD / "budget.json").read_text())["sdk"]
    for memory, used in found.totals.items():
        assert used + sdk[memory] <= found.limits[memory], memory


def test_esptool_makes_an_image_of_it(tmp_path):
    linked = shutil.copy(LINKED, tmp_path)
    esptool = Path(sys.executable).with_name("esptool")
    subprocess.run([esptool, "--chip", "esp8266", "elf2image", linked], check=True, stdout=-3)
    irom = Path(f"{linked}-0x09000.bin").stat().st_size
    assert abs(irom - footprint.read(MAP).totals["irom"]) < 16
