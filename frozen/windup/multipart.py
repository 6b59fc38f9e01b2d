"""Forms with files: multipart/form-data, part by part as it arrives (RFC 7578, RFC 2046 section 5.1).

    @app.post("/upload", stream=True, body_max=300000)
    async def upload(request):
        parts = Parts(request)
        while True:
            part = await parts.next()
            if part is None:
                return "Thank you"
            if part.filename:
                await part.save("/data/" + part.filename)
            else:
                note(part.name, await part.text())

Nothing is held but what the connection's buffer holds, so a file may be larger than memory. What all methods raise besides
what they say:

    HTTPError   400 malformed, 408 the client sends nothing more, 413 beyond a limit: leave it to the framework to answer
    OSError     ECONNRESET, the client has gone
"""

import os

from modcore.port import const

from . import tok
from .response import HTTPError

_BOUNDARY_MAX = const(70)  # RFC 2046 section 5.1.1
_NAME_MAX = const(100)  # characters of a file's name
_ENOSPC = const(28)

_writing = []  # files that parts are being saved to


class Parts:
    """The parts of `request`'s body, one after another; `async for part in parts` gives them too.

    Args:
        most: how many parts are taken (413).
        header: how many bytes of header fields each may have (413); a line never more than the stream's buffer, 256.

    Raises:
        HTTPError: 415, the body is something else; 400, its boundary is missing or malformed.

    Attributes:
        stream: the request's `Stream`.
        stop: up to where its buffer belongs to the part that is read.
    """

    def __init__(self, request, most=32, header=1024):
        self._delimiter = b"\r\n--" + _boundary(request.head.get(tok.CONTENT_TYPE))
        self.stream = request.stream
        self._most = most
        self._header = header
        self.stop = self.stream.at
        self._last = False  # whether the delimiter stands there
        self._number = -1  # of the part, from 0; -1: before the first one
        self.part = None

    async def next(self):
        """The next part, a `Part`; `None`: there is no other. What is left of the part before is thrown away."""
        stream = self.stream
        if self._most < 0:
            return None
        if self._number < 0 and await self._starts_with(self._delimiter[2:]):
            stream.skip(len(self._delimiter) - 2)
        else:
            while await self.more():
                stream.skip(self.stop - stream.at)
            stream.skip(len(self._delimiter))
        self.part = None
        if await self._starts_with(b"--"):
            self._most = -1
            stream.skip(2)
            while stream.at < stream.end or await stream.fill():
                stream.skip(stream.end - stream.at)  # an epilogue, which nobody is to see
            return None
        self._number += 1
        if self._number >= self._most:
            raise HTTPError(413, "At most %d parts are taken here" % self._most)
        if (await self._line(self._header)).strip():
            raise _malformed("a boundary")
        self.part = part = await self._head()
        self._scan()
        return part

    def __aiter__(self):
        return self

    async def __anext__(self):
        part = await self.next()
        if part is None:
            raise StopAsyncIteration
        return part

    async def more(self):
        """Wait until something of the part is in the stream's buffer, up to `stop`; `False`: all of it has been read."""
        stream = self.stream
        while stream.at == self.stop:
            if self._last:
                return False
            if not await stream.fill():
                raise _malformed("the end, which has no boundary")
            self._scan()
        return True

    def _scan(self):
        stream = self.stream
        start, end = stream.at, stream.end
        stop = tok.find_boundary(stream.buffer, start, end, self._delimiter)
        self._last = stop >= 0
        if stop < 0:
            stop = tok.boundary_tail(stream.buffer, start, end, self._delimiter)
        self.stop = stop

    async def _starts_with(self, mark):
        stream = self.stream
        while stream.end - stream.at < len(mark):
            if not await stream.fill():
                raise _malformed("the end, which has no boundary")
        if stream.buffer[stream.at : stream.at + len(mark)] == mark:
            return True
        self._scan()
        return False

    async def _line(self, most):
        stream = self.stream
        while True:
            end = tok.find_boundary(stream.buffer, stream.at, stream.end, b"\r\n")
            if (stream.end if end < 0 else end) - stream.at > most or (end < 0 and stream.full()):
                raise HTTPError(413, "The header of a part is too long")
            if end >= 0:
                line = bytes(stream.buffer[stream.at : end])
                stream.skip(end + 2 - stream.at)
                return line
            if not await stream.fill():
                raise _malformed("the header of a part")

    async def _head(self):
        disposition = None
        kind = "text/plain"  # RFC 7578 section 4.4
        left = self._header
        while True:
            line = await self._line(left)
            if not line:
                break
            left -= len(line) + 2
            text = _text(line)
            at = text.find(":")
            name = text[: max(at, 0)].lower()
            value = text[at + 1 :]
            if not name or name != name.strip():
                raise _malformed("the header of a part")
            if name == "content-disposition" and disposition is None:
                disposition = value
            elif name == "content-type":
                kind = value.strip()
            elif name == "content-transfer-encoding":
                if value.strip().lower() not in ("7bit", "8bit", "binary"):
                    raise HTTPError(415, "Send parts as they are, without a transfer encoding")
        if disposition is None:
            raise _malformed("a part without Content-Disposition")
        kind_of_part, parameters = _parameters(disposition)
        if kind_of_part != "form-data" or "name" not in parameters:
            raise _malformed("Content-Disposition of a part")
        return Part(self, parameters["name"], parameters.get("filename"), kind)


