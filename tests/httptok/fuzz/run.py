"""Fuzzes the core, each entry point by itself: run.py [--seconds N] [TARGET ...]

Needs clang with libFuzzer (Debian: clang, libclang-rt-dev). The seeds are the vectors; what is found is kept in build/httptok/fuzz.
N seconds are for each target. The exit status is 1 when a target broke; its input is named then.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import native  # noqa: E402
import run_vectors  # noqa: E402

TARGETS = ("head", "chunked", "unquote", "pair", "search", "unmask")
FOLDER = native.BUILD / "fuzz"


def seeds():
    """(target, bytes) of each vector, with the bytes in front that the target takes for itself."""
    for path in sorted((HERE.parent / "vectors").glob("*.json")):
        for vector in run_vectors.load(path):
            data, kind = run_vectors.octets(vector["input"]), vector["kind"]
            if kind in ("head", "chunked"):
                yield kind, b"\x11\x00" + data
            elif kind == "unquote":
                yield kind, bytes([vector["plus"]]) + data
            elif kind == "pairs":
                yield "pair", bytes([vector["decode"] or 2]) + data
            elif kind == "boundary":
                boundary = run_vectors.octets(vector["boundary"])[:8]
                yield "search", bytes([len(boundary) - 1]) + boundary + data
            elif kind == "unmask":
                yield kind, run_vectors.octets(vector["key"]) + b"\x01\x02\x03" + data


def build(target):
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = ["-g", "-O1", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]
    sources = [HERE / f"{target}.c", *(native.CORE / name for name in native.SOURCES)]
    command = ["clang", *native.WARNINGS, *flags, "-o", FOLDER / target, *sources]
    subprocess.run(command, check=True)


def fuzz(target, seconds):
    """The report of one target, None when it held."""
    build(target)
    corpus = FOLDER / f"{target}.corpus"
    corpus.mkdir(exist_ok=True)
    for i, data in enumerate(data for name, data in seeds() if name == target):
        (corpus / f"vector{i}").write_bytes(data)
    command = [FOLDER / target, f"-max_total_time={seconds}", "-max_len=9000", "-timeout=10"]
    command += ["-len_control=20", f"-artifact_prefix={FOLDER}/{target}-", "-verbosity=0", corpus]
    process = subprocess.run(command, capture_output=True, text=True)
    return None if process.returncode == 0 else f"{target}:\n{process.stderr[-4000:]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="time for each target")
    parser.add_argument("--jobs", type=int, default=2, help="targets at a time")
    parser.add_argument("targets", nargs="*", help=", ".join(TARGETS))
    options = parser.parse_args()
    targets = options.targets or TARGETS
    with ThreadPoolExecutor(options.jobs) as pool:
        reports = list(pool.map(lambda target: fuzz(target, options.seconds), targets))
    for target, report in zip(targets, reports, strict=True):
        print(report or f"{target}: held for {options.seconds} s")
    return any(reports)


if __name__ == "__main__":
    sys.exit(main())
