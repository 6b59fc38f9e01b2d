"""The command line of the benchmark: `PYTHONPATH=tools build/venv/bin/python -m bench.web --help`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from . import callgrind, frozen
from .board import BUILD, Board
from .client import WAYS, Client
from .instructions import Meter
from .kinds import KINDS
from .subjects import PORT, SUBJECTS

app = typer.Typer(no_args_is_help=True, add_completion=False)
console = Console(highlight=False)


@app.callback()
def benchmark():
    """What a request costs, request by request checked."""


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
    """Instructions and heap bytes a request of our own application, and where they go."""
    folder = BUILD / "bench" / "web" / "profile"
    subject = next(s for s in SUBJECTS if s.name == name)
    with Board(folder, subject.elf, subject.file_system(), PORT, callgrind.tool(folder)) as board:
        client = Client(PORT, board.pid, subject.headers, subject.keeps_alive)
        meter = Meter(folder, client)
        for kind in KINDS:
            if kinds and kind.name not in kinds:
                continue
            for way in WAYS:
                if not subject.answers(kind, way):
                    continue
                cost = meter.measure(kind, way, int(count * kind.share))
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


app()
