"""A HOST board that runs one application under a measuring tool."""

import subprocess
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


class Board:
    """One board, started.

    Args:
        folder: where its flash chip goes.
        elf: the firmware, with its symbols: profiles then have names.
        files: content of the read-write file system by path.
        tool: a command to run the firmware under, as the boot loader's `--tool`.
        options: more options of the boot loader.

    Attributes:
        pid: of the process that is the firmware.
    """

    def __init__(self, folder, elf, files, tool=None, options=()):
        folder.mkdir(parents=True, exist_ok=True)
        flash = folder / "flash.bin"
        table = partition_table.read_csv(CSV)
        rom = littlefs_image.build(
            image_content.configuration(ETC), partition_table.find(table, "www_0").size, 0
        )
        vfs = littlefs_image.build(files, partition_table.find(table, "vfs").size, 0)
        program = _without_debug_sections(elf, folder)
        app = app_image.wrap(program.read_bytes(), "bench", 0, "")
        flash_file.create(flash, table, FLASH_SIZE, app, rom, vfs)
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
        self._wait_until_it_listens()
        self.pid = _youngest_child(self._process.pid)

    def _wait_until_it_listens(self):
        deadline = time.monotonic() + _PATIENCE
        while "listening on" not in self.output:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the application does not start:\n{self.output}")
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
    # No app slot has room for them. What stays is the symbols, for the names in profiles
    small = folder / "firmware.elf"
    subprocess.run(["strip", "--strip-debug", "-o", small, elf], check=True)
    return small


def compiled(source, folder):
    """`source` as mpy-cross compiles it for the file system."""
    out = folder / source.with_suffix(".mpy").name
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([MPY_CROSS, "-O2", "-s", source.name, "-o", out, source], check=True)
    return out.read_bytes()


def _youngest_child(pid):
    while True:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not children:
            return pid
        pid = int(children[-1])
