"""The Makefile: what it says, what it refuses, and that an unchanged tree builds nothing."""

import os
import subprocess

import pytest


def make(*words):
    # What the make that runs the tests was told is not meant for this one.
    told = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL", "IDF_PATH", "ESP_SDK")
    environment = {key: value for key, value in os.environ.items() if key not in told}
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_make_alone_is_make_help():
    result = make()
    assert result.returncode == 0
    assert result.stdout == make("help").stdout
    for target in [
        "run",
        "test",
        "soak",
        "firmware",
        "image",
        "flash",
        "size",
        "lint",
        "format",
        "bench",
        "clean",
    ]:
        assert f"\n  {target} " in result.stdout


@pytest.mark.parametrize(
    "words, said",
    [
        (["BOARD=ESP99"], "there are: "),
        (["BITS=16"], "32"),
        (["BOARD_PROFILE=esp99"], "esp32 esp8266"),
        (["BOARD_PROFILE=esp8266"], "needs BITS=32"),
        (["run", "BOARD=ESP32_PSRAM"], "make flash"),
    ],
)
def test_wrong_choices_are_explained(words, said):
    result = make(*words)
    assert result.returncode != 0
    assert said in result.stderr


@pytest.mark.parametrize(
    "board, variable, said",
    [
        ("ESP32_PSRAM", "IDF_PATH=", "IDF_PATH is not set"),
        ("ESP32_PSRAM", "IDF_PATH=/nowhere", "/nowhere has no tools/idf.py"),
        ("ESP8266_GENERIC", "ESP_SDK=/nowhere", "/nowhere/lib/libmain.a"),
    ],
)
def test_a_missing_sdk_is_named_before_anything_is_built(board, variable, said):
    result = make("firmware", f"BOARD={board}", variable)
    assert result.returncode != 0
    assert result.stdout == ""
    assert said in result.stderr
    assert "git clone" in result.stderr


def test_an_unchanged_tree_builds_nothing():
    targets = ["firmware", "image", "build/HOST/32/app.bin"]
    assert make(*targets).returncode == 0
    result = make(*targets)
    assert result.returncode == 0
    assert "✓" not in result.stdout


def test_another_esp_idf_starts_over(tmp_path):
    """It refuses a folder that another one began, in which a build of the same one goes on."""
    idf, board = tmp_path / "idf", tmp_path / "build/ESP32_PSRAM"
    version = idf / "tools/cmake/version.cmake"
    version.parent.mkdir(parents=True)
    made = board / "idf/made"

    def starts_over(*numbers):
        names = zip(("MAJOR", "MINOR", "PATCH"), numbers, strict=True)
        version.write_text("".join(f"set(IDF_VERSION_{name} {number})\n" for name, number in names))
        stamp = board / "idf/sdkconfig.stamp"
        words = ("BOARD=ESP32_PSRAM", f"B={tmp_path}/build", f"IDF_PATH={idf}", "MAKE=true")
        result = make(str(stamp), *words)
        assert result.returncode == 0, result.stderr
        over = not made.exists()
        made.touch()
        return over

    assert starts_over(5, 4, 2)
    assert not starts_over(5, 4, 2)
    assert starts_over(5, 3, 2)
    assert not starts_over(5, 3, 2)
