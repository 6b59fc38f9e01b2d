"""The Python files that are frozen into the firmware of `firmware/`."""

from pathlib import Path

from .subjects import PORT, SUBJECTS

_PROGRAMS = Path(__file__).parent / "hello"
_PORT = "18080"
_ANSWER = '"Hello, world!"'
# Says what is in use while the handler works, in place of the greeting: a program of the same size, for nothing but
# local names and constants are added
_HEAP = 'str((__import__("gc").collect(), __import__("gc").mem_alloc())[1])'


def program(subject, says_heap):
    """Name of the module that serves `subject`'s page, or what the heap holds in its place."""
    return ("heap_" if says_heap else "hello_") + subject.name


def write(folder, own_only):
    """Write what is to be frozen into `folder`; files that are right already keep their time stamps.

    Args:
        own_only: just WindUp's programs, without anything from the package index.
    """
    files = {}
    for subject in SUBJECTS:
        if own_only and subject.packages:
            continue
        files |= subject.packaged()
        source = (_PROGRAMS / f"hello_{subject.name}.py").read_text()
        source = source.replace(_PORT, str(PORT))
        files[f"{program(subject, False)}.py"] = source.encode()
        source = source.replace(f"b{_ANSWER}", f"{_HEAP}.encode()").replace(_ANSWER, _HEAP)
        files[f"{program(subject, True)}.py"] = source.encode()
    for path in folder.rglob("*.py"):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
