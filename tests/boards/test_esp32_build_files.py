"""ESP32_PSRAM's build files, read by CMake itself, with nothing of ESP-IDF but its version."""

import json
import subprocess
from pathlib import Path

import pytest
from modcore_cli import partition_table as pt
from modcore_cli import sdkconfig

TOP = Path.cwd()
BOARD = TOP / "boards/ESP32_PSRAM"
MPY_DIR = TOP / "build/micropython"
# MicroPython's headers want a port's: those of LX106_SIM, whose processor is a sister of the ESP32's.
SIM = TOP / "boards/LX106_SIM"
HEADERS = (
    TOP / "boards/HOST",
    TOP,
    TOP / "boards/ESP8266_GENERIC/include",
    MPY_DIR,
    MPY_DIR / "ports/esp8266",
    TOP / "build/LX106_SIM/obj",
)

# In the order of the port's own CMakeLists.txt; MicroPython's py/usermod.cmake gathers the C modules.
PROJECT = f"""\
cmake_minimum_required(VERSION 3.16)
set(MICROPY_BOARD_DIR {BOARD})
include(${{MICROPY_BOARD_DIR}}/mpconfigboard.cmake)
if(MICROPY_BOARD_VARIANT)
    include(${{MICROPY_BOARD_DIR}}/mpconfigvariant_${{MICROPY_BOARD_VARIANT}}.cmake)
endif()
project(board NONE)
include({MPY_DIR}/py/usermod.cmake)
get_target_property(LINK_OPTIONS usermod_main_py INTERFACE_LINK_OPTIONS)
foreach(LIST SDKCONFIG_DEFAULTS MICROPY_SOURCE_USERMOD LINK_OPTIONS)
    string(REPLACE ";" "\\", \\"" ITEMS "${{${{LIST}}}}")
    file(APPEND ${{CMAKE_BINARY_DIR}}/lists.txt "[\\"${{ITEMS}}\\"]\\n")
endforeach()
"""


def configure(folder, version=(5, 4, 2), variant=""):
    """What CMake makes of the board's files: configuration files, C sources and linker options."""
    source = folder / "ports" / "esp32"
    (folder / "idf/tools/cmake").mkdir(parents=True)
    (folder / "idf/tools/cmake/version.cmake").write_text(
        "".join(
            f"set(IDF_VERSION_{part} {number})\n"
            for part, number in zip(("MAJOR", "MINOR", "PATCH"), version, strict=True)
        )
    )
    source.mkdir(parents=True)
    (source / "CMakeLists.txt").write_text(PROJECT)
    subprocess.run(
        [
            "cmake",
            *("-S", source, "-B", folder / "build"),
            f"-DUSER_C_MODULES={TOP}/firmware/usermods/micropython.cmake",
            f"-DMICROPY_BOARD_VARIANT={variant}",
        ],
        env={"PATH": "/usr/bin:/bin", "IDF_PATH": str(folder / "idf")},
        check=True,
        capture_output=True,
    )
    lists = (folder / "build/lists.txt").read_text().splitlines()
    configuration, sources, options = (list(map(Path, json.loads(line))) for line in lists)
    return configuration, sources, list(map(str, options))


def test_every_c_module_is_compiled(tmp_path):
    _, sources, options = configure(tmp_path)
    folders = (TOP / "firmware/usermods", TOP / "boards/common")
    wanted = {path.resolve() for folder in folders for path in folder.rglob("*.c")}
    wanted.remove(TOP / "boards/common/main_py/exit_main.c")  # what the ESP8266's port lacks
    # For boards whose heap is small
    wanted -= set((TOP / "firmware/usermods/frozen_objects").glob("*.c"))
    assert {path.resolve() for path in sources} == wanted
    # Without it boards/common/main_py would be compiled and never called.
    assert "-Wl,--wrap=pyexec_file_if_exists" in options


@pytest.mark.parametrize("version", [(5, 3, 0), (5, 3, 1), (5, 3, 2), (5, 4, 2)])
def test_the_configuration_is_what_our_check_reads(version, tmp_path):
    configuration, _, _ = configure(tmp_path, version)
    ours = [path for path in configuration if path.parent == BOARD]
    assert ours == sdkconfig.files_for(BOARD, version)
    for path in configuration:
        assert path.parent == Path("boards") or path.is_file()


@pytest.mark.parametrize("mib, variant", [(4, ""), (8, "FLASH_8M"), (16, "FLASH_16M")])
def test_each_flash_size_has_its_table(mib, variant, tmp_path):
    configuration, _, _ = configure(tmp_path, variant=variant)
    lines = dict(line.split("=", 1) for line in configuration[-1].read_text().splitlines())
    assert lines[f"CONFIG_ESPTOOLPY_FLASHSIZE_{mib}MB"] == "y"
    table = pt.read_csv(Path(json.loads(lines["CONFIG_PARTITION_TABLE_CUSTOM_FILENAME"])))
    pt.check(table, mib * 1024 * 1024)


def test_the_c_modules_compile_as_esp_idf_would(tmp_path):
    """On the compiler of a sister processor, with the warnings that are errors in ESP-IDF."""
    _, sources, _ = configure(tmp_path)
    for source in sources:
        subprocess.run(
            [
                "xtensa-lx106-elf-gcc",
                *("-c", "-Os", "-std=gnu17", "-Wall", "-Wextra", "-Werror=all"),
                *("-Wno-unused-parameter", "-Wno-sign-compare", "-Wno-missing-field-initializers"),
                *(
                    "-mlongcalls",
                    "-fstrict-volatile-bitfields",
                    "-D__PICOLIBC_ERRNO_FUNCTION=__errno",
                ),
                *(f"-I{folder}" for folder in (SIM / "include", SIM, *HEADERS, source.parent)),
                *(source, "-o", tmp_path / "out.o"),
            ],
            check=True,
        )
