"""Files from a folder of the file system."""

import os
from struct import unpack

from modcore.port import MICROPYTHON, const

from . import tok
from .mime import media_type
from .request import decode
from .response import HTTPError, Response, checked_type, redirect

_KIND = const(0xF000)  # of a file, in the mode that `os.stat` tells
_FOLDER = const(0x4000)
_REGULAR = const(0x8000)
_KEPT_MAX = const(4)
_HASH_MIN = const(8)

_FOR_EVER = b"public, max-age=31536000, immutable"
_INDEX = "/.etags"  # see `etags` in tools/modcore_cli/image_content.py


class StaticFiles:
    """A content generator that serves the files below a folder.

    A file `NAME.gz` beside or instead of `NAME` is sent to clients that take gzip; to the others it is inflated, so the
    plain file need not be there. Compress it with a window of 4 KiB. `index.html` answers for its folder. Conditional
    requests and ranges are RFC 9110's (sections 13 and 14); what has to be inflated is sent whole. Hidden files, whose
    name or folder begins with a dot, are not served, except below `/.well-known/`.

    A name with a hash in it, at least eight hexadecimal digits before its end as in `app.3f2a9c1b.js`, says that another
    content will have another name: clients may keep it for a year without asking.

    For several folders add one generator each: the first that has the file answers.

    Args:
        root: the folder.
        cache_control: value of the Cache-Control header (RFC 9111 section 5.2) of the others; the default makes clients
            ask again with the ETag each time, which costs a small 304.
        fixed: the files never change while the device runs, as in its read-only image: what was found out about the
            last few is kept, and ETags are those that were computed when the image was made.
        types: a dict of more media types, `bytes` or `str`, by the lower-case end of a name: `{"hex": b"text/plain"}`.

    Raises:
        ValueError: a control character in one of `types`.
    """

    def __init__(self, root, cache_control="no-cache", fixed=False, types=None):
        self._root = root.rstrip("/")
        self._cache_control = cache_control.encode()
        self._kept = {} if fixed else None  # files by path
        self._types = types and {end: checked_type(types[end]) for end in types}

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
            return _other_method(method)
        if file is _IS_FOLDER:
            # Relative links on the page need the slash
            query = head.query
            query = b"" if query is None else b"?" + query
            return redirect(head.path + b"/" + query, 308)
        return file.response(head)

    def _find(self, path):
        path = decode(path)
        if not _is_safe(path):
            return None
        path = self._root + path
        if path.endswith("/"):
            path += "index.html"
        if not MICROPYTHON:
            from .links import leaves

            if leaves(self._root, path) or leaves(self._root, path + ".gz"):
                return None
        stat = _stat(path + ".gz")
        if stat is not None and stat[0] & _KIND == _REGULAR:
            return _Zipped(path + ".gz", self._kind(path), stat[6], self._caching(path))
        stat = _stat(path)
        if stat is None:
            return None
        if stat[0] & _KIND == _FOLDER:
            return _IS_FOLDER
        if stat[0] & _KIND != _REGULAR:
            return None  # a device or a pipe might never end
        etag = modified = None
        if self._kept is not None:
            etag = _computed(self._root, path)
        if etag is None:
            # Weak: it may have changed twice in that second
            etag = b'W/"%x-%x"' % (stat[8], stat[6])
            modified = stat[8]
        return _File(path, self._kind(path), stat[6], etag, self._caching(path), modified)

    def _kind(self, path):
        types = self._types
        kind = types and types.get(path[path.rfind(".") + 1 :].lower())
        return kind or media_type(path)

    def _caching(self, path):
        caching = _FOR_EVER if _is_hashed(path) else self._cache_control
        return b"Cache-Control: %s\r\n" % caching


_IS_FOLDER = object()


