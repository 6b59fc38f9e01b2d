"""MicroPython's source from Debian's source package, by way of this machine's own apt.

The machine's configuration names the archive, apt checks its signature. A sources list of our own, in a folder of our
own, adds the newer suites that have the release: nothing of the system is changed and root is not needed.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from . import TARBALL_SHA256, VERSION, Unavailable, tarball

_PACKAGE = "micropython"
_SUITES = ("forky", "sid")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_TIMEOUT_S = 300


def download(folder):
    """Fetch the upstream tarball of the source package and unpack it into `folder`, which is empty."""
    uri, keyring = _archive()
    reasons = []
    for suite in _SUITES:
        try:
            return _from_suite(suite, uri, keyring, folder)
        except Unavailable as exc:
            reasons.append(f"{suite}: {exc}")
    raise Unavailable("; ".join(reasons))


def _archive():
    form = "$(REPO_URI)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(SOURCESENTRY)"
    for line in _run("apt-get", "indextargets", "--format", form).splitlines():
        uri, origin, label, component, entry = line.split("|")
        if (origin, label, component) == ("Debian", "Debian", "main"):
            return uri, _keyring(entry.rpartition(":")[0])
    raise Unavailable("apt is not configured for a Debian archive, or has no package lists yet")


def _keyring(sources_list):
    # The keyring that apt itself was told to use for this archive, else Debian's usual one.
    try:
        text = Path(sources_list).read_text(encoding="utf-8")
    except OSError:
        text = ""
    match = re.search(r"signed-by[:=]\s*(/[^\s\],]+)", text, re.I)
    return Path(match[1]) if match else _KEYRING


def _from_suite(suite, uri, keyring, folder):
    with tempfile.TemporaryDirectory(prefix="modcore-apt-") as scratch:
        apt = _private_apt(Path(scratch), suite, uri, keyring)
        _run("apt-get", *apt, "update")
        known = _run("apt-cache", *apt, "showsrc", "--only-source", _PACKAGE)
        versions = re.findall(r"^Version: (\S+)$", known, re.M)
        fitting = [version for version in versions if re.match(rf"{VERSION}(?![.\d])", version)]
        if not fitting:
            raise Unavailable(f"has version {', '.join(versions) or 'none'}")
        source = ("source", "--download-only", f"{_PACKAGE}={fitting[0]}")
        _run("apt-get", *apt, *source, cwd=scratch)
        for path in Path(scratch).glob("*.orig.tar.*"):
            if path.suffix != ".asc":
                where = tarball.unpack(path, folder)
                if "as pinned" not in where:
                    raise Unavailable(f"{path.name} is not the pinned {TARBALL_SHA256[:16]}…")
                return f"Debian source package {_PACKAGE} {fitting[0]} ({suite})"
    raise Unavailable("apt brought no upstream tarball")


def _private_apt(scratch, suite, uri, keyring):
    entry = f"Types: deb-src\nURIs: {uri}\nSuites: {suite}\nComponents: main\n"
    if keyring.exists():
        entry += f"Signed-By: {keyring}\n"
    sources = scratch / "modcore.sources"
    sources.write_text(entry, encoding="utf-8")
    for name in ("lists", "cache"):
        (scratch / name / "partial").mkdir(parents=True)
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": scratch / "lists",
        "Dir::Cache": scratch / "cache",
        "APT::Sandbox::User": "",  # the sandbox user cannot write below a private folder
        "Acquire::Retries": "1",
        "Acquire::http::Timeout": "20",
        "Acquire::https::Timeout": "20",
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def _run(*command, cwd=None):
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_S,
        ).stdout
    except FileNotFoundError:
        raise Unavailable(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"no answer within {_TIMEOUT_S} s") from None
    except subprocess.CalledProcessError as exc:
        lines = [line for line in exc.stderr.splitlines() if line.startswith("E:")]
        raise Unavailable((lines or [f"{command[0]} failed"])[0]) from None
