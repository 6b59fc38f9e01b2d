"""The command line `modcore`: one subcommand a file in `commands/`, one way to report a problem."""

import sys

import typer
from rich.console import Console

from .commands import COMMANDS
from .problem import Problem

app = typer.Typer(
    name="modcore",
    help="Build, flash and inspect modcore firmware.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in COMMANDS:
    command.register(app)


def main():
    """Run the command line; a `Problem` becomes a message on stderr and exit status 1."""
    try:
        app()
    except Problem as problem:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print("[bold red]error:[/] ", end="")
        console.print(problem.message, markup=False)
        if problem.advice:
            console.print(problem.advice, markup=False)
        sys.exit(1)