class Part:
    """A field or a file of a form. It can be read until the next part is asked for.

    Attributes:
        name: of the field.
        filename: what the client calls the file, without any folder and what file systems do not take; `""`: no file was
            chosen; `None`: it is no file.
        content_type: what the client says that it is, `"text/plain"` when it says nothing.
    """

    def __init__(self, parts, name, filename, content_type):
        self._parts = parts
        self.name = name
        self.filename = None if filename is None else safe_name(filename)
        self.content_type = content_type

    async def read(self, most):
        """The next bytes, at least one and at most `most`; `b""`: the end."""
        if not await self._more():
            return b""
        stream = self._parts.stream
        count = min(most, self._parts.stop - stream.at)
        data = bytes(stream.buffer[stream.at : stream.at + count])
        stream.skip(count)
        return data

    async def each(self, take, most=-1):
        """Call `take(piece)` for all of it, piece by piece; returns how many bytes.

        Args:
            take: gets a `memoryview` that it may not keep.
            most: how many bytes are taken, 413; -1: as many as the route's `body_max` lets through.
        """
        stream = self._parts.stream
        total = 0
        while await self._more():
            start, stop = stream.at, self._parts.stop
            total += stop - start
            if 0 <= most < total:
                raise HTTPError(413, "At most %d bytes are taken of %s" % (most, self.name))
            take(memoryview(stream.buffer)[start:stop])
            stream.skip(stop - start)
        return total

    async def text(self, most=1024):
        """All of it as `str`; of a field. HTTPError: 413, it is longer than `most` bytes; 400, it is not UTF-8."""
        data = bytearray()
        await self.each(data.extend, most)
        try:
            return str(data, "utf-8")
        except ValueError:
            raise HTTPError(400, "Send %s in UTF-8" % self.name)

    async def save(self, path, most=-1):
        """Write it to the file `path`, which is the old one or the new one at any time; returns how many bytes.

        What has come is in `path` + `.part` until it is whole; when anything goes wrong, or the client goes, that is
        removed.

        Args:
            most: see `each`.

        Raises:
            HTTPError: 409, another upload is writing it; 507, the file system is full.
            OSError: what else the file system says.
        """
        beside = path + ".part"
        if beside in _writing:
            raise HTTPError(409, "Another upload is writing this file; try again")
        _writing.append(beside)
        whole = False
        try:
            with open(beside, "wb") as file:

                def write(piece):
                    if file.write(piece) != len(piece):
                        raise OSError(_ENOSPC, "short write")

                total = await self.each(write, most)
            _rename(beside, path)
            whole = True
        except OSError as exc:
            if exc.errno == _ENOSPC:
                raise HTTPError(507, "The file system is full")
            raise
        finally:
            _writing.remove(beside)
            if not whole:
                try:
                    os.remove(beside)
                except OSError:
                    pass  # it could not be opened
        return total

    def _more(self):
        if self._parts.part is not self:
            raise RuntimeError("a part is read before the next one is asked for")
        return self._parts.more()


def safe_name(name):
    """`name` as the name of a file in a folder: no path, nothing hidden, nothing that a file system has another use for."""
    name = name[max(name.rfind("/"), name.rfind("\\")) + 1 :]
    name = "".join(["_" if char in '<>:"|?*\x7f' or char < " " else char for char in name])
    return name.lstrip(". ")[-_NAME_MAX:].lstrip(". ")


def _rename(source, target):
    try:
        os.rename(source, target)
    except OSError:  # FAT takes no name that is taken
        os.remove(target)
        os.rename(source, target)


def _boundary(content_type):
    kind, parameters = _parameters(_text(content_type or b""))
    if kind != "multipart/form-data":
        raise HTTPError(415, "Send the form as multipart/form-data")
    boundary = parameters.get("boundary", "").encode()
    if not 0 < len(boundary) <= _BOUNDARY_MAX or max(boundary) > 126 or boundary[-1] == 32:
        raise _malformed("the boundary in Content-Type")
    return boundary


def _text(line):
    # No control character but the tab, none of which belongs into a name
    try:
        text = str(line, "utf-8")
    except ValueError:
        raise _malformed("a header that is not UTF-8")
    if line and min(line.replace(b"\t", b" ")) < 32:
        raise _malformed("a control character in a header")
    return text


def _parameters(text):
    # The value of a field and its parameters (RFC 9110 section 5.6.6), names in lower case, quotes taken off
    at = text.find(";")
    if at < 0:
        return text.strip().lower(), {}
    value = text[:at].strip().lower()
    parameters = {}
    while at < len(text):
        equals = text.find("=", at)
        if equals < 0:
            if text[at:].strip(" \t;"):
                raise _malformed("a parameter")
            break
        name = text[at + 1 : equals].strip().lower()
        if text[equals + 1 : equals + 2] == '"':
            found, at = _quoted(text, equals + 2)
            rest = text.find(";", at)
            if text[at : rest if rest >= 0 else len(text)].strip():
                raise _malformed("a parameter")
            at = rest
        else:
            at = text.find(";", equals)
            found = text[equals + 1 : at if at >= 0 else len(text)].strip()
        if not name or name in parameters:
            raise _malformed("a parameter")
        parameters[name] = found
        if at < 0:
            break
    return value, parameters


def _quoted(text, at):
    # Only quotes and backslashes are taken for escaped: there are clients that send Windows paths as they are
    found = ""
    while True:
        quote = text.find('"', at)
        slash = text.find("\\", at)
        if quote < 0:
            raise _malformed("a quoted parameter")
        if slash < 0 or quote < slash:
            return found + text[at:quote], quote + 1
        if text[slash + 1] in '"\\':
            found += text[at:slash] + text[slash + 1]
            at = slash + 2
        else:
            found += text[at : slash + 1]
            at = slash + 1


def _malformed(what):
    return HTTPError(400, "Malformed form: %s" % what)
