"""Prints what the tokeniser costs: instructions a request, and its size on the ESP8266.

    python bench/tokenise/figures.py            all figures; needs gcc-multilib, valgrind,
                                                gcc-xtensa-lx106 and, for llhttp, pip
    python bench/tokenise/figures.py --no-peer  without llhttp

The request is the one in chrome.http: 745 bytes, 15 fields. The exit status is 1 when a figure is
over its limit.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORE = ROOT / "firmware" / "usermods" / "httptok"
BUILD = ROOT / "build" / "tokenise"
REQUEST = HERE / "chrome.http"

INSTRUCTIONS_MAX = 6000
TEXT_MAX = 2560
TABLES_MAX = 1024
HEAD, BODY = CORE / "httptok.c", CORE / "httptok_body.c"

# llhttp comes with httptools; nothing else of it is built.
PEER = "httptools==0.6.4"
PEER_SHA256 = "4e93eee4add6493b59a5c514da98c939b244fce4a0d8879cd3f466562f4b7d5c"

# As MicroPython's ports/esp8266 compiles and links.
LX106 = ["xtensa-lx106-elf-gcc", "-std=gnu99", "-Os", "-DNDEBUG", "-fno-inline-functions"]
LX106 += ["-mlongcalls", "-mtext-section-literals", "-mforce-l32"]
LX106 += ["-fdata-sections", "-ffunction-sections"]


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True)


def instructions(bits, name, flags, *sources):
    """Instructions for one request, all of them below tokenise()."""
    program = BUILD / f"{name}-{bits}"
    run("gcc", f"-m{bits}", "-g", "-Os", "-std=gnu99", *flags, "-o", program, *sources)
    totals = []
    for times in (1, 101):
        out = BUILD / f"{name}-{bits}.callgrind"
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        run(*tool, "--toggle-collect=tokenise", program, REQUEST, times)
        totals.append(int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M).group(1)))
    return (totals[1] - totals[0]) / 100


def peer_source():
    """Folder of llhttp, from the package index, checked."""
    folder = BUILD / "peer"
    if not folder.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:"]
        run(*pip, "--no-deps", "--dest", BUILD, PEER)
        archive = next(BUILD.glob("httptools-*.tar.gz"))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != PEER_SHA256:
            raise SystemExit(f"{archive.name} is not the file that was expected")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    return next(folder.glob("*/vendor/llhttp"))


def lx106_sizes(source):
    """(code, tables, sections) in bytes after the linker took out what it could."""
    compiled, linked = BUILD / f"{source.stem}.o", BUILD / f"{source.stem}.elf"
    run(*LX106, "-I", CORE, "-c", source, "-o", compiled)
    # Beside the default script the linker is left to do what it does for the firmware: relax calls.
    link = ["xtensa-lx106-elf-ld", "--no-gc-sections", "-e0", "-Ttext=0x40210000"]
    run(*link, "--unresolved-symbols=ignore-all", compiled, "-o", linked)
    text = sum(size for name, size in sections(linked) if name.startswith(".text"))
    tables = sum(size for name, size in sections(linked) if name.startswith(".rodata"))
    return text, tables, [name for name, size in sections(compiled) if size]


def sections(path):
    """(name, size) of the sections that take room in the chip."""
    table = run("xtensa-lx106-elf-objdump", "-h", path).stdout.decode()
    rows = re.findall(r"^ +\d+ (\S+) +([0-9a-f]{8}).*\n +(.*)$", table, re.M)
    return [(name, int(size, 16)) for name, size, what in rows if "ALLOC" in what]


def main(peer=True):
    BUILD.mkdir(parents=True, exist_ok=True)
    data = REQUEST.read_bytes()
    assert len(data) == 745 and data.count(b"\r\n") == 17
    fine = True

    print("Instructions for Chrome's request (745 bytes, 15 fields), gcc -Os")
    for bits in (64, 32):
        count = instructions(bits, "core", ["-I", CORE], HERE / "core.c", HEAD, BODY)
        fine &= count <= INSTRUCTIONS_MAX
        print(f"  httptok {bits} bits {count:7,.0f}   at most {INSTRUCTIONS_MAX:,}")
        if peer:
            llhttp = peer_source()
            sources = [HERE / "peer.c", *sorted((llhttp / "src").glob("*.c"))]
            count = instructions(bits, "llhttp", ["-I", llhttp / "include"], *sources)
            print(f"  llhttp  {bits} bits {count:7,.0f}")

    print("Bytes on the ESP8266 (lx106), compiled and linked as the firmware")
    text, tables, names = lx106_sizes(HEAD)
    fine &= text <= TEXT_MAX and tables <= TABLES_MAX
    print(f"  httptok.c       code {text:5,}   at most {TEXT_MAX:,}")
    print(f"  httptok.c     tables {tables:5,}   at most {TABLES_MAX:,}")
    text, tables, more = lx106_sizes(BODY)
    print(f"  httptok_body.c  code {text:5,}   tables {tables}")
    ram = [name for name in names + more if not name.startswith((".text", ".rodata"))]
    fine &= not ram
    print("  sections outside of flash:", ", ".join(ram) or "none")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(peer="--no-peer" not in sys.argv[1:]))
