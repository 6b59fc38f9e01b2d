"""The C core of `keyhash` against hashlib, under a sanitiser, and what it takes of the firmware's heap."""

import ctypes
import hashlib
import hmac
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "firmware/usermods/keyhash"
WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")
SANITISERS = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
LONGEST = 200  # bytes: three blocks of SHA-256, and each length of the padding


class Words(ctypes.Structure):
    _fields_ = [("words", ctypes.c_uint32 * 32)]  # the largest that the core keeps


def ends_here(data):
    """A copy whose last byte is the last that may be read."""
    return (ctypes.c_uint8 * len(data)).from_buffer_copy(data)


def hashes(library):
    """Every length of key and of message, and PBKDF2 of some, as the core has them."""
    core = ctypes.CDLL(library)
    own, out, octets = Words(), (ctypes.c_uint32 * 8)(), (ctypes.c_uint8 * 32)()

    def taken(words):
        core.keyhash_bytes(words, octets)
        return bytes(octets)

    for length in range(LONGEST):
        data = bytes(range(length))
        key, message = ends_here(data), ends_here(data[::-1])
        core.keyhash_hmac_key(ctypes.byref(own), key, length)
        core.keyhash_hmac(ctypes.byref(own), message, length, 0, out)
        assert taken(out) == hmac.digest(data, data[::-1], "sha256"), length
        index = 1 + length % 2
        core.keyhash_pbkdf2_begin(ctypes.byref(own), key, length, message, length, index)
        core.keyhash_pbkdf2_step(ctypes.byref(own), length)
        expected = hashlib.pbkdf2_hmac("sha256", data, data[::-1], 1 + length, 64)
        at = ctypes.addressof(own) + 24 * 4
        assert (
            taken((ctypes.c_uint32 * 8).from_address(at)) == expected[32 * index - 32 : 32 * index]
        )


def cookies(library):
    """What is found in each piece of a field, and nothing is read behind it."""
    core = ctypes.CDLL(library)
    core.keyhash_cookie.restype = ctypes.c_size_t
    size = ctypes.c_size_t
    name = b"sid="
    for field in (
        b"sid=1;x; sid=2",
        b"a=b; xsid=1; sid=abc",
        b"; ;sid;sid",
        b"sid=sid=",
        b"  sid=1",
    ):
        for start in range(len(field)):
            for end in range(start, len(field) + 1):
                data = field[start:end]
                found = core.keyhash_cookie(
                    ends_here(data), size(end - start), ends_here(name), size(4)
                )
                at, place = len(data), 0
                for cookie in data.split(b";"):
                    skipped = len(cookie) - len(cookie.lstrip(b" ")) if place else 0
                    if cookie[skipped:].startswith(name):
                        at = place + skipped + 4
                        break
                    place += len(cookie) + 1
                assert found == at, (data, found, at)


def test_every_length_is_as_hashlib_has_it(tmp_path):
    library = tmp_path / "keyhash.so"
    command = ["gcc", *WARNINGS, *SANITISERS, "-shared", "-fPIC", "-o", library, CORE / "keyhash.c"]
    subprocess.run(command, check=True)
    libraries = [
        subprocess.check_output(["gcc", f"-print-file-name={name}"], text=True).strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    environment = {
        **os.environ,
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONMALLOC": "malloc",
        "LD_PRELOAD": ":".join(libraries),
    }
    program = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    program += f"import test_keyhash; test_keyhash.hashes({str(library)!r})\n"
    program += f"test_keyhash.cookies({str(library)!r}); print('all right')"
    out = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert out.stdout == "all right\n", out.stderr


STEPS = """
import gc, micropython
import keyhash
def main():
    work = keyhash.Pbkdf2(b"password", b"salt")
    step = work.step
    gc.collect()
    micropython.heap_lock()
    step(1000)
    same = keyhash.equal(b"abc", b"abd")
    micropython.heap_unlock()
    print("no heap,", same)
main()
"""


@pytest.mark.parametrize("bits", [64, 32])
def test_steps_need_no_heap(make_host, bits):
    make_host(bits=bits, files={"/main.py": STEPS}).start(ready=False).wait_for("no heap, False")
