"""Frozen classes, whose members lie in flash, are what their bytecode makes when it is loaded from a file."""

from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]

COMPARE = """
import gc, sys

def members(part):
    found = {}
    for name, value in part.__dict__.items():
        if isinstance(value, type) and name != "__class__":
            inner = {}
            for key, member in value.__dict__.items():
                simple = isinstance(member, (int, float, str, bytes, tuple, type(None)))
                inner[key] = member if simple and key != "__module__" else type(member).__name__
            found[name] = inner
    return found

def load(name):
    try:
        return members(__import__(name, None, None, ("x",)))
    except ImportError as e:
        return str(e)

frozen = [load(name) for name in NAMES]
sys.modules[NAMES[0].split(".")[0]].__path__ = "/copy"
for name, was in zip(NAMES, frozen):
    sys.modules.pop(name, None)
    loaded = load(name)
    if was != loaded:
        print("DIFFERENT", name, was, loaded)
print("classes:", sum(len(was) for was in frozen))
"""


@pytest.mark.parametrize("bits", [64, 32])
@pytest.mark.parametrize("package", ["modcore", "windup"])
def test_frozen_classes_have_what_their_files_have(make_host, bits, package):
    folder = TOP / f"build/HOST/{bits}/obj/frozen_mpy"
    modules = sorted((folder / package).glob("*.mpy"))
    files = {f"/copy/{p.name}": p.read_bytes() for p in modules}
    names = [f"{package}.{p.stem}" for p in modules if not p.name.startswith(("__init__", "on_"))]
    host = make_host(bits=bits, files=files).start()
    told = host.mpremote("resume", "exec", COMPARE.replace("NAMES", repr(names)))
    assert "DIFFERENT" not in told, told
    assert int(told.split("classes:")[1]) > 40


USE = """
from windup.session import SessionData
from windup.response import Response
try:
    SessionData.get = None
    print("set")
except AttributeError:
    print("not set")

class Mine(SessionData):
    def get(self, key, default=5):
        return SessionData.get(self, key, default)
    def _data(self):
        return {"a": 1}
Mine.more = lambda self: 7
mine = Mine(None)
print(mine.get("a"), mine.get("b"), mine.more(), "a" in mine, len(mine), isinstance(mine, SessionData))
import sys
import windup.dates as dates
kept = dates.format_date
before = kept(0)
del sys.modules["windup.dates"]
import windup.dates as again
print(again is dates, again.format_date(0) == before, kept(0) == before)
"""


def test_frozen_classes_are_used_like_others(make_host):
    told = make_host(bits=32, profile="esp8266").start().mpremote("resume", "exec", USE)
    assert told.splitlines() == ["not set", "1 5 7 True 1 True", "False True True"]


def test_a_soft_reset_finds_modules_as_new(make_host):
    host = make_host(bits=32, profile="esp8266").start()
    levels = []
    for _ in range(4):
        levels.append(int(host.mpremote("exec", "import gc; gc.collect(); print(gc.mem_alloc())")))
    assert max(levels[1:]) - min(levels[1:]) < 512, levels
