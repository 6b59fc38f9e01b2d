"""Files from a folder of the file system."""

import os
from struct import unpack

from modcore.port import MICROPYTHON, const

from . import tok
from .request import decode
from .response import HTTPError, Response, redirect

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
_KEPT_MAX = const(4)


class StaticFiles:
    """A content generator that serves the files below a folder.

    A file `NAME.gz` beside or instead of `NAME` is sent to clients that take gzip; to the others it is inflated, so the
    plain file need not be there. Compress it with a window of 4 KiB. `index.html` answers for its folder.

    Args:
        root: the folder.
        cache_control: value of the Cache-Control header (RFC 9111 section 5.2); the default makes clients ask again
            with the ETag each time, which costs a small 304.
        fixed: the files never change while the device runs, as in its read-only image: what was found out about the
            last few is kept.
    """

    def __init__(self, root, cache_control="no-cache", fixed=False):
        self._root = root.rstrip("/")
        self._cache_control = cache_control
        self._kept = {} if fixed else None  # files by path

    def handle(self, request):
        head = request.head
        path = request.path_info
        kept = self._kept
        file = kept.get(path) if kept else None
        if file is None:
            file = self._find(path)
            if file is None:
                return None
            if kept is not None:
                if len(kept) >= _KEPT_MAX:
                    kept.clear()
                kept[path] = file
        method = head.method
        if method != tok.GET and method != tok.HEAD:
            raise HTTPError(405, "Allowed here: GET, HEAD", (("Allow", "GET, HEAD"),))
        if file is _FOLDER:
            # Relative links on the page need the slash
            query = head.query
            query = b"" if query is None else b"?" + query
            return redirect(head.path + b"/" + query, 308)
        return file.response(head)

    def _find(self, path):
        path = _safe(decode(path))
        if path is None:
            return None
        path = self._root + path
        if path.endswith("/"):
            path += "index.html"
        kind = _TYPES.get(path[path.rfind(".") + 1 :].lower(), _UNKNOWN)
        cache_control = ("Cache-Control", self._cache_control)
        zipped = path + ".gz"
        stat = _stat(zipped)
        if stat is not None and not stat[0] & _DIRECTORY:
            return _Zipped(zipped, kind, stat[6], cache_control)
        stat = _stat(path)
        if stat is None:
            return None
        if stat[0] & _DIRECTORY:
            return _FOLDER
        return _File(path, kind, stat[6], '"%x-%x"' % (stat[8], stat[6]), (cache_control,))


_FOLDER = object()


class _File:
    """What there is to say about a file before it is opened."""

    def __init__(self, path, kind, length, etag, headers):
        self._path = path
        self._kind = kind
        self._length = length
        self._etag = etag.encode()
        self._headers = Response(b"", 200, (("ETag", etag),) + headers).headers

    def response(self, head):
        if _matches(head.get(tok.IF_NONE_MATCH), self._etag):
            response = Response(b"", 304)
        else:
            response = Response(self._open(), 200, (), self._kind, self._length)
        response.headers = self._headers
        return response

    def _open(self):
        return open(self._path, "rb")


class _Zipped(_File):
    """A compressed file, for clients that take it as it is; `_inflated` is for the others."""

    def __init__(self, path, kind, size, cache_control):
        # RFC 1952 section 2.3.1: the file ends with the CRC-32 and the length of its content
        with open(path, "rb") as file:
            file.seek(max(size - 8, 0))
            crc, length = unpack("<II", (file.read(8) + bytes(8))[:8])
        headers = (cache_control, ("Vary", "Accept-Encoding"))
        etag = '"%x-%x"' % (crc, length)
        self._inflated = _Inflated(path, kind, length, etag, headers)
        headers += (("Content-Encoding", "gzip"),)
        super().__init__(path, kind, size, etag[:-1] + '-gz"', headers)

    def response(self, head):
        file = self if head.flags & tok.ACCEPT_GZIP else self._inflated
        return _File.response(file, head)


class _Inflated(_File):
    def _open(self):
        file = open(self._path, "rb")
        if MICROPYTHON:
            from deflate import GZIP, DeflateIO

            return DeflateIO(file, GZIP, _WINDOW_BITS, True)
        from gzip import GzipFile

        return GzipFile(fileobj=file)


def _safe(path):
    """`path` when it stays below the root whatever it is made of, else `None`."""
    if not path.startswith("/") or "\\" in path or "//" in path:
        return None
    for segment in path.split("/"):
        if segment == ".." or segment == ".":
            return None
    return path


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
