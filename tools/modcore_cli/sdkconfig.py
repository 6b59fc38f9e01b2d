"""ESP-IDF's configuration before anything is built: what a board asks for, and what Kconfig makes of it.

Kconfig drops a key that it does not know, and a value that it does not allow, without an error: the
build goes on with a default. Here both are problems.
"""

import os
import re
import tempfile
from pathlib import Path

import kconfiglib

from .problem import Problem

_ASSIGNMENT = re.compile(r'CONFIG_(\w+)=(?:"(.*)"|(.*))$')
_BEFORE = "before-"


def idf_version(idf):
    """The version of the ESP-IDF in the folder `idf`, as a tuple of three numbers.

    Raises:
        Problem: there is none.
    """
    path = Path(idf, "tools", "cmake", "version.cmake")
    try:
        text = path.read_text(encoding="utf-8")
        return tuple(
            int(re.search(rf"^set\(IDF_VERSION_{part} (\d+)\)", text, re.M)[1])
            for part in ("MAJOR", "MINOR", "PATCH")
        )
    except (OSError, TypeError):
        raise Problem(f"{idf} is no ESP-IDF: {path} does not name a version") from None


def files_for(board, version):
    """The configuration files of the folder `board` for an ESP-IDF of `version`, later ones winning.

    `sdkconfig.board`, and every `sdkconfig.before-X.Y.Z` of a later version than `version`.
    """
    older = []
    for path in board.glob(f"sdkconfig.{_BEFORE}*"):
        limit = tuple(map(int, path.name.split(_BEFORE)[1].split(".")))
        if version < limit:
            older.append((limit, path))
    return [board / "sdkconfig.board", *(path for _, path in sorted(older, reverse=True))]


def check(idf, target, bases, files):
    """Hold what `files` ask for to the Kconfig files of the ESP-IDF in the folder `idf`.

    Args:
        target: the chip, such as `esp32`.
        bases: configuration files that come first, and are not ours to answer for.
        files: configuration files of the board, later ones winning.

    Returns:
        How many keys are as they were asked for.

    Raises:
        Problem: one line for each key that is unknown, or does not get its value.
    """
    kconfig = _load(Path(idf).resolve(), target)
    asked = {}
    for path in (*bases, *files):
        kconfig.load_config(str(path), replace=False)
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            match = _ASSIGNMENT.match(line)
            if match:
                asked[match[1]] = path, match[2] if match[2] is not None else match[3]
    problems = []
    for name, (path, value) in asked.items():
        symbol = kconfig.syms.get(name)
        if symbol is None or not symbol.nodes:
            problems.append(f"{path}: CONFIG_{name} is unknown")
        elif not _same(symbol, value):
            problems.append(f"{path}: CONFIG_{name}={value} {_outcome(symbol)}")
    if problems:
        version = ".".join(map(str, idf_version(idf)))
        raise Problem("\n".join([f"ESP-IDF {version} does not do what is asked:", *problems]))
    return len(asked)


def _load(idf, target):
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "IDF_PATH": str(idf),
            "IDF_TARGET": target,
            "IDF_VERSION": ".".join(map(str, idf_version(idf))),
            "IDF_TOOLCHAIN": "gcc",
            "IDF_ENV_FPGA": "",
            # What ESP-IDF's own build writes: one file that names the others.
            "COMPONENT_KCONFIGS_SOURCE_FILE": _sources(idf, folder, "Kconfig"),
            "COMPONENT_KCONFIGS_PROJBUILD_SOURCE_FILE": _sources(idf, folder, "Kconfig.projbuild"),
        }
        kept = {name: os.environ.get(name) for name in environment}
        os.environ.update(environment)
        try:
            return kconfiglib.Kconfig(str(idf / "Kconfig"), warn=False)
        except (kconfiglib.KconfigError, OSError) as exc:
            raise Problem(f"the Kconfig files of {idf} cannot be read: {exc}") from None
        finally:
            for name, value in kept.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _sources(idf, folder, name):
    found = sorted(idf.glob(f"components/*/{name}"))
    path = Path(folder, name)
    path.write_text("".join(f'source "{source}"\n' for source in found), encoding="utf-8")
    return str(path)


def _same(symbol, value):
    if symbol.orig_type in (kconfiglib.INT, kconfiglib.HEX):
        base = 16 if symbol.orig_type == kconfiglib.HEX else 10
        try:
            return int(symbol.str_value, base) == int(value, base)
        except ValueError:
            return False
    return symbol.str_value == value


def _outcome(symbol):
    got = f"becomes {symbol.str_value or 'nothing'}"
    for low, high, condition in symbol.ranges:
        if kconfiglib.expr_value(condition):
            return f"{got}: it can be {low.str_value} to {high.str_value}"
    needed = kconfiglib.expr_str(symbol.direct_dep)
    if not kconfiglib.expr_value(symbol.direct_dep):
        return f"{got}: it depends on {needed}"
    return got
