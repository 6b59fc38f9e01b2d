"""What goes into the file system images: assets as the web server sends them, configuration as one file a concern."""

import hashlib
import json
import struct
import zlib
from pathlib import Path

from .problem import Problem

_TEXT_SUFFIXES = {".html", ".css", ".js", ".svg", ".json", ".txt", ".xml", ".webmanifest"}
# RFC 1952 header: deflate, no name, no time, slowest compression, unknown system; the same everywhere.
_WINDOW_BITS = 12  # 4 KiB, as frozen/windup/static.py expects
_TAG_DIGITS = 16
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


def tree(folder, prefix):
    """The files below `folder` as a dict of `prefix`/relative path to content; hidden files are left out."""
    folder = Path(folder)
    files = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            files[f"{prefix}/{inside.as_posix()}"] = path.read_bytes()
    return files


def compressed(files):
    """`files` with each text asset that gzip makes smaller replaced by NAME.gz."""
    result = {}
    for path, data in files.items():
        packed = gzip(data) if Path(path).suffix.lower() in _TEXT_SUFFIXES else data
        if len(packed) < len(data):
            path, data = path + ".gz", packed
        if path in result:
            raise Problem(f"{path} is there twice: as a file of its own and as a packed one")
        result[path] = data
    return result


def gzip(data):
    """`data` in the gzip format, the same bytes for the same data always.

    The small window lets the device inflate it again, for a client that does not take gzip.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -_WINDOW_BITS)
    trailer = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return _GZIP_HEADER + deflate.compress(data) + deflate.flush() + trailer


def tagged(files, root):
    """`files` with `root`/.etags, from which the web server takes the entity tags of those below `root`.

    It has a line `/PATH HASH` for each file that is not packed: a packed one has a checksum of its content in itself.
    There is no such file when it would say nothing.
    """
    lines = []
    for path, data in sorted(files.items()):
        if path.startswith(root + "/") and not path.endswith(".gz"):
            if "\n" in path:
                raise Problem(f"{path!r}: a name with a line break in it has no URL", "Rename it.")
            tag = hashlib.sha256(data).hexdigest()[:_TAG_DIGITS]
            lines.append(f"{path.removeprefix(root)} {tag}\n")
    if not lines:
        return files
    return files | {root + "/.etags": "".join(["\n", *lines]).encode()}


def configuration(folders, overrides=()):
    """The configuration of `folders`, later ones laid over earlier ones, as a dict of /etc/NAME to content.

    Of two JSON files with one name the keys are merged, as the firmware merges the user's file with the
    factory's; any other file replaces the one before.

    Args:
        overrides: texts of the form "windup.port=9000": file, key, value (JSON, or else a string).

    Raises:
        Problem: a file that is not a JSON object, or an override of another form.
    """
    concerns, others = {}, {}
    for folder in folders:
        for path, data in tree(folder, "/etc").items():
            if path.endswith(".json"):
                concerns.setdefault(path, {}).update(_json_object(folder, path, data))
            else:
                others[path] = data
    for text in overrides:
        target, equals, value = text.partition("=")
        name, dot, key = target.partition(".")
        if not (equals and dot and name and key):
            raise Problem(f"{text!r} is not of the form FILE.KEY=VALUE, such as windup.port=9000")
        concerns.setdefault(f"/etc/{name}.json", {})[key] = _value(value)
    packed = {path: json.dumps(obj, separators=(",", ":")) for path, obj in concerns.items()}
    return others | {path: text.encode() for path, text in packed.items()}


def _json_object(folder, path, data):
    where = Path(folder) / path.removeprefix("/etc/")
    try:
        value = json.loads(data)
    except ValueError as exc:
        raise Problem(f"{where}: {exc}") from None
    if not isinstance(value, dict):
        raise Problem(f"{where}: expected a JSON object, found {type(value).__name__}")
    return value


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
