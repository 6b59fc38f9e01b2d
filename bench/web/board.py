"""A HOST board that runs one application under a measuring tool."""

import re
import subprocess
import tempfile
import time
from pathlib import Path

from modcore_cli import app_image, flash_file, image_content, littlefs_image, partition_table

TOP = Path(__file__).parents[2]
BUILD = TOP / "build"
LOADER = BUILD / "HOST" / "loader"
CSV = TOP / "boards" / "ESP32_PSRAM" / "partitions.csv"
ETC = [TOP / "etc", TOP / "boards/ESP32_PSRAM/etc", TOP / "boards/HOST/etc"]
FLASH_SIZE = 4 * 1024 * 1024
MPY_CROSS = BUILD / "mpy-cross" / "mpy-cross"

_PATIENCE = 120
_PROMPT = ">>> "  # of the REPL, when the main program has ended


class NotStarted(Exception):
    """The application does not listen. Its argument is what the console shows."""


class Board:
    """One board, started.

    Args:
        folder: where its flash chip goes.
        elf: the firmware, with its symbols: profiles then have names.
        vfs: content of the `vfs` partition; see `file_system`.
        port: the TCP port that shows that it is ready.
        tool: a command to run the firmware under, as the boot loader's `--tool`.
        options: more options of the boot loader.

    Attributes:
        pid: of the process that is the firmware.
    """

    def __init__(self, folder, elf, vfs, port, tool=None, options=()):
        folder.mkdir(parents=True, exist_ok=True)
        flash = folder / "flash.bin"
        table = partition_table.read_csv(CSV)
        rom = littlefs_image.build(
            image_content.configuration(ETC), partition_table.find(table, "www_0").size, 0
        )
        program = _without_debug_sections(elf, folder)
        app = app_image.wrap(program.read_bytes(), "bench", 0, "")
        flash_file.create(flash, table, FLASH_SIZE, app, rom, vfs)
        if _listens(port):
            raise RuntimeError(f"another program listens on port {port}")
        command = [LOADER, "--flash", flash, "--no-terminal", *options]
        if tool:
            # A tool finds no symbols in the copy that the boot loader makes in memory. The firmware
            # takes no arguments, so that copy's name behind its own does no harm
            command += ["--tool", f"{tool} {program}"]
        self._log = folder / "console.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_for(port)
        loader = self._process.pid
        self.pid = int(Path(f"/proc/{loader}/task/{loader}/children").read_text())

    def _wait_for(self, port):
        deadline = time.monotonic() + _PATIENCE
        while not _listens(port):
            ended = self._process.poll() is not None or _PROMPT in self.output
            if ended or time.monotonic() > deadline:
                self.stop()
                raise NotStarted(self.output)
            time.sleep(0.02)

    @property
    def output(self):
        """What the console has shown, a `str`."""
        return self._log.read_text(errors="replace")

    def stop(self):
        """Switch it off."""
        self._process.terminate()
        self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.stop()


def _without_debug_sections(elf, folder):
    # No app slot has room for them. What stays is the symbols, for the names in profiles, but for those of frozen tables
    small = folder / "firmware.elf"
    command = ["strip", "--strip-debug", "--wildcard"]
    command += [f"--strip-symbol={kind}_*" for kind in ("children", "const", "frozen", "fun_data")]
    subprocess.run([*command, "-o", small, elf], check=True)
    return small


def file_system(files):
    """The read-write file system that holds `files`, content by path."""
    table = partition_table.read_csv(CSV)
    return littlefs_image.build(files, partition_table.find(table, "vfs").size, 0)


def compiled(path, source):
    """`source` of the module at `path` as mpy-cross compiles it for the file system."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "source.py"
        file.write_bytes(source)
        command = [MPY_CROSS, "-O2", "-s", path, "-o", file.with_suffix(".mpy"), file]
        subprocess.run(command, check=True)
        return file.with_suffix(".mpy").read_bytes()


def _listens(port):
    # To connect would be a request of its own, and a broken one
    table = Path("/proc/net/tcp").read_text()
    return re.search(rf"^ *\d+: \S+:{port:04X} \S+ 0A ", table, re.M) is not None
