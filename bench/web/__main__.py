"""The command line of the benchmark: `PYTHONPATH=tools build/venv/bin/python -m bench.web --help`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from . import budget, frozen, tables
from . import run as benchmark_run
from .kinds import KINDS, OWN_KINDS
from .measure import combinations
from .rig import ALL, HOST, under_callgrind
from .subjects import SUBJECTS

app = typer.Typer(no_args_is_help=True, add_completion=False)
console = Console(highlight=False)
if not console.is_terminal:
    console = Console(highlight=False, width=120)


@app.callback()
def benchmark():
    """What a request costs, request by request checked."""


@app.command()
def run(
    only: Annotated[list[str] | None, typer.Argument(help="Subjects; all.")] = None,
    rounds: Annotated[int, typer.Option(help="Of wrk.")] = 3,
):
    """Measure, show tables, write build/bench/web.json; of all subjects also docs/benchmarks.md."""
    names = [subject.name for subject in SUBJECTS]
    for name in only or ():
        if name not in names:
            raise typer.BadParameter(f"{name}: there are {', '.join(names)}")
    benchmark_run.run(console, only or (), rounds)


@app.command(name="budget")
def check_budget(
    record: Annotated[bool, typer.Option(help="Make what is measured the ceilings.")] = False,
):
    """Measure what bench/budget.json has ceilings for, and show both."""
    with console.status("measuring what has a ceiling"):
        figures, parts = budget.measured()
    ceilings = budget.ceilings() if budget.CEILINGS.exists() else {}
    table = Table(title="Counts and their ceilings", title_justify="left")
    for column in ("", "ceiling", "now"):
        table.add_column(column, justify="right" if column else "left")
    for name, figure in figures.items():
        ceiling = ceilings.get(name)
        style = "red" if ceiling is not None and budget.is_over(figure, ceiling) else ""
        before = tables.NOTHING if ceiling is None else f"{ceiling:,}"
        table.add_row(name, before, f"{figure:,}", style=style)
    console.print(table)
    if record:
        budget.record(figures, parts)


@app.command()
def page():
    """Write docs/benchmarks.md again from the results that are there."""
    benchmark_run.PAGE.write_text(
        benchmark_run.page(json.loads(benchmark_run.COMMITTED.read_text()))
    )


@app.command()
def freeze(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    own_only: Annotated[bool, typer.Option(help="Without the other servers.")] = False,
):
    """Write the files that the firmware for heap figures is made of."""
    frozen.write(folder, own_only)


@app.command()
def profile(
    name: Annotated[str, typer.Argument(help="A subject.")] = "windup",
    kinds: Annotated[list[str] | None, typer.Argument(help="Kinds of request; all.")] = None,
    count: Annotated[int, typer.Option(help="N; N against 2 N requests are measured.")] = 100,
    functions: Annotated[int, typer.Option(help="How many functions to list.")] = 12,
):
    """Instructions and heap bytes a request, and where the instructions go.

    Another subject than windup needs the firmware that `make bench` builds.
    """
    subject = next(s for s in SUBJECTS if s.name == name)
    among = KINDS if subject.packages else KINDS + OWN_KINDS
    with under_callgrind(subject, ALL if subject.packages else HOST) as (_, meter):
        for kind, way in combinations(subject, kinds, among):
            cost = meter.measure(kind, way, round(count * kind.share))
            console.print(_profile_table(f"{kind.name}, {way.title}", cost, functions))


def _profile_table(title, cost, functions):
    table = Table(title=title, title_justify="left", min_width=50)
    table.add_column("function")
    table.add_column("instructions", justify="right")
    for name, number in cost.functions.most_common(functions):
        table.add_row(name, f"{number:,.0f}")
    table.add_section()
    table.add_row("all", f"[bold]{cost.instructions:,.0f}")
    table.add_row("heap bytes", f"{cost.heap:,.0f}")
    return table


if __name__ == "__main__":
    app()
