"""The other web servers: fetched from the package index, each file checked against its pinned hash."""

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from .board import BUILD

_LIST = Path(__file__).parent / "peers.txt"
_CACHE = BUILD / "bench" / "peers"

# Some of the packages have neither setup.py nor pyproject.toml: pip finds and fetches them, but then wants to know what
# they depend on, and `pip download` fails. So pip is asked for just the file.
_FETCH = """
import sys
from pip._internal.commands import create_command
from pip._vendor.packaging.specifiers import SpecifierSet
command = create_command("download")
with command.main_context():
    options, _ = command.parse_args(["--quiet", "--disable-pip-version-check"])
    session = command.get_default_session(options)
    finder = command._build_package_finder(options, session)
    found = finder.find_best_candidate(sys.argv[1], SpecifierSet("==" + sys.argv[2]))
    response = session.get(found.best_candidate.link.url_without_fragment)
    response.raise_for_status()
    sys.stdout.buffer.write(response.content)
"""


def versions():
    """Version of each package, by name."""
    return {name: version for name, version, _ in _pins()}


def sources(package, *folders):
    """Python files of `package`, content by path below the folder that holds its modules.

    Args:
        folders: what of it is taken: names of modules or packages at its top.
    """
    files = {}
    for path, data in _unpacked(_fetched(package)).items():
        for folder in folders:
            if path == f"{folder}.py" or (path.startswith(f"{folder}/") and path.endswith(".py")):
                files[path] = data
    if not files:
        raise RuntimeError(f"{package} has no {folders}")
    return files


def _pins():
    for line in _LIST.read_text().splitlines():
        if line and not line.startswith("#"):
            requirement, _, digest = line.partition(" --hash=sha256:")
            name, _, version = requirement.partition("==")
            yield name, version, digest


def _fetched(package):
    version, digest = next((v, d) for name, v, d in _pins() if name == package)
    path = _CACHE / f"{package}-{version}"
    if not path.exists():
        command = [sys.executable, "-c", _FETCH, package, version]
        result = subprocess.run(command, capture_output=True, check=False)
        if result.returncode:
            raise RuntimeError(f"cannot fetch {package} {version}:\n{result.stderr.decode()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(result.stdout)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        path.unlink()
        raise RuntimeError(f"{package} {version} is not the file that was expected")
    return data


def _unpacked(data):
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        # Below one folder called NAME-VERSION
        return {
            member.name.partition("/")[2]: archive.extractfile(member).read()
            for member in archive.getmembers()
            if member.isfile()
        }