class _File:
    """What there is to say about a file before it is opened."""

    whole = False  # whether parts of it cannot be sent
    content_fields = b""  # beyond those that a 304 has too

    def __init__(self, path, kind, length, etag, fields, modified=None):
        self._path = path
        self._kind = kind
        self._length = length
        self._etag = etag
        self._fields = b"ETag: %s\r\n%s" % (etag, fields)
        if not self.whole:
            self._fields += b"Accept-Ranges: bytes\r\n"
        if modified is not None:
            modified = self._date(modified)
        self._modified = modified

    def _date(self, seconds):
        from .dates import format_date, gmtime, time

        # Is the time known, and will it be another one when the file changes again?
        if not 0 < seconds < time() - 1 or gmtime(seconds)[0] < 2024:
            return None
        self._fields += b"Last-Modified: %s\r\n" % format_date(seconds).encode()
        return tuple(gmtime(seconds)[:6])

    def response(self, head):
        match = head.get(tok.IF_NONE_MATCH)
        response = Response(b"", 304)
        response.content_type = response.sure = self._kind
        response.headers = self._fields
        # What is asked most often, whole or only when it is new, needs no code but this
        if (
            head.get(tok.IF_MATCH) is not None
            or head.get(tok.IF_UNMODIFIED_SINCE) is not None
            or (
                match != self._etag
                and (
                    match is not None
                    or head.get(tok.RANGE) is not None
                    or head.get(tok.IF_MODIFIED_SINCE) is not None
                )
            )
        ):
            from .files import fit

            fit(response, head, self._open, self._etag, self._modified, self._length, self.whole)
        elif match is None:
            response.status = 200
            response.body = self._open()
            response.length = self._length
        if self.content_fields and response.status != 304:
            response.headers += self.content_fields
        return response

    def _open(self):
        return open(self._path, "rb")


class _Zipped(_File):
    """A compressed file, for clients that take it as it is; `_inflated` is for the others."""

    content_fields = b"Content-Encoding: gzip\r\n"

    def __init__(self, path, kind, size, fields):
        # RFC 1952 section 2.3.1: the file ends with the CRC-32 and the length of its content
        with open(path, "rb") as file:
            file.seek(max(size - 8, 0))
            crc, length = unpack("<II", (file.read(8) + bytes(8))[:8])
        fields += b"Vary: Accept-Encoding\r\n"
        self._inflated = _Inflated(path, kind, length, b'"%x-%x"' % (crc, length), fields)
        super().__init__(path, kind, size, b'"%x-%x-%x"' % (crc, length, size), fields)

    def response(self, head):
        file = self if head.flags & tok.ACCEPT_GZIP else self._inflated
        return _File.response(file, head)


class _Inflated(_File):
    whole = True
    content_fields = b""

    def _open(self):
        from .inflated import Inflated

        return Inflated(open(self._path, "rb"))


def _is_safe(path):
    """Whether `path` stays below the root whatever it is made of, and has nothing hidden in it."""
    if not path.startswith("/") or "\\" in path or "//" in path:
        return False
    if path.startswith("/.well-known/"):
        path = path[12:]
    return "/." not in path


def _is_hashed(path):
    # Before the last dot and behind another or a hyphen: hexadecimal, and neither a word nor a date
    end = path.rfind(".")
    start = max(path.rfind(".", 0, end), path.rfind("-", 0, end)) + 1
    if end - start < _HASH_MIN or path.find("/", start) >= 0:
        return False
    digits = 0
    for char in path[start:end]:
        if char not in "0123456789abcdef":
            return False
        digits += char.isdigit()
    return 0 < digits < end - start


def _computed(root, path):
    """The entity tag that was computed when the image was made; `None`: the image has none for `path`."""
    try:
        with open(root + _INDEX, "rb") as file:
            index = file.read()
    except OSError:
        return None
    key = b"\n%s " % path[len(root) :].encode()
    at = index.find(key)
    if at < 0:
        return None
    at += len(key)
    return b'"%s"' % index[at : index.find(b"\n", at)]


def _other_method(method):
    headers = (("Allow", "GET, HEAD, OPTIONS"),)
    if method == tok.OPTIONS:
        return Response(b"", 204, headers)
    raise HTTPError(405, "Allowed here: GET, HEAD, OPTIONS", headers)


def _stat(name):
    try:
        return os.stat(name)
    except OSError:
        return None
