"""`modcore template`: templates to modules that `windup.templates` renders."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from ..problem import Problem
from ..templates.error import TemplateError
from ..templates.folder import compile_folder

_MADE_HERE = "# Compiled from "
_MPY_CROSS = Path("build/mpy-cross/mpy-cross")


def register(parent):
    """Add the command to `parent`."""
    parent.command()(template)


def template(
    folder: Annotated[
        Path, typer.Argument(help="Folder of .html, .htm, .tpl, .svg, .xml and .txt.")
    ],
    out: Annotated[Path, typer.Argument(help="Package to write the modules to.")],
    mpy: Annotated[bool, typer.Option("--mpy", help="Write bytecode, .mpy, for a device.")] = False,
    mpy_cross: Annotated[Path, typer.Option(help="MicroPython's cross compiler.")] = _MPY_CROSS,
):
    """Compile a folder of templates to a package for `windup.templates`.

    `{{ x }}` is escaped for HTML where it stands; places where that would not help are errors. A module whose template is
    gone is removed.

    Example: `modcore template garden/pages build/apps/garden/pages`, then `Templates("garden.pages")` in the application

    Example: `modcore template pages device/lib/templates --mpy`, then `from windup.templates import render`
    """
    if not folder.is_dir():
        raise Problem(f"{folder} is no folder", "Name the folder that the templates are in.")
    try:
        modules = compile_folder(folder)
    except TemplateError as error:
        raise Problem(str(folder / str(error))) from None
    except UnicodeDecodeError as error:
        raise Problem(f"{folder}: a template is not UTF-8: {error}") from None
    if not modules:
        raise Problem(
            f"{folder} holds no templates",
            "Their names end in .html, .htm, .tpl, .svg, .xml or .txt.",
        )
    out.mkdir(parents=True, exist_ok=True)
    _remove_old(out, modules, mpy)
    for name, text in modules.items():
        path = out / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    if mpy:
        _to_bytecode(out, modules, mpy_cross)
    print(f"{len(modules) - 1} templates in {out}")


def _remove_old(out, modules, mpy):
    for path in out.glob("*.py"):
        if path.name not in modules and path.read_text(encoding="utf-8").startswith(_MADE_HERE):
            path.unlink()
    # MicroPython takes the .py where both are, and an old .mpy is of no use beside a new .py
    for path in out.glob("*.mpy"):
        if not mpy or path.with_suffix(".py").name not in modules:
            path.unlink()


def _to_bytecode(out, modules, mpy_cross):
    if not mpy_cross.exists():
        raise Problem(
            f"{mpy_cross} is not there", "Run `make firmware` once, or name it with --mpy-cross."
        )
    for name in modules:
        path = out / name
        command = [mpy_cross, "-s", name, "-o", path.with_suffix(".mpy"), path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Problem(f"{path}: mpy-cross: {done.stderr.strip()}")
        path.unlink()
