"""What stands for the ESP8266's ROM in LX106_SIM: its arithmetic, compiled for this computer, bit for bit."""

import ctypes
import math
import random
import struct
import subprocess
from pathlib import Path

import pytest

CPU = Path("boards/LX106_SIM/cpu")
CASES = 20000

# Where rounding, subnormal numbers and overflow begin.
EDGES = [
    *(0x00000000, 0x00000001, 0x00000002, 0x007FFFFF, 0x00800000, 0x00800001, 0x00FFFFFF),
    *(0x33800000, 0x34000000, 0x3F7FFFFF, 0x3F800000, 0x3F800001, 0x3FFFFFFF, 0x40000000),
    *(0x4B7FFFFF, 0x4B800000, 0x4EFFFFFF, 0x4F000000, 0x4F7FFFFF, 0x7F7FFFFF, 0x7F800000),
    *(0x7F800001, 0x7FC00000),
]


@pytest.fixture(scope="module")
def rom(tmp_path_factory):
    path = tmp_path_factory.mktemp("rom") / "single.so"
    command = ["cc", "-O1", "-shared", "-fPIC", "-ffp-contract=off", "-o", path, CPU / "single.c"]
    subprocess.run(command, check=True)
    return ctypes.CDLL(path)


def single(bits):
    return struct.unpack("<f", bits.to_bytes(4, "little"))[0]


def bits_of(value):
    return int.from_bytes(bytes(ctypes.c_float(value)), "little")


def rounded(value):
    """A double's bits as the nearest single; the sum or product of two singles is exact enough in one."""
    return bits_of(value)


def same(got, expected):
    if math.isnan(single(expected)):
        return math.isnan(single(got))
    return got == expected


def numbers():
    generator = random.Random(8266)
    edges = [edge | sign for edge in EDGES for sign in (0, 0x80000000)]
    yield from ((a, b) for a in edges for b in edges)
    for _ in range(CASES):
        a = generator.getrandbits(32)
        # Neighbours, too: where sums cancel and round.
        b = generator.choice([generator.getrandbits(32), a ^ generator.getrandbits(26)])
        yield a, b


def function(rom, name, result, *arguments):
    found = getattr(rom, name)
    found.restype, found.argtypes = result, arguments
    return found


@pytest.mark.parametrize(
    "name, operation",
    [
        ("__addsf3", lambda a, b: a + b),
        ("__subsf3", lambda a, b: a - b),
        ("__mulsf3", lambda a, b: a * b),
    ],
)
def test_arithmetic(rom, name, operation):
    calculate = function(rom, name, ctypes.c_float, ctypes.c_float, ctypes.c_float)
    for a, b in numbers():
        expected = rounded(operation(single(a), single(b)))
        got = bits_of(calculate(single(a), single(b)))
        assert same(got, expected), f"{name}({a:#x}, {b:#x}): {got:#x}, not {expected:#x}"


def test_conversions(rom):
    from_signed = function(rom, "__floatsisf", ctypes.c_float, ctypes.c_int32)
    from_unsigned = function(rom, "__floatunsisf", ctypes.c_float, ctypes.c_uint32)
    to_unsigned = function(rom, "__fixunssfsi", ctypes.c_uint32, ctypes.c_float)
    to_double = function(rom, "__extendsfdf2", ctypes.c_double, ctypes.c_float)
    to_single = function(rom, "__truncdfsf2", ctypes.c_float, ctypes.c_double)
    signed_to_double = function(rom, "__floatsidf", ctypes.c_double, ctypes.c_int32)
    for a, b in numbers():
        value = single(a)
        if math.isnan(value):
            assert math.isnan(to_double(value))
            continue
        signed = ctypes.c_int32(a).value
        assert bits_of(from_signed(signed)) == rounded(float(signed))
        assert bits_of(from_unsigned(a)) == rounded(float(a))
        assert signed_to_double(signed) == signed
        double = to_double(value)
        assert double == value and math.copysign(1, double) == math.copysign(1, value)
        if 0 <= value < 2**32:
            assert to_unsigned(value) == int(value)
        wide = struct.unpack("<d", struct.pack("<II", b, a))[0]
        assert same(bits_of(to_single(wide)), rounded(wide))
