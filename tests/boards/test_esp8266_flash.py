"""The ESP8266's block devices lie where its layouts have them."""

import importlib.util
import re
import sys
import types
from pathlib import Path

import pytest
from modcore_cli import partition_table as pt

BOARD = Path("boards/ESP8266_GENERIC")
MIB = 1024 * 1024
LAYOUTS = {"partitions": 4 * MIB, "partitions-2MiB": 2 * MIB, "partitions-1MiB": MIB}


@pytest.fixture
def flashbdev(monkeypatch):
    """Imports modules/flashbdev.py as on a chip whose flash is a bytearray."""

    def load(table, size):
        flash = bytearray(b"\xff" * size)

        def read(offset, buf):
            buf[:] = flash[offset : offset + len(buf)]

        def write(offset, buf):
            old = flash[offset : offset + len(buf)]
            flash[offset : offset + len(buf)] = bytes(a & b for a, b in zip(old, buf, strict=True))

        def erase(sector):
            flash[sector * 4096 : sector * 4096 + 4096] = b"\xff" * 4096

        esp = types.SimpleNamespace(
            flash_read=read,
            flash_write=write,
            flash_erase=erase,
            flash_size=lambda: size,
            flash_user_start=lambda: pt.find(table, "firmware").end,
        )
        monkeypatch.setitem(sys.modules, "esp", esp)
        monkeypatch.setitem(sys.modules, "micropython", types.SimpleNamespace(const=int))
        spec = importlib.util.spec_from_file_location("flashbdev", BOARD / "modules/flashbdev.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module, flash

    return load


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_device_covers_its_partition_and_no_more(flashbdev, name):
    table = pt.read_csv(BOARD / f"{name}.csv")
    module, flash = flashbdev(table, LAYOUTS[name])
    part = pt.find(table, "vfs")
    count = module.bdev.ioctl(4, 0)
    assert count * module.bdev.ioctl(5, 0) == part.size
    for block in (0, count - 1):
        module.bdev.ioctl(6, block)
        module.bdev.writeblocks(block, b"\x00" * 4096, 0)
    written = [at for at, byte in enumerate(flash) if byte == 0]
    assert (written[0], written[-1]) == (part.offset, part.end - 1)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_www_image_is_read_and_never_written(flashbdev, name):
    table = pt.read_csv(BOARD / f"{name}.csv")
    module, flash = flashbdev(table, LAYOUTS[name])
    part = pt.find(table, "www_0")
    flash[part.offset : part.offset + 4] = b"head"
    flash[part.end - 4 : part.end] = b"tail"
    count = module.www.ioctl(4, 0)
    found = bytearray(4)
    module.www.readblocks(0, found)
    assert found == b"head"
    module.www.readblocks(count - 1, found, 4092)
    assert found == b"tail"
    assert module.www.ioctl(6, 0) == 30
    with pytest.raises(OSError):
        module.www.writeblocks(0, b"x", 0)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_covers_the_chip(name):
    pt.check(pt.read_csv(BOARD / f"{name}.csv"), LAYOUTS[name], start=0)


@pytest.mark.parametrize(
    "name, script", [("partitions", "modcore"), ("partitions-1MiB", "modcore-1MiB")]
)
def test_the_linker_script_ends_where_the_layout_has_it(name, script):
    origin, *size = re.search(
        r"irom0_0_seg :  org = (\w+), len = (\w+) - (\w+)", (BOARD / f"{script}.ld").read_text()
    ).groups()
    units = {"K": 1024, "M": MIB}
    length, header = (int(text[:-1]) * units[text[-1]] for text in size)
    end = int(origin, 16) + length - header - 0x40200000
    assert end == pt.find(pt.read_csv(BOARD / f"{name}.csv"), "firmware").end
