"""A board's ESP-IDF settings, held to Kconfig files: what is unknown or out of range is no silent default."""

import os
from pathlib import Path

import pytest
from modcore_cli import sdkconfig
from modcore_cli.problem import Problem

KCONFIG = """\
mainmenu "An ESP-IDF"
config TOP
    bool "Top"
source "$COMPONENT_KCONFIGS_PROJBUILD_SOURCE_FILE"
source "$COMPONENT_KCONFIGS_SOURCE_FILE"
"""
LWIP = """\
config SOCKETS
    int "Sockets"
    range 1 16
    default 10
config DEBUG
    bool "Debug"
config DEBUG_LEVEL
    hex "Level"
    depends on DEBUG
    default 0x1
"""
TABLE = """\
config TABLE
    string "Table"
"""


@pytest.fixture
def idf(tmp_path):
    folder = tmp_path / "idf"
    for name, text in {
        "Kconfig": KCONFIG,
        "components/lwip/Kconfig": LWIP,
        "components/table/Kconfig.projbuild": TABLE,
        "tools/cmake/version.cmake": "\n".join(
            f"set(IDF_VERSION_{part} {number})"
            for part, number in {"MAJOR": 5, "MINOR": 3, "PATCH": 1}.items()
        ),
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def check(idf, text, base=""):
    files = []
    for name, content in {"base": base, "sdkconfig.board": text}.items():
        files.append(idf.parent / name)
        files[-1].write_text(content)
    return sdkconfig.check(idf, "esp32", files[:1], files[1:])


def test_what_is_taken_is_counted(idf):
    text = '# comment\nCONFIG_TOP=y\nCONFIG_SOCKETS=16\nCONFIG_TABLE="a b.csv"\nCONFIG_DEBUG=n\n'
    assert check(idf, text) == 4


@pytest.mark.parametrize(
    "text, said",
    [
        ("CONFIG_SOKCETS=16", "CONFIG_SOKCETS is unknown"),
        ("CONFIG_SOCKETS=24", "CONFIG_SOCKETS=24 becomes 10: it can be 1 to 16"),
        ("CONFIG_DEBUG_LEVEL=0x5", "becomes nothing: it depends on DEBUG"),
        ("CONFIG_TOP=maybe", "CONFIG_TOP=maybe becomes n"),
    ],
)
def test_what_is_not_taken_is_named(idf, text, said):
    with pytest.raises(Problem) as caught:
        check(idf, text)
    assert "ESP-IDF 5.3.1" in caught.value.message
    assert said in caught.value.message


def test_what_came_before_counts_but_is_not_answered_for(idf):
    assert check(idf, "CONFIG_DEBUG_LEVEL=0x5", base="CONFIG_DEBUG=y\nCONFIG_GONE=y") == 1
    assert check(idf, "CONFIG_SOCKETS=12", base="CONFIG_SOCKETS=24") == 1


def test_the_environment_is_as_it_was(idf, monkeypatch):
    monkeypatch.setenv("IDF_PATH", "/mine")
    monkeypatch.delenv("IDF_TARGET", raising=False)
    check(idf, "CONFIG_TOP=y")
    assert os.environ["IDF_PATH"] == "/mine"
    assert "IDF_TARGET" not in os.environ


def test_older_versions_have_files_of_their_own(tmp_path):
    for name in ("sdkconfig.board", "sdkconfig.before-5.3.2", "sdkconfig.before-5.10.0"):
        (tmp_path / name).touch()

    def names(*version):
        return [path.name for path in sdkconfig.files_for(tmp_path, version)]

    assert names(5, 10, 0) == ["sdkconfig.board"]
    assert names(5, 4, 2) == ["sdkconfig.board", "sdkconfig.before-5.10.0"]
    # What is meant for the older ones wins.
    assert names(5, 3, 1) == [*names(5, 4, 2), "sdkconfig.before-5.3.2"]


def test_a_folder_without_esp_idf(tmp_path):
    with pytest.raises(Problem, match="is no ESP-IDF"):
        sdkconfig.idf_version(tmp_path)


@pytest.mark.skipif("IDF_PATH" not in os.environ, reason="no ESP-IDF here (IDF_PATH)")
def test_esp_idf_takes_what_esp32_psram_asks_for():
    idf = os.environ["IDF_PATH"]
    port = Path("build/micropython/ports/esp32/boards")
    bases = [port / f"sdkconfig.{name}" for name in ("base", "240mhz", "spiram")]
    board = Path("boards/ESP32_PSRAM")
    files = sdkconfig.files_for(board, sdkconfig.idf_version(idf))
    assert sdkconfig.check(idf, "esp32", bases, files) >= 20
