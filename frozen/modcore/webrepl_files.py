"""WebREPL's file transfers: put, get, and the version.

A request has 82 bytes, little-endian: `WA`, the operation, a flag, an offset of 8 bytes that nobody uses, the file's
size (4), the length of its name (2) and 64 bytes of name. The answer is `WB` and a status of 2 bytes, 0 for success.
A put is followed by the file and a second answer. In a get each byte from the client asks for a piece: its length (2)
and itself; an empty one ends the file, and a second answer follows.

A put writes beside the file and takes its name in the end: a connection that breaks leaves the old one whole.
"""

import os
import struct
import sys

from .port import const

_BINARY = const(2)
_REQUEST = const(82)
_PIECE = const(256)
_PUT = const(1)
_GET = const(2)
_VERSION = const(3)


class Files:
    """The transfers of one session.

    Args:
        send: `send(opcode, data)` sends a frame.
    """

    def __init__(self, send):
        self._send = send
        self._request = bytearray()
        self._file = None
        self._name = None
        self._left = 0
        self._take = self._header

    def feed(self, data):
        """Take what came in binary messages, whatever its pieces."""
        while data:
            data = self._take(data)

    def close(self):
        """The connection is over, and a transfer with it."""
        if self._file:
            self._file.close()
            self._file = None
            if self._left:
                self._remove()

    def _header(self, data):
        missing = _REQUEST - len(self._request)
        self._request += data[:missing]
        if len(self._request) == _REQUEST:
            request, self._request = self._request, bytearray()
            self._begin(request)
        return data[missing:]

    def _begin(self, request):
        magic, operation, _, _, size, length = struct.unpack("<2sBBQLH", request)
        if magic != b"WA" or length > 64:
            self._answer(1)
            return
        if operation == _VERSION:
            self._send(_BINARY, bytes(sys.implementation.version[:3]))
            return
        try:
            self._name = str(request[18 : 18 + length], "utf-8")
            if operation == _PUT:
                self._file = open(self._name + ".new", "wb")
                self._left = size
                self._take = self._put
            elif operation == _GET:
                self._file = open(self._name, "rb")
                self._take = self._get
            else:
                self._answer(1)
                return
        except (OSError, ValueError):
            self._answer(1)
            return
        self._answer(0)
        if operation == _PUT and not size:
            self._end_put()

    def _put(self, data):
        piece = data[: self._left]
        self._left -= len(piece)
        if self._file:
            try:
                self._file.write(piece)
            except OSError:  # the rest is still to come, and goes nowhere
                self._file.close()
                self._file = None
                self._remove()
        if not self._left:
            self._end_put()
        return data[len(piece) :]

    def _end_put(self):
        self._take = self._header
        failed = self._file is None
        if not failed:
            try:
                self._file.close()
                os.rename(self._name + ".new", self._name)
            except OSError:
                failed = True
                self._remove()
        self._file = None
        self._answer(1 if failed else 0)

    def _get(self, data):
        try:
            piece = self._file.read(_PIECE)
        except OSError:
            piece = b""
        self._send(_BINARY, struct.pack("<H", len(piece)) + piece)
        if not piece:
            self._file.close()
            self._file = None
            self._take = self._header
            self._answer(0)
        return data[1:]

    def _answer(self, status):
        self._send(_BINARY, struct.pack("<2sH", b"WB", status))

    def _remove(self):
        try:
            os.remove(self._name + ".new")
        except OSError:
            pass
