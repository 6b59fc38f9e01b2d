"""What is measured: applications that answer the same requests."""

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import peers
from .board import TOP, compiled, file_system
from .kinds import FILES

# The frozen programs have it built in. Work trees beside this one have others
PORT = 18000 + zlib.crc32(str(TOP).encode()) % 1000

_APPS = Path(__file__).parent / "apps"


@dataclass(frozen=True)
class Subject:
    """One application.

    Attributes:
        name: as in the results, and of its module: NAME_app.py in `apps`.
        title: what a table says.
        packages: what it is built on, `(package, module, …)` of the package index.
        kinds: names of the requests it can answer; empty: all.
        is_floor: whether it is no web server: it greets whoever says anything.
        keeps_alive: whether it answers more than one request on a connection.
        collects: whether it collects garbage while it works, so that allocations cannot be counted.
        wide_only: whether it needs a method that the built-in types of the 32-bit firmware have not.
        headers: fields that each of its answers must have, values by lower-case name.
    """

    name: str
    title: str
    packages: tuple = ()
    kinds: tuple = ()
    is_floor: bool = False
    keeps_alive: bool = False
    collects: bool = False
    wide_only: bool = False
    headers: tuple = ()

    def answers(self, kind, way):
        """Whether it can be measured with requests of `kind` sent in that `way`."""
        return (not self.kinds or kind.name in self.kinds) and (
            self.keeps_alive or way.name != "keep_alive"
        )

    @property
    def version(self):
        """Of the first package; empty when it is our own."""
        return peers.versions()[self.packages[0][0]] if self.packages else ""

    def packaged(self):
        """What it is built on, from the package index: Python files, content by path."""
        files = {}
        for package, *modules in self.packages:
            files |= peers.sources(package, *modules)
        return files

    def file_system(self, settings=None, arguments=""):
        """The read-write file system of a board that serves it.

        Args:
            settings: for `serve` of its module, beside the port.
            arguments: text of more arguments for it.
        """
        main = f"{self.name}_app"
        files = dict(FILES)
        for module in ("mark", main):
            files[f"/lib/{module}.mpy"] = _compiled(_APPS / f"{module}.py")
        settings = {"port": PORT} | (settings or {})
        files["/main.py"] = f"import {main}\n{main}.serve({settings!r}{arguments})\n".encode()
        return file_system(files)


@cache
def _compiled(source):
    return compiled(source.name, source.read_bytes())


WINDUP = Subject(
    "windup",
    "WindUp",
    keeps_alive=True,
    headers=(
        ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ),
)
_HELLO = ("hello", "chrome")
SUBJECTS = [
    Subject("socket", "bare socket loop", kinds=_HELLO, is_floor=True, keeps_alive=True),
    Subject("asyncio", "asyncio, one bulk read", kinds=_HELLO, is_floor=True, keeps_alive=True),
    WINDUP,
    Subject(
        "picoweb",
        "picoweb",
        (("picoweb", "picoweb"), ("pycopy-pkg_resources", "pkg_resources")),
    ),
    Subject(
        "aioweb",
        "aioweb",
        (("micropython-uaioweb", "uaioweb"),),
        kinds=("hello", "chrome", "json", "static"),
    ),
    Subject("microdot", "microdot", (("microdot", "microdot"),)),
    Subject(
        "tinyweb",
        "tinyweb (uttp)",
        (("uttp", "uttp"), ("pycopy-logging", "logging")),
        collects=True,
    ),
    Subject("phew", "phew", (("micropython-ccrighton-phew", "phew"),), collects=True),
    Subject("uhttp", "uhttp", (("uhttp-server", "uhttp"),), keeps_alive=True, wide_only=True),
    Subject(
        "uwebserver",
        "uwebserver",
        (("uwebserver", "uwebserver"),),
        kinds=("hello", "chrome", "json", "static"),
        collects=True,
    ),
    Subject(
        "chumicro",
        "chumicro-http-server",
        (
            ("chumicro-http-server", "chumicro_http_server"),
            ("chumicro-sockets", "chumicro_sockets"),
            ("chumicro-timing", "chumicro_timing"),
            ("chumicro-runner", "chumicro_runner"),
        ),
        kinds=("hello", "chrome", "parameter", "json"),
    ),
]
