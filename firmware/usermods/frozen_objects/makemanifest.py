"""MicroPython's makemanifest.py, with the functions and classes of frozen modules as constants. See README.md."""

import contextlib
import importlib.util
import io
import sys
from pathlib import Path

_LIBRARY = "MPY_DIR="  # among the variables that MicroPython's make gives


def _load(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main():
    (mpy_dir,) = (Path(text[len(_LIBRARY) :]) for text in sys.argv if text.startswith(_LIBRARY))
    # Where each of them looks for its like
    sys.path[1:1] = [str(mpy_dir / "tools"), str(mpy_dir / "py")]
    manifest = _load(mpy_dir / "tools/makemanifest.py")
    import emit

    def run(command):
        """In place of a program of its own, mpy-tool.py."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            emit.freeze(_load(mpy_dir / "tools/mpy-tool.py"), command[2:])
        return 0, output.getvalue().encode()

    # It writes again when a module is newer; so it must when these files are
    written = Path(sys.argv[sys.argv.index("-o") + 1])
    newest = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))
    if written.exists() and written.stat().st_mtime < newest:
        written.unlink()
    manifest.system = run
    manifest.main()


if __name__ == "__main__":
    main()
