"""The budget of a board: what its firmware may take, and what it took when that was last recorded.

The file is JSON:

- `sdk`: bytes of each memory that are not in the linked program: the vendor's.
- `growth`: bytes by which a memory may grow before somebody has to record it.
- `packages`: bytes of flash that all of ours may take.
- `heap`: bytes of heap that the program may take when it is started.
- `compiler`: of the recorded sizes; sizes of another one are not compared with them.
- `recorded`: `totals` and `parts`, see `footprint.Footprint`.
"""

import json

from .footprint import FROZEN
from .problem import Problem

# What is ours beside everything frozen; asyncio and ESP-NOW's module are MicroPython's.
OUR_OBJECTS = ("httptok/", "events/", "main_py.o", "exit_main.o")
NOT_OURS = (FROZEN + "asyncio/", FROZEN + "uasyncio", FROZEN + "espnow")
_CULPRITS = 8


def read(path):
    """The budget in file `path`.

    Raises:
        Problem: it is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as exc:
        raise Problem(f"{path} is not JSON: {exc}") from None


def record(budget, footprint, compiler):
    """`budget` with the sizes of `footprint` as the recorded ones.

    Raises:
        Problem: the instruction memory has grown, for which there is no room to give.
    """
    if grown := _grown("iram", budget, footprint) if compiler == budget["compiler"] else "":
        raise Problem(grown, "Code belongs into flash: see irom.ld.")
    recorded = {"totals": footprint.totals, "parts": footprint.parts}
    return budget | {"compiler": compiler, "recorded": recorded}


def ours(parts):
    """Those of the `parts` of a memory that are ours, what all frozen modules share included."""
    return {
        part: size
        for part, size in parts.items()
        if part.startswith((FROZEN, *OUR_OBJECTS)) and not part.startswith(NOT_OURS)
    }


def complaints(budget, footprint, compiler):
    """What is wrong with `footprint`, a list of texts. `compiler` is the one that it was built with."""
    found = []
    for memory, used in footprint.totals.items():
        limit = footprint.limits[memory] - budget["sdk"][memory]
        if used > limit:
            found.append(f"{memory}: {used:,} bytes do not fit into {limit:,}")
        if compiler == budget["compiler"]:
            found.append(_grown(memory, budget, footprint))
    size = sum(ours(footprint.parts["irom"]).values())
    if size > budget["packages"]:
        found.append(
            f"our packages take {size:,} bytes of flash; {budget['packages']:,} are theirs"
        )
    return [text for text in found if text]


def _grown(memory, budget, footprint):
    before = budget["recorded"]["totals"][memory]
    grown = footprint.totals[memory] - before
    if grown <= budget["growth"][memory]:
        return ""
    parts, old = footprint.parts[memory], budget["recorded"]["parts"][memory]
    changes = {part: size - old.get(part, 0) for part, size in parts.items()}
    culprits = sorted(((by, part) for part, by in changes.items() if by > 0), reverse=True)
    lines = [f"\n    {by:+7,}  {part}" for by, part in culprits[:_CULPRITS]]
    if len(culprits) > _CULPRITS:
        rest = sum(by for by, _ in culprits[_CULPRITS:])
        lines.append(f"\n    {rest:+7,}  {len(culprits) - _CULPRITS} others")
    advice = "" if memory == "iram" else "\n    If that is meant to be: make size RECORD=1"
    return (
        f"{memory} has grown by {grown:,} bytes, from {before:,} to {footprint.totals[memory]:,}; "
        f"{budget['growth'][memory]:,} may pass unrecorded:{''.join(lines)}{advice}"
    )
