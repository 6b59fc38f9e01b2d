"""The same tree gives the same bytes: in another folder, at another time, under another user's settings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path.cwd()
EPOCH = "1767225600"
PLACES = {
    "a": {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    "somewhere/else": {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
}


@pytest.fixture
def trees(tmp_path):
    """The tree in two folders, its files not in one order and not of one age; and the settings for each."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = [name for name in listed.split("\0") if name and (TOP / name).is_file()]
    # The tests that run on the firmware are no part of what it is built from.
    names = [name for name in names if not name.startswith("tests/")]
    made = []
    for number, (place, settings) in enumerate(PLACES.items()):
        folder = tmp_path / place
        for name in reversed(names) if number else names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(TOP / name, path)
            shutil.copymode(TOP / name, path)
            os.utime(path, (number * 1_000_000_000, number * 1_000_000_000))
        told = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL", "IDF_PATH", "ESP_SDK")
        environment = {key: value for key, value in os.environ.items() if key not in told}
        made.append((folder, environment | settings | {"SOURCE_DATE_EPOCH": EPOCH}))
    return made


def built(trees, *commands, outputs):
    """Run `commands` in both trees; the bytes of `outputs` of each."""
    found = []
    for folder, environment in trees:
        for command in commands:
            subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        found.append({name: (folder / name).read_bytes() for name in outputs})
    return found


def modcore(*words):
    code = "import sys; sys.path.insert(0, 'tools'); from modcore_cli.cli import main; main()"
    return [sys.executable, "-c", code, *map(str, words)]


def test_images_and_partition_tables(trees):
    table = "boards/ESP32_PSRAM/partitions.csv"
    commands = [
        modcore("image", "www", "www.img", "--partitions", table, "--etc", "etc"),
        modcore("image", "vfs", "vfs.img", "--partitions", table, "--files", "www_fs"),
        modcore("appimage", TOP / "build/HOST/64/firmware.elf", "app.bin"),
    ]
    outputs = ["www.img", "vfs.img", "app.bin"]
    for mib in (4, 8, 16):
        csv = table if mib == 4 else table.replace(".csv", f"-{mib}MiB.csv")
        commands.append(modcore("partitions", "build", csv, f"{mib}.bin", "--flash-mib", mib))
        outputs.append(f"{mib}.bin")
    first, second = built(trees, *commands, outputs=outputs)
    for name in outputs:
        assert len(first[name]) > 1000
        assert first[name] == second[name], name


def test_another_date_is_another_image(trees):
    """What keeps the test above honest: the date does go into the image."""
    folder, environment = trees[0]
    second = (folder, environment | {"SOURCE_DATE_EPOCH": str(int(EPOCH) + 86400)})
    command = modcore(
        "image",
        "www",
        "www.img",
        "--partitions",
        "boards/ESP32_PSRAM/partitions.csv",
        "--etc",
        "etc",
    )
    one, other = built([trees[0], second], command, outputs=["www.img"])
    assert one["www.img"] != other["www.img"]


def test_the_firmware_of_host(trees, soak):
    """Everything from the sources, `mpy-cross` included: minutes, so only in `make soak`."""
    if not soak:
        pytest.skip("a long proof: make soak")
    for folder, _ in trees:
        (folder / "build").mkdir()
        (folder / "build/venv").symlink_to(TOP / "build/venv")
    outputs = ["build/HOST/64/app.bin", "build/HOST/loader", "build/HOST/www.img"]
    command = ["make", "firmware", "image", f"MICROPYTHON_DIR={TOP}/build/micropython"]
    first, second = built(trees, command, outputs=outputs)
    for name in outputs:
        assert first[name] == second[name], name
