"""The guard: a ceiling for each count of WindUp's that a second measurement finds again.

`bench/budget.json` holds the ceilings, and what compiler and libc they are of; with others the counts differ.
`bench/profile.json` holds what each count was made up of, so that a failure can name what grew.
"""

import json
from collections import Counter

from . import live_heap, measure, versions
from .board import TOP
from .kinds import KINDS, OWN_KINDS
from .run import tokeniser_figures
from .subjects import WINDUP

CEILINGS = TOP / "bench" / "budget.json"
PROFILE = TOP / "bench" / "profile.json"
SLACK = 0.03

_NAMED = 5  # functions that a message names at most
_WORTH_NAMING = 0.02  # of the growth
_WORTH_KEEPING = 0.001  # of a figure; a part below is left out of the recorded profile


def measured():
    """The figures by name, and what those that have parts are made of: a dict of dicts."""
    figures, parts = {}, {}
    for name, cost in measure.costs(WINDUP, among=KINDS + OWN_KINDS).items():
        figures[f"{name}/instructions"] = round(cost.instructions)
        parts[f"{name}/instructions"] = dict(cost.functions)
        figures[f"{name}/heap_bytes"] = round(cost.heap)
    for name, calls in measure.system_calls(WINDUP).items():
        figures[f"{name}/system_calls"] = round(sum(calls.values()))
        parts[f"{name}/system_calls"] = calls
    for name, size in measure.heaps(WINDUP, live_heap.OWN).items():
        figures[f"heap/{name}"] = size
    for bits, count in tokeniser_figures().items():
        figures[f"tokeniser/{bits}_bits"] = round(count)
    return figures, parts


def record(figures, parts):
    """Make `figures` the ceilings, and `parts` the profile they are compared with."""
    recorded = {"measured_with": versions.compiled_by(), "ceilings": figures}
    CEILINGS.write_text(json.dumps(recorded, indent=2) + "\n")
    kept = {
        name: {
            part: round(count)
            for part, count in Counter(made_of).most_common()
            if count > _WORTH_KEEPING * figures[name]
        }
        for name, made_of in parts.items()
    }
    PROFILE.write_text(json.dumps(kept, indent=1) + "\n")


def ceilings():
    """The recorded ceilings by name."""
    return json.loads(CEILINGS.read_text())["ceilings"]


def holds_here():
    """Whether the ceilings are of this compiler and this libc."""
    return json.loads(CEILINGS.read_text())["measured_with"] == versions.compiled_by()


def is_over(figure, ceiling):
    """Whether `figure` is more than the slack above `ceiling`."""
    return figure > ceiling * (1 + SLACK)


def explanation(name, figure, ceiling, made_of):
    """What grew, in a sentence. `made_of`: the figure's parts, when it has any."""
    text = f"{name} grew from {ceiling:,} to {figure:,}"
    if ceiling:
        text += f" (+{100 * (figure / ceiling - 1):.1f} %)"
    before = json.loads(PROFILE.read_text()).get(name)
    if before is None or made_of is None:
        return text
    grown = Counter({part: count - before.get(part, 0) for part, count in made_of.items()})
    parts = [
        f"{part} +{growth:,.0f} ({before.get(part, 0):,} → {made_of[part]:,.0f})"
        for part, growth in grown.most_common(_NAMED)
        if growth > _WORTH_NAMING * (figure - ceiling)
    ]
    return f"{text}; most of it: {', '.join(parts)}"
