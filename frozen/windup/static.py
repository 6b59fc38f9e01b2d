"""Files from a folder of the file system."""

import os
from struct import unpack

from modcore.port import MICROPYTHON, const

from .request import decode
from .response import HTTPError, Response, redirect
from .tok import ACCEPT_GZIP, GET, HEAD, IF_NONE_MATCH

_TYPES = {
    "html": b"text/html; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "json": b"application/json",
    "svg": b"image/svg+xml",
    "txt": b"text/plain; charset=utf-8",
    "xml": b"application/xml",
    "webmanifest": b"application/manifest+json",
    "png": b"image/png",
    "jpg": b"image/jpeg",
    "gif": b"image/gif",
    "webp": b"image/webp",
    "ico": b"image/x-icon",
    "woff2": b"font/woff2",
    "wasm": b"application/wasm",
    "pdf": b"application/pdf",
}
_UNKNOWN = b"application/octet-stream"

_DIRECTORY = const(0x4000)
_WINDOW_BITS = const(12)


class StaticFiles:
    """A content generator that serves the files below a folder.

    A file `NAME.gz` beside or instead of `NAME` is sent to clients that take gzip; to the others it is inflated, so the
    plain file need not be there. Compress it with a window of 4 KiB. `index.html` answers for its folder.

    Args:
        root: the folder.
        cache_control: value of the Cache-Control header (RFC 9111 section 5.2); the default makes clients ask again
            with the ETag each time, which costs a small 304.
    """

    def __init__(self, root, cache_control="no-cache"):
        self._root = root.rstrip("/")
        self._cache_control = cache_control

    def handle(self, request):
        path = _safe(decode(request.path_info))
        if path is None:
            return None
        path = self._root + path
        if path.endswith("/"):
            path += "index.html"
        zipped = path + ".gz"
        stat = _stat(zipped)
        if stat is None or stat[0] & _DIRECTORY:
            zipped = None
            stat = _stat(path)
            if stat is None:
                return None
        method = request.head.method
        if method != GET and method != HEAD:
            raise HTTPError(405, "Allowed here: GET, HEAD", (("Allow", "GET, HEAD"),))
        if stat[0] & _DIRECTORY:
            # Relative links on the page need the slash
            query = request.head.query
            query = b"" if query is None else b"?" + query
            return redirect(request.head.path + b"/" + query, 308)
        kind = path[path.rfind(".") + 1 :].lower()
        kind = _TYPES.get(kind, _UNKNOWN)
        headers = [("Cache-Control", self._cache_control)]
        if zipped is None:
            file = open(path, "rb")
            etag = '"%x-%x"' % (stat[8], stat[6])
            length = stat[6]
        else:
            headers.append(("Vary", "Accept-Encoding"))
            file = open(zipped, "rb")
            # RFC 1952 section 2.3.1: the file ends with the CRC-32 and the length of its content
            file.seek(max(stat[6] - 8, 0))
            crc, length = unpack("<II", (file.read(8) + bytes(8))[:8])
            file.seek(0)
            etag = '"%x-%x"' % (crc, length)
            if request.head.flags & ACCEPT_GZIP:
                headers.append(("Content-Encoding", "gzip"))
                etag = etag[:-1] + '-gz"'
                length = stat[6]
            else:
                file = _inflated(file)
        headers.append(("ETag", etag))
        if _matches(request.head.get(IF_NONE_MATCH), etag.encode()):
            file.close()
            return Response(b"", 304, headers)
        return Response(file, 200, headers, kind, length)


def _safe(path):
    """`path` when it stays below the root whatever it is made of, else `None`."""
    if not path.startswith("/") or "\\" in path or "//" in path:
        return None
    for segment in path.split("/"):
        if segment == ".." or segment == ".":
            return None
    return path


def _inflated(file):
    if MICROPYTHON:
        from deflate import GZIP, DeflateIO

        return DeflateIO(file, GZIP, _WINDOW_BITS, True)
    from gzip import GzipFile

    return GzipFile(fileobj=file)


def _stat(name):
    try:
        return os.stat(name)
    except OSError:
        return None


def _matches(field, etag):
    # RFC 9110 section 13.1.2: the weak comparison, any member of the list
    if field is None:
        return False
    if field == b"*":
        return True
    for member in field.split(b","):
        member = member.strip()
        if member.startswith(b"W/"):
            member = member[2:]
        if member == etag:
            return True
    return False
