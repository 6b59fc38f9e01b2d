"""The same sources give the same bytes, wherever they lie."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path.cwd()
IMAGE = "build/ESP8266_GENERIC/www.img"
LINKED = "build/ESP8266_GENERIC/link-check/firmware.elf"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A copy of the tree in a folder with another name, built there once more."""
    folder = tmp_path_factory.mktemp("the-same-tree-elsewhere")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], stdout=-1, check=True
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if Path(name).exists():
            shutil.copy(name, target)
    # The date of the build is that of the last commit.
    git = subprocess.run(["git", "rev-parse", "--absolute-git-dir"], stdout=-1, check=True).stdout
    (folder / ".git").write_text(f"gitdir: {git.decode()}")
    (folder / "build").mkdir()
    shutil.copytree("build/micropython", folder / "build/micropython", copy_function=os.link)
    for name in ("mpy-cross", "venv"):
        (folder / "build" / name).symlink_to(HERE / "build" / name)
    for name in ("micropython.choice", "micropython.source"):
        shutil.copy2(HERE / "build" / name, folder / "build" / name)
    # Nor may what lies here be older than that.
    make("-C", HERE)
    make("-C", folder)
    return folder


def make(*words):
    told = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL")
    environment = {key: value for key, value in os.environ.items() if key not in told}
    command = ["make", "--no-print-directory", *words, "BOARD=ESP8266_GENERIC", IMAGE, LINKED]
    subprocess.run(command, env=environment, check=True)


def program(path, target):
    """The program without what only a debugger reads: that tells where the sources lay."""
    subprocess.run(["xtensa-lx106-elf-objcopy", "--strip-debug", path, target], check=True)
    return target.read_bytes()


@pytest.mark.timeout(600)
def test_the_firmware_is_the_same(elsewhere, tmp_path):
    here = program(HERE / LINKED, tmp_path / "here")
    assert here == program(elsewhere / LINKED, tmp_path / "there")
    assert str(HERE).encode() not in here


@pytest.mark.timeout(600)
def test_the_image_is_the_same(elsewhere):
    assert (HERE / IMAGE).read_bytes() == (elsewhere / IMAGE).read_bytes()
