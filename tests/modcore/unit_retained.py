"""What survives a reset."""

import sys

from check import raises
from modcore import retained
from modcore.port import MICROPYTHON


class FakeMachine:
    """What CPython lacks, with the memory of an ESP8266."""

    data = b""

    def RTC(self):
        return self

    def memory(self, data=None):
        if data is None:
            return self.data
        if len(data) > 492:
            raise ValueError("buffer too long")
        self.data = bytes(data)


class Memory:
    """The memory, empty at first: the machine's own on the firmware."""

    def __enter__(self):
        self._before = sys.modules.get("machine")
        if not MICROPYTHON:
            sys.modules["machine"] = FakeMachine()
        from machine import RTC

        self._memory = RTC().memory
        self._memory(b"")
        return self

    def __exit__(self, *_):
        self._memory(b"")
        if not MICROPYTHON:
            restore(self._before)

    @property
    def content(self):
        return self._memory()

    @content.setter
    def content(self, data):
        self._memory(data)


def restore(machine):
    del sys.modules["machine"]
    if machine:
        sys.modules["machine"] = machine


def fail(depth, text="no"):
    if depth:
        fail(depth - 1, text)
    else:
        raise OSError(text)


def caught(depth, text="no"):
    try:
        fail(depth, text)
    except OSError as exc:
        return exc


def test_values_are_kept():
    with Memory() as memory:
        assert retained.get("boots") == b""
        assert retained.get("x", None) is None
        retained.put("boots", b"\x02")
        retained.put("counter", b"\x00\xff")
        assert retained.get("boots") == b"\x02" and retained.get("counter") == b"\x00\xff"
        retained.put("counter", b"")
        assert retained.get("counter", None) is None
        assert memory.content.startswith(retained.MAGIC)


def test_whatever_else_is_there_counts_as_empty():
    with Memory() as memory:
        retained.put("counter", b"1234")
        record = memory.content
        assert retained.get("counter") == b"1234"
        for i in range(len(record)):
            for flip in (0x01, 0x80):
                memory.content = record[:i] + bytes((record[i] ^ flip,)) + record[i + 1 :]
                assert retained.get("counter") == b"", i
            memory.content = record[:i]
            assert retained.get("counter") == b"", i
        memory.content = record + b"\0"
        assert retained.get("counter") == b""
        # One whose digest is right and whose lengths are not: another version's
        body = bytes((1, 200)) + b"k"
        memory.content = retained.MAGIC + retained._digest(body) + body
        retained.get("k")
        body = bytes((1, 1)) + b"\xff\xff"
        memory.content = retained.MAGIC + retained._digest(body) + body
        retained.get("k")
        retained.put("counter", b"5")
        assert retained.get("counter") == b"5"


def test_a_full_area_refuses_others_and_always_holds_what_modcore_keeps():
    with Memory() as memory:
        retained.put("mine", b"x" * 106)
        assert "112" in str(raises(ValueError, retained.put, "more", b"x"))
        assert "112" in str(raises(ValueError, retained.put, "mine", b"x" * 107))
        assert "255" in str(raises(ValueError, retained.put, "mine", b"x" * 256))
        assert retained.get("mine") == b"x" * 106
        for key in (retained.BOOTS, retained.SAFE, retained.BLAME, retained.EXCEPTION):
            retained.put(key, b"y" * 300)
        assert retained.get("mine") == b"x" * 106
        assert len(memory.content) <= 492


def test_exception():
    with Memory():
        assert retained.last_exception() is None
        retained.note(caught(2), "blink")
        text, boots = retained.last_exception()
        assert boots == 0
        lines = text.split("\n")
        assert lines[0] == "blink: OSError: no"
        assert "unit_retained" in lines[1] and "fail" in lines[1]
        retained.age_exception()
        retained.age_exception()
        assert retained.last_exception() == (text, 2)
        retained.note(ValueError())
        assert retained.last_exception() == ("ValueError", 0)
        for _ in range(300):
            retained.age_exception()
        assert retained.last_exception()[1] == 255


def test_a_long_exception_is_cut_between_characters():
    with Memory():
        for extra in range(3):
            retained.note(caught(20, "x" * extra + "ä€" * 200))
            text = retained.last_exception()[0]
            assert text.startswith("OSError: " + "x" * extra + "ä€ä€")
            assert 200 < len(text.encode()) < 255
            assert "unit_retained" in text.split("\n")[1]


def test_an_exception_that_cannot_be_described():
    class Odd(Exception):
        def __str__(self):
            raise MemoryError

    with Memory():
        retained.note(Odd())
        assert retained.last_exception() == ("Odd", 0)


def test_cut():
    assert retained.cut("aä", 1) == b"a"
    assert retained.cut("aä", 2) == b"a"
    assert retained.cut("aä", 3) == "aä".encode()
    assert retained.cut("€", 2) == b""


def test_without_such_memory():
    if MICROPYTHON:
        return  # it cannot be taken away there
    before = sys.modules.get("machine")
    sys.modules["machine"] = object()
    try:
        retained.put("counter", b"1")
        assert retained.get("counter") == b"1"
    finally:
        retained.put("counter", b"")
        restore(before)
