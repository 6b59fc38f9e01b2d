"""The C core compiled for this computer, with the interface of the module `httptok`.

A thin copy of the binding in ctypes: what the vectors say of this module they say of the core.
Each call sees a copy of its bytes that ends where they end, so that a sanitiser notices a read
behind the end.
"""

import ctypes
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "firmware" / "usermods" / "httptok"
BUILD = ROOT / "build" / "httptok"
SOURCES = ("httptok.c", "httptok_body.c")

WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", str(CORE))
SANITISERS = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
# What a sanitised library needs of the process that loads it.
SANITISED_ENV = {"ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": "malloc"}


def build(name, flags=("-O2",), sources=None, **keywords):
    """Compiles the core to a shared library build/httptok/NAME.so and gives its path.

    `keywords` are for subprocess.run. CalledProcessError: it does not compile.
    """
    library = BUILD / f"{name}.so"
    library.parent.mkdir(parents=True, exist_ok=True)
    sources = sources or [CORE / source for source in SOURCES]
    beside = library.with_suffix(f".{os.getpid()}")
    command = ["gcc", *WARNINGS, *flags, "-shared", "-fPIC", "-o", beside, *sources]
    subprocess.run(command, check=True, **keywords)
    beside.replace(library)
    return library


def sanitised_env():
    """Environment for a Python process that is to load a library built with SANITISERS."""
    libraries = [
        subprocess.check_output(["gcc", f"-print-file-name={name}"], text=True).strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    return {**os.environ, **SANITISED_ENV, "LD_PRELOAD": ":".join(libraries)}


class _Span(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    def bytes(self):
        return None if self.data is None else ctypes.string_at(self.data, self.len)


class _Part(ctypes.Structure):
    _fields_ = [("at", ctypes.c_uint32), ("len", ctypes.c_uint32)]


class _Chunked(ctypes.Structure):
    _fields_ = [("left", ctypes.c_uint32), ("extra", ctypes.c_uint16), ("state", ctypes.c_uint16)]


def _table(header, name):
    """First arguments of the X() lines of a table in httptok.h."""
    body = re.search(rf"#define {name}\(X.*?\)(.*?)\n\n", header, re.S).group(1)
    return re.findall(r"X\((?:n, )?(\w+)", body)


def _copy(data):
    """Array of exactly these bytes, in a block of their own: a sanitiser watches its ends."""
    if len(data) > 16:
        return (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
    # ctypes keeps a short array in its object: this is the end of a longer one
    block = (ctypes.c_uint8 * (64 + len(data)))()
    array = (ctypes.c_uint8 * len(data)).from_buffer(block, 64)
    ctypes.memmove(array, data, len(data))
    return array


def _range(buf, start, end):
    if not 0 <= start <= end <= len(buf):
        raise ValueError("range")


class Native:
    """The module `httptok`, of the library at `path` that was compiled with the tables in `header`."""

    def __init__(self, path, header=CORE / "httptok.h"):
        lib = self._lib = ctypes.CDLL(str(path))
        header = Path(header).read_text()
        for i, name in enumerate(_table(header, "HTTPTOK_METHODS")):
            setattr(self, name, i + 1)
        self.slots = _table(header, "HTTPTOK_SLOTS")
        for i, name in enumerate(self.slots):
            setattr(self, name, i)
        for name, bit in re.findall(r"HTTPTOK_(\w+) = (\d+),", header):
            setattr(self, name, int(bit))

        class Struct(ctypes.Structure):
            _fields_ = [
                ("result", ctypes.c_int32),
                ("content_length", ctypes.c_int32),
                *((name, ctypes.c_uint32) for name in ("method", "version", "flags", "count")),
                *((name, _Part) for name in ("path", "query", "authority")),
                ("private", ctypes.c_uint32 * 4),
                ("slot", ctypes.c_uint8 * len(self.slots)),
                ("field", ctypes.c_uint16 * 64),
            ]

        lib.httptok_reset.argtypes = [ctypes.POINTER(Struct), ctypes.c_uint32]
        lib.httptok_parse.argtypes = [ctypes.POINTER(Struct), ctypes.c_void_p, ctypes.c_size_t]
        lib.httptok_slot.restype = _Span
        lib.httptok_slot.argtypes = [ctypes.POINTER(Struct), ctypes.c_void_p, ctypes.c_size_t]
        lib.httptok_field.argtypes = [*lib.httptok_slot.argtypes, *[ctypes.POINTER(_Span)] * 2]
        lib.httptok_chunked.restype = lib.httptok_unquote.restype = ctypes.c_size_t
        lib.httptok_search.restype = ctypes.c_size_t
        lib.httptok_search.argtypes = [ctypes.c_void_p, ctypes.c_size_t, _Span]
        lib.httptok_unmask.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
        lib.httptok_unmask.argtypes.append(ctypes.c_size_t)

        class Head:
            def __init__(self, buf, target_max=2048):
                if not 0 < target_max <= 8191:
                    raise ValueError("target_max")
                self._buf, self._target_max, self._struct = buf, target_max, Struct()
                self.reset()

            def reset(self):
                self._seen = b""
                lib.httptok_reset(self._struct, self._target_max)

            def parse(self, start, end):
                _range(self._buf, start, end)
                self._seen = _copy(bytes(self._buf[start:end]))
                n = lib.httptok_parse(self._struct, self._seen, end - start)
                return start + n if n > 0 else n

            def __getattr__(self, name):
                absent = {"content_length": -1, "path": None, "query": None}.get(name, 0)
                value = getattr(self._struct, name)
                if self._struct.result <= 0:
                    return absent
                if isinstance(value, _Part):
                    end = value.at + value.len
                    return bytes(self._seen[value.at : end]) if value.at else absent
                return value

            def get(self, slot):
                if not isinstance(slot, int):
                    name = slot.encode() if isinstance(slot, str) else bytes(slot)
                    if not name:
                        return None
                    slot = lib.httptok_find_slot(_copy(name), ctypes.c_size_t(len(name)))
                    if slot == len(lib_slots) or min(name) < 32:
                        fields = (self.item(i) for i in range(self.count))
                        return next((v for n, v in fields if n.lower() == name.lower()), None)
                if not 0 <= slot < len(lib_slots):
                    raise IndexError("slot")
                if self._struct.result <= 0:
                    return None
                return lib.httptok_slot(self._struct, self._seen, slot).bytes()

            def item(self, i):
                if not 0 <= i < self.count:
                    raise IndexError("field")
                name, value = _Span(), _Span()
                lib.httptok_field(self._struct, self._seen, i, name, value)
                return name.bytes(), value.bytes()

        class Chunked:
            def __init__(self):
                self._struct = _Chunked()

            def decode(self, buf, start, end):
                _range(buf, start, end)
                data, data_len = _copy(bytes(buf[start:end])), ctypes.c_size_t()
                used = lib.httptok_chunked(
                    ctypes.byref(self._struct),
                    data,
                    ctypes.c_size_t(end - start),
                    ctypes.byref(data_len),
                )
                if used == ctypes.c_size_t(-1).value:
                    raise ValueError("chunked")
                buf[start:end] = bytes(data)
                done = bool(lib.httptok_chunked_done(ctypes.byref(self._struct)))
                return start + used, start + data_len.value, done

        lib_slots = self.slots
        self.Head, self.Chunked = Head, Chunked

    def unquote(self, data, plus=False):
        data = data.encode() if isinstance(data, str) else bytes(data)
        to = (ctypes.c_uint8 * len(data))()
        n = self._lib.httptok_unquote(to, _copy(data), ctypes.c_size_t(len(data)), int(plus))
        if n == ctypes.c_size_t(-1).value:
            raise ValueError("escape")
        return bytes(to[:n])

    def split_pairs(self, data, sep, decode):
        data = data.encode() if isinstance(data, str) else bytes(data)
        if len(sep) != 1:
            raise ValueError("sep")
        kept = _copy(data)
        rest = _Span(ctypes.addressof(kept), len(data))
        name, value, pairs = _Span(), _Span(), []
        refs = [ctypes.byref(span) for span in (rest, name, value)]
        while self._lib.httptok_pair(refs[0], sep[0], int(not decode), refs[1], refs[2]):
            pair = name.bytes(), value.bytes()
            pairs.append(tuple(self.unquote(part, True) for part in pair) if decode else pair)
        return pairs

    def _search(self, buf, start, end, boundary):
        _range(buf, start, end)
        if not 0 < len(boundary) < 256:
            raise ValueError("boundary")
        want = _copy(boundary)
        span = _Span(ctypes.addressof(want), len(boundary))
        return start + self._lib.httptok_search(_copy(bytes(buf[start:end])), end - start, span)

    def find_boundary(self, buf, start, end, boundary):
        at = self._search(buf, start, end, boundary)
        return at if at + len(boundary) <= end else -1

    def boundary_tail(self, buf, start, end, boundary):
        _range(buf, start, end)
        return self._search(buf, max(start, end - len(boundary) + 1), end, boundary)

    def unmask(self, buf, start, end, key, offset=0):
        _range(buf, start, end)
        if len(key) != 4 or offset < 0:
            raise ValueError("key")
        # Kept at the same place within a word, which is what the core looks at.
        data = _copy(bytes(buf[:end]))
        at = ctypes.addressof(data) + start
        self._lib.httptok_unmask(at, end - start, _copy(key), offset)
        buf[:end] = bytes(data)
