"""What is measured: applications that answer the same requests."""

from dataclasses import dataclass
from pathlib import Path

from .board import BUILD, compiled
from .kinds import FILES

PORT = 18080

_APPS = Path(__file__).parent / "apps"


@dataclass(frozen=True)
class Subject:
    """One application.

    Attributes:
        name: as in the results.
        modules: names of the modules in `apps` that it is made of; the last one serves.
        headers: fields that each of its answers must have, values by lower-case name.
    """

    name: str
    modules: tuple
    headers: tuple = ()

    @property
    def elf(self):
        """The firmware it runs on."""
        return BUILD / "HOST" / "64" / "obj" / "firmware.elf"

    def files(self, folder, settings=None, arguments=""):
        """The read-write file system of a board that serves it, content by path."""
        files = dict(FILES)
        for module in self.modules:
            files[f"/{module}.mpy"] = compiled(_APPS / f"{module}.py", folder / "mpy")
        settings = {"port": PORT} | (settings or {})
        main = self.modules[-1]
        files["/main.py"] = f"import {main}\n{main}.serve({settings!r}{arguments})\n".encode()
        return files


_SECURITY = (
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
)
WINDUP = Subject("windup", ("mark", "windup_app"), _SECURITY)
