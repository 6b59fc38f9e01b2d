"""`modcore budget`: what each package of the ESP8266's firmware takes, held against the board's budget."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .. import budget as budgets
from .. import footprint as footprints
from ..problem import Problem

COMPILER = "xtensa-lx106-elf-gcc"


def register(parent):
    """Add the command to `parent`."""
    parent.command()(budget)


def budget(
    map_file: Annotated[Path, typer.Argument(help="Map of the link, in its build folder.")],
    budget_file: Annotated[Path, typer.Argument(help="The board's budget.")],
    heap: Annotated[Path | None, typer.Option(help="Heap by module, as measured.")] = None,
    record: Annotated[bool, typer.Option(help="Make what is there now the budget.")] = False,
):
    """Show what each package takes of flash and memory. Fails when that is more than the board's budget has.

    Example: `modcore budget build/ESP8266_GENERIC/link-check/firmware.map boards/ESP8266_GENERIC/budget.json`
    """
    limits = budgets.read(budget_file)
    footprint = footprints.read(map_file)
    compiler = _compiler()
    measured = json.loads(heap.read_text(encoding="utf-8")) if heap else {}
    console = Console(highlight=False)
    console.print(_memory_view(limits, footprint))
    console.print(_package_view(footprint, measured.get("modules", {})))
    if record:
        limits = budgets.record(limits, footprint, compiler)
        budget_file.write_text(json.dumps(limits, indent=1) + "\n", encoding="utf-8")
    if compiler != limits["compiler"]:
        console.print(f"Recorded with {limits['compiler']}, built with {compiler}: not compared.")
    found = budgets.complaints(limits, footprint, compiler)
    if measured:
        started, allowed = measured["started"], limits["heap"]
        console.print(f"esp8266_default, imported and started: {started:,} bytes of heap.")
        if started > allowed:
            found.append(f"heap: {started:,} bytes when all is started; {allowed:,} are allowed")
    if found:
        raise Problem("\n".join(found))


def _compiler():
    command = [COMPILER, "-dumpfullversion"]
    return f"{COMPILER} {subprocess.run(command, capture_output=True, text=True).stdout.strip()}"


def _memory_view(limits, footprint):
    view = Table("memory", "bytes", "of", "spare", "grown by")
    for memory, used in footprint.totals.items():
        whole = used + limits["sdk"][memory]
        size = footprint.limits[memory]
        grown = used - limits["recorded"]["totals"][memory]
        view.add_row(memory, f"{whole:,}", f"{size:,}", f"{size - whole:,}", f"{grown:+,}")
    view.caption = "The SDK's share is included."
    return view


def _package_view(footprint, heap):
    """Packages with their modules; heap is by module name, `package.module`."""
    rows = {}
    for memory, parts in footprint.parts.items():
        for part, size in parts.items():
            if row := _row(part):
                rows.setdefault(row, Counter())[memory] += size
    for name, used in heap.items():
        rows.setdefault((name.partition(".")[0], name), Counter())["heap"] += used
    packages = {}
    for (package, _), sizes in rows.items():
        packages.setdefault(package, Counter()).update(sizes)
    view = Table("package", "flash", "iram", "dram", "heap, imported")
    for package, total in sorted(packages.items(), key=lambda item: -item[1]["irom"]):
        view.add_section()
        view.add_row(package, *_figures(total), style="bold")
        modules = sorted((name, sizes) for (owner, name), sizes in rows.items() if owner == package)
        for name, sizes in modules if len(modules) > 1 else ():
            view.add_row(f"  {name}", *_figures(sizes))
    return view


def _row(part):
    """Package and module that a part belongs to, or None when it is MicroPython's or the port's."""
    if part == footprints.SHARED:
        return part.removeprefix(footprints.FROZEN), part
    if part.startswith(footprints.FROZEN):
        path = Path(part.removeprefix(footprints.FROZEN)).with_suffix("")
        name = ".".join(path.parts).removesuffix(".__init__")
        return ("modcore" if name == "modcore_main" else path.parts[0]), name
    if part.startswith(budgets.OUR_OBJECTS):
        return (part.partition("/")[0] if "/" in part else "modcore"), part
    return None


def _figures(sizes):
    return [f"{sizes[key]:,}" if sizes[key] else "" for key in ("irom", "iram", "dram", "heap")]
