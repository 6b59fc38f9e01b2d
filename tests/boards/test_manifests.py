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
