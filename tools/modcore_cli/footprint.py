"""What each part of the ESP8266's firmware takes: of flash (irom), of instruction and of data memory."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from . import link_map

# Memory by our name: the region and the sections of MicroPython's linker script.
MEMORIES = {
    "irom": ("irom0_0_seg", (".irom0.modcore", ".irom0.text")),
    "iram": ("iram1_0_seg", (".text", ".lit4")),
    "dram": ("dram0_0_seg", (".data", ".rodata", ".bss")),
}
FROZEN = "frozen/"
# Names and tables that all frozen modules have in common.
SHARED = FROZEN + "(names and tables)"
_FROZEN_OBJECT = "frozen_content.o"
# What mpy-tool, and firmware/usermods/frozen_objects, put in front of the name of a frozen module.
_KINDS = (
    "frozen_objects_",
    "frozen_bases_",
    "frozen_members_",
    "frozen_type_",
    "frozen_wrapped_",
    "const_qstr_table_data_",
    "const_obj_table_data_",
    "frozen_module_",
    "proto_fun_",
    "children_",
    "fun_data_",
    "const_obj_",
)


@dataclass(frozen=True)
class Footprint:
    """All by name of the memory, of `MEMORIES`.

    Attributes:
        limits: bytes that there are.
        totals: bytes in use.
        parts: bytes by part: path of an object file in the build folder, or `frozen/` and path of a module.
    """

    limits: dict
    totals: dict
    parts: dict


def read(path):
    """The `Footprint` of the program whose map is the file `path`, in its build folder."""
    program = link_map.read(path)
    modules = _frozen_modules(path.parent / "frozen_mpy")
    memory_of = {section: name for name, (_, sections) in MEMORIES.items() for section in sections}
    parts = {name: Counter() for name in MEMORIES}
    for piece in program.pieces:
        if memory := memory_of.get(piece.output):
            parts[memory][_part(piece, path.parent, modules)] += piece.size
    return Footprint(
        {name: program.regions[region] for name, (region, _) in MEMORIES.items()},
        {
            name: sum(program.outputs.get(section, 0) for section in sections)
            for name, (_, sections) in MEMORIES.items()
        },
        {name: dict(sorted(parts[name].items())) for name in MEMORIES},
    )


def _frozen_modules(folder):
    """Path of each frozen module by its name in the linker's sections, the longest first."""
    paths = [path.relative_to(folder).with_suffix("") for path in folder.rglob("*.mpy")]
    names = {"_".join(path.parts): f"{FROZEN}{path.as_posix()}.py" for path in paths}
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


def _part(piece, build, modules):
    if Path(piece.object).name == _FROZEN_OBJECT:
        return _frozen_part(piece.section.removeprefix(".rodata."), modules)
    library, member, name = piece.object.partition("(")
    # The compiler's libraries lie elsewhere on each computer.
    return f"{Path(library).name}({name}" if member else str(_relative(library, build))


def _relative(path, build):
    path = Path(path)
    return path.relative_to(build.resolve()) if path.is_absolute() else path


def _frozen_part(section, modules):
    for kind in _KINDS:
        if section.startswith(kind):
            rest = section.removeprefix(kind) + "_"
            for name, path in modules.items():
                if rest.startswith(name + "_"):
                    return path
    return SHARED
