"""Every board's manifest freezes: each file is found, and compiles for the board's CPU."""

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

MPY_DIR = Path("build/micropython").resolve()
MPY_CROSS = Path("build/mpy-cross/mpy-cross").resolve()
# Port and the flags that its build gives to mpy-cross.
BOARDS = {
    "HOST": ("unix", ()),
    "ESP32_PSRAM": ("esp32", ("-march=xtensawin",)),
    "ESP8266_GENERIC": ("esp8266", ("-march=xtensa",)),
    "LX106_SIM": ("esp8266", ("-march=xtensa",)),
}


def load_manifestfile():
    path = MPY_DIR / "tools" / "manifestfile.py"
    spec = importlib.util.spec_from_file_location("manifestfile", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def frozen_files(board):
    port, _ = BOARDS[board]
    manifestfile = load_manifestfile()
    manifest = manifestfile.ManifestFile(
        manifestfile.MODE_FREEZE,
        {
            "MPY_DIR": str(MPY_DIR),
            "PORT_DIR": str(MPY_DIR / "ports" / port),
            "BOARD_DIR": str(Path("boards", board).resolve()),
            # Neither require() nor a port's manifest: micropython-lib is not everywhere.
            "MPY_LIB_DIR": "",
        },
    )
    manifest.execute(str(Path("boards", board, "manifest.py").resolve()))
    return manifest.files()


@pytest.mark.parametrize("board", BOARDS)
def test_every_frozen_file_compiles(board, tmp_path):
    files = frozen_files(board)
    targets = [file.target_path for file in files]
    assert len(targets) == len(set(targets))
    for needed in ("_boot.py", "modcore_main.py", "modcore/__init__.py", "asyncio/__init__.py"):
        assert needed in targets
    for file in files:
        flags = (*BOARDS[board][1], f"-O{file.opt or 0}", "-s", file.target_path)
        command = [MPY_CROSS, *flags, "-o", tmp_path / "out.mpy", file.full_path]
        subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("board", BOARDS)
def test_nothing_frozen_keeps_the_users_main_from_running(board):
    # The ports look for a frozen main.py and boot.py before the user's.
    targets = {file.target_path for file in frozen_files(board)}
    assert not targets & {"main.py", "boot.py"}


def test_boards_have_what_micropython_asks_for():
    for board in BOARDS:
        names = os.listdir(Path("boards", board))
        assert {"board.mk", "manifest.py", "board.json", "README.md"} <= set(names), board


def test_c_modules_stay_out_of_iram(tmp_path):
    """The ESP8266's linker script puts C modules and main_py into flash, and keeps one irom section."""
    for name, text in {"httptok/a": "f_module", "main_py": "f_main", "unknown": "f_iram"}.items():
        source = tmp_path / f"{name}.c"
        source.parent.mkdir(exist_ok=True)
        source.write_text(f"int {text}(void) {{ return 1; }}\n")
        run(
            "xtensa-lx106-elf-gcc",
            "-c",
            "-Os",
            "-ffunction-sections",
            source,
            "-o",
            source.with_suffix(".o"),
        )
    run("make", "-f", "-", "BUILD=" + str(tmp_path), cwd=MPY_DIR / "ports" / "esp8266", input=MAKE)
    objects = [tmp_path / f"{name}.o" for name in ("httptok/a", "main_py", "unknown")]
    run(
        *(
            "xtensa-lx106-elf-ld",
            f"-L{tmp_path}",
            "-T",
            Path("boards/ESP8266_GENERIC/modcore.ld").resolve(),
        ),
        *("--unresolved-symbols=ignore-all", "-o", tmp_path / "out.elf", *objects),
        cwd=MPY_DIR / "ports" / "esp8266",
    )
    symbols = run("xtensa-lx106-elf-nm", tmp_path / "out.elf").stdout
    rows = [line.split() for line in symbols.splitlines()]
    where = {row[2]: int(row[0], 16) for row in rows if len(row) == 3}
    assert where["f_module"] >= 0x40200000
    assert where["f_main"] >= 0x40200000
    assert 0x40100000 <= where["f_iram"] < 0x40108000
    headers = run("xtensa-lx106-elf-objdump", "-h", tmp_path / "out.elf").stdout
    assert headers.count(".irom0.text") == 1


# The part of the port's makefile that the board's own is read by.
MAKE = f"""
BOARD_DIR = {Path("boards/ESP8266_GENERIC").resolve()}
USER_C_MODULES = {Path("firmware/usermods").resolve()}
include $(BOARD_DIR)/mpconfigboard.mk
all: ;
"""


def run(*command, **keywords):
    return subprocess.run(command, check=True, capture_output=True, text=True, **keywords)
