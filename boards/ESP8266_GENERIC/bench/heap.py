"""Measures the heap of esp8266_default on LX106_SIM and writes it down as JSON.

    python boards/ESP8266_GENERIC/bench/heap.py build/ESP8266_GENERIC/heap.json

`modules` has the bytes of each module, imported after those that it imports itself; `started` is what the whole program
takes when it serves, `before` what was in use when it began.
"""

import ast
import json
import re
import sys
import tempfile
from graphlib import TopologicalSorter
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
sys.path[:0] = [str(TOP / "tools"), str(TOP / "boards" / "LX106_SIM")]

from lx106 import flash  # noqa: E402
from lx106.machine import Machine  # noqa: E402
from lx106.scripted import Scripted  # noqa: E402
from modcore_cli import image_content, littlefs_image, partition_table  # noqa: E402

BUILD = TOP / "build" / "LX106_SIM"
PARTITIONS = TOP / "boards" / "ESP8266_GENERIC" / "partitions.csv"
ETC = [TOP / "etc", TOP / "boards/ESP8266_GENERIC/etc", TOP / "boards/LX106_SIM/etc"]
# Sources of what is frozen; a package of the second has no shell, it is MicroPython's.
OURS = TOP / "frozen"
MICROPYTHON = TOP / "build" / "micropython" / "extmod"
# What the firmware runs at a start and after a crash: no modules
SCRIPTS = ("on_boot", "on_crash")


def frozen_modules():
    """Path of the source of each frozen module of a package, by its name."""
    found = {}
    for path in sorted((BUILD / "obj" / "frozen_mpy").glob("*/*.mpy")):
        if path.stem in SCRIPTS:
            continue
        parts = (path.parent.name, path.stem)
        source = Path(*parts).with_suffix(".py")
        name = parts[0] if parts[1] == "__init__" else ".".join(parts)
        found[name] = next(top / source for top in (OURS, MICROPYTHON) if (top / source).exists())
    return found


def imports(name, source, modules):
    """Names of those of `modules` that `name` imports as soon as it is imported itself; its package has a shell then."""
    package = name if source.stem == "__init__" else name.rpartition(".")[0]
    for node in _at_once(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(filter(None, (package if node.level else "", node.module)))
            names = {f"{origin}.{alias.name}" for alias in node.names} & set(modules)
            yield from names or {origin} & set(modules) - {package}


def _at_once(node):
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _at_once(child)


def run(program, names="", heap=0):
    """What the file `program` prints as `heap: NAME BYTES`, by name.

    Args:
        names: content of names.py.
        heap: bytes; 0 is the chip's 38 KiB, into which not all modules fit at once.
    """
    files = {"/main.py": (HERE / program).read_bytes(), "/names.py": names.encode()}
    content = image_content.compressed(image_content.tree(TOP / "www_fs", "/www"))
    content |= image_content.configuration(ETC, ())
    www = partition_table.find(partition_table.read_csv(PARTITIONS), "www_0")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "flash.bin")
        flash.create(path, littlefs_image.build(content, www.size, 0), files)
        machine = Machine(BUILD, path, Scripted(_nobody), heap=heap, still=True)
        output = machine.read_until(b"heap end").decode(errors="replace")
        machine.stop()
    if "heap: " not in output:
        raise SystemExit(f"{machine.failure}\n{output}")
    return {name: int(used) for name, used in re.findall(r"heap: (\S+) (\d+)", output)}


def _nobody(network):
    while True:
        yield


def measure():
    """See the module's text."""
    modules = frozen_modules()
    needs = {
        name: sorted(set(imports(name, path, modules)) - {name}) for name, path in modules.items()
    }
    order = list(TopologicalSorter(needs).static_order())
    packages = [name for name, path in modules.items() if OURS in path.parents and "." not in name]
    names = f"PACKAGES = {packages!r}\nMODULES = {order!r}\n"
    return {"modules": run("heap_modules.py", names, 200000)} | run("heap_started.py")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")
