"""HTTP request heads and the byte loops of message bodies, in Python.

The twin of the C module `httptok`, with the same names and the same answers, for CPython and for
firmware without that module. `windup.tok` picks one of them. What is refused, and why, is told in
firmware/usermods/httptok/README.md; the vectors in tests/httptok/vectors hold both to it.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


GET = 1
HEAD = 2
POST = 3
PUT = 4
DELETE = 5
OPTIONS = 6
PATCH = 7

KEEP_ALIVE = 1
CHUNKED = 2
EXPECT_100 = 4
UPGRADE_WEBSOCKET = 8
ACCEPT_GZIP = 16

HOST = 0
CONNECTION = 1
COOKIE = 2
CONTENT_TYPE = 3
ACCEPT_ENCODING = 4
IF_NONE_MATCH = 5
IF_MODIFIED_SINCE = 6
IF_RANGE = 7
RANGE = 8
ORIGIN = 9
AUTHORIZATION = 10
UPGRADE = 11
EXPECT = 12
TRANSFER_ENCODING = 13
CONTENT_LENGTH = 14
SEC_WEBSOCKET_KEY = 15
SEC_WEBSOCKET_VERSION = 16
SEC_WEBSOCKET_PROTOCOL = 17
SEC_WEBSOCKET_EXTENSIONS = 18
SEC_FETCH_SITE = 19
IF_MATCH = 20
IF_UNMODIFIED_SINCE = 21

_HEAD_MAX = const(8191)
_FIELDS_MAX = const(64)
_LENGTH_DIGITS = const(9)
_CHUNK_MAX = const(0x7FFFFFFF)
_LINE_EXTRA = const(256)  # bytes of extensions after one chunk's size
_TRAILER_MAX = const(1024)  # bytes of all trailer fields

# Bits of Head._seen above the public ones.
_CLOSE = const(32)
_UPGRADES = const(64)
_GZIP_NO = const(128)
_ANY_CODING = const(256)
_OTHER_CODING = const(512)

# States of Head._state. Zero and below: the head has ended, with minus the status or well.
_DONE = const(0)
_FIRST = const(1)
_REQUEST = const(2)
_FIELDS = const(3)

# States of Chunked._state.
_SIZE = const(0)
_SPACE = const(1)
_EXTENSION = const(2)
_SIZE_LF = const(3)
_DATA = const(4)
_DATA_CR = const(5)
_DATA_LF = const(6)
_TRAILER = const(7)
_NAME = const(8)
_VALUE = const(9)
_VALUE_LF = const(10)
_LAST_LF = const(11)
_END = const(12)
_FAILED = const(13)

_DIGIT = b"0123456789"
_HEX = _DIGIT + b"abcdefABCDEF"
_ALNUM = b"etaoinsrhldcumfpgwybvkxjqzETAOINSRHLDCUMFPGWYBVKXJQZ" + _DIGIT
_TOKEN = _ALNUM + b"-_!#$%&'*+.^`|~"
_HOST = _ALNUM + b".-_~!$&'()*+,;="
_TARGET = _ALNUM + b"/-._~?=&%+!$'()*,;:@[]{}|\\^`"
_BLANK = b" \t"

_METHODS = {
    b"GET": GET,
    b"HEAD": HEAD,
    b"POST": POST,
    b"PUT": PUT,
    b"DELETE": DELETE,
    b"OPTIONS": OPTIONS,
    b"PATCH": PATCH,
}

_SLOTS = {
    b"host": HOST,
    b"connection": CONNECTION,
    b"cookie": COOKIE,
    b"content-type": CONTENT_TYPE,
    b"accept-encoding": ACCEPT_ENCODING,
    b"if-none-match": IF_NONE_MATCH,
    b"if-modified-since": IF_MODIFIED_SINCE,
    b"if-range": IF_RANGE,
    b"range": RANGE,
    b"origin": ORIGIN,
    b"authorization": AUTHORIZATION,
    b"upgrade": UPGRADE,
    b"expect": EXPECT,
    b"transfer-encoding": TRANSFER_ENCODING,
    b"content-length": CONTENT_LENGTH,
    b"sec-websocket-key": SEC_WEBSOCKET_KEY,
    b"sec-websocket-version": SEC_WEBSOCKET_VERSION,
    b"sec-websocket-protocol": SEC_WEBSOCKET_PROTOCOL,
    b"sec-websocket-extensions": SEC_WEBSOCKET_EXTENSIONS,
    b"sec-fetch-site": SEC_FETCH_SITE,
    b"if-match": IF_MATCH,
    b"if-unmodified-since": IF_UNMODIFIED_SINCE,
}

# Fields that two parsers must not read differently: a second one is refused (RFC 9110 5.3).
_ONCE = (
    HOST,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    AUTHORIZATION,
    ORIGIN,
    SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION,
)

# The list members that a server acts on itself.
_MEMBERS = {
    CONNECTION: {b"close": _CLOSE, b"keep-alive": KEEP_ALIVE, b"upgrade": _UPGRADES},
    UPGRADE: {b"websocket": UPGRADE_WEBSOCKET},
    EXPECT: {b"100-continue": EXPECT_100},
    ACCEPT_ENCODING: {b"gzip": ACCEPT_GZIP, b"x-gzip": ACCEPT_GZIP, b"*": _ANY_CODING},
    TRANSFER_ENCODING: {b"chunked": CHUNKED},
}


def _run(data, allowed):
    """Number of leading bytes of `data` that are in `allowed`."""
    return len(data) - len(data.lstrip(allowed))


def _printable(data):
    """Whether `data` has no control byte other than a tab (RFC 9110 5.5)."""
    data = data.replace(b"\t", b"")
    return not data or (min(data) > 31 and data.find(b"\x7f") < 0)


def _valid_host(data):
    """Whether `data` is uri-host [":" port] with a host that is not empty (RFC 9110 7.2)."""
    if data[:1] == b"[":
        n = 1 + _run(data[1:], _HEX + b":.")
        if n == 1 or data[n : n + 1] != b"]":
            return False
        n += 1
    else:
        n = _run(data, _HOST)
    port = data[n:]
    return n > 0 and (not port or (port[:1] == b":" and not port[1:].strip(_DIGIT)))


class Head:
    """The head of one request after another, in a buffer that belongs to the connection.

    Until `parse` has found the end of the head everything reads as absent: `method` 0, `path`
    None, `content_length` -1, `flags` 0, `count` 0.

    method          GET, HEAD, POST, PUT, DELETE, OPTIONS or PATCH
    version         0 or 1, the minor version of HTTP/1.x as RFC 9110 2.5 has it understood
    content_length  bytes, 0 to 999,999,999; -1 when the field is absent
    flags           KEEP_ALIVE | CHUNKED | EXPECT_100 | UPGRADE_WEBSOCKET | ACCEPT_GZIP
    count           number of header fields, 0 to 64
    """

    def __init__(self, buf, target_max=2048):
        """`buf`: bytearray; `target_max`: longest request target in bytes, 1 to 8191."""
        if not 0 < target_max <= _HEAD_MAX:
            raise ValueError("target_max")
        self._buf = buf
        self._target_max = target_max
        self._fields = []
        self._slots = bytearray(len(_SLOTS))
        self.reset()

    def reset(self):
        """Forget everything: the next `parse` starts a new head, anywhere in the buffer."""
        self._state = _FIRST
        self._base = self._line = self._scan = self._seen = 0
        self._host = None
        self._length = -1
        self._clear()

    def _clear(self):
        self._fields.clear()
        for i in range(len(self._slots)):
            self._slots[i] = 0
        self.method = self.flags = self.count = self.version = 0
        self.content_length = -1

    def parse(self, start, end):
        """Look at `buf[start:end]`. RFC 9112 2 to 6.

        > 0: the head is complete, and this is the index just past it; 0: incomplete, call again
        with the same bytes and more; < 0: minus the status to refuse the request with, until
        `reset`: 400, 413, 414, 431, 501 or 505. ValueError: not a range of the buffer.
        """
        if not 0 <= start <= end <= len(self._buf):
            raise ValueError("range")
        if self._state > _DONE:
            self._base = start
            stop = min(end, start + _HEAD_MAX)
            while self._state > _DONE:
                at = start + self._line
                lf = self._buf.find(b"\n", start + self._scan, stop)
                if lf < 0:
                    self._scan = max(stop - start, self._scan)
                    if end == stop:
                        return 0
                    status = 431 if self._state == _FIELDS else 414
                else:
                    line = bytes(self._buf[at : lf + 1])
                    if line[-2:] == b"\r\n":
                        line = line[:-2]  # else the LF stays, which no part of a line may have
                    status = self._take(line, at - start)
                    self._scan = self._line = lf + 1 - start
                if status:
                    self._clear()
                    self._state = -status
        return self._state or start + self._line

    @property
    def rest(self):
        """Bytes of body behind the head; -1: incomplete, HEAD, HTTP/1.0, chunked, or the connection is not kept."""
        if self.method in (0, HEAD) or not self.version:
            return -1
        if self.flags & (KEEP_ALIVE | CHUNKED) != KEEP_ALIVE:
            return -1
        return max(self.content_length, 0)

    def find(self, table):
        """The value of the dict `table` under the path, `bytes`; `None` when there is none."""
        return table.get(self.path)

    def _take(self, line, at):
        """Takes a line without its CRLF; the status or 0, as the following do."""
        if self._state == _FIELDS:
            return self._field(line, at) if line else self._finish()
        if not line and self._state == _FIRST:
            self._state = _REQUEST  # RFC 9112 2.2: one empty line before the request is let pass
            return 0
        self._state = _FIELDS
        return self._request(line, at)

    def _request(self, line, at):
        """RFC 9112 3."""
        n = _run(line, _TOKEN)
        if not n or line[n : n + 1] != b" ":
            return 400
        self._method = _METHODS.get(line[:n], 0)
        if not self._method:
            return 501
        at += n + 1
        line = line[n + 1 :]
        n = _run(line, _TARGET)
        if n > self._target_max:
            return 414
        if not n or line[n : n + 1] != b" " or not self._split_target(line[:n], at):
            return 400
        line = line[n + 1 :]
        shape = line
        for i in (5, 7):
            if line[i : i + 1].isdigit():
                shape = shape[:i] + b"0" + shape[i + 1 :]
        if shape != b"HTTP/0.0":
            return 400
        if line[5] != 49:
            return 505
        self._minor = 1 if line[7] > 48 else 0
        return 0

    def _split_target(self, target, at):
        """Origin, absolute (http, https) and asterisk form: RFC 9112 3.2."""
        n = 0
        if target == b"*":
            if self._method != OPTIONS:
                return False
        elif target[:1] != b"/":
            scheme = target[:8].lower()
            if scheme[:7] == b"http://":
                n = 7
            elif scheme == b"https://":
                n = 8
            else:
                return False
            authority = n
            while target[n : n + 1] not in (b"/", b"?", b""):
                n += 1
            if not _valid_host(target[authority:n]):
                return False
            self._host = (at + authority, at + n)
        self._path = at + n
        self._target_end = at + len(target)
        n = target.find(b"?")
        self._path_end = at + n if n >= 0 else self._target_end
        return True

    def _field(self, line, at):
        """RFC 9112 5."""
        n = _run(line, _TOKEN)
        if not n or line[n : n + 1] != b":":
            return 400
        if len(self._fields) == _FIELDS_MAX:
            return 431
        if not _printable(line[n + 1 :]):
            return 400
        self._fields.append((at, at + n, at + len(line)))
        slot = _SLOTS.get(line[:n].lower())
        if slot is None:
            return 0
        value = line[n + 1 :].strip(_BLANK)
        if not self._slots[slot]:
            self._slots[slot] = len(self._fields)
        elif slot in _ONCE:
            return 400
        if slot == HOST:
            return 0 if _valid_host(value) else 400
        if slot == CONTENT_LENGTH:
            if not value.isdigit():
                return 400
            if len(value) > _LENGTH_DIGITS:
                return 413
            self._length = int(value)
            return 0
        if slot in _MEMBERS:
            return self._members(slot, value)
        return 0

    def _members(self, slot, value):
        """Notes the members of a comma-separated list (RFC 9110 5.6.1)."""
        known = _MEMBERS[slot]
        for member in value.split(b","):
            n = member.find(b";")
            name = (member if n < 0 else member[:n]).strip(_BLANK).lower()
            bit = known.get(name, 0)
            if slot == TRANSFER_ENCODING:
                if not name or name.strip(_TOKEN) or self._seen & CHUNKED:
                    return 400  # RFC 9112 6.1: chunked is the last coding, applied once
                if not bit:
                    bit = _OTHER_CODING
                elif n >= 0:
                    return 400  # RFC 9112 7.1: chunked has no parameters
            elif slot == ACCEPT_ENCODING and bit and n >= 0:
                weight = member[n + 1 :].strip(_BLANK).lower()
                if weight[:2] == b"q=" and not weight[2:].strip(b"0."):
                    bit = _GZIP_NO if bit == ACCEPT_GZIP else 0
            self._seen |= bit
        return 0

    def _finish(self):
        """What only the whole head can tell."""
        seen = self._seen
        if self._minor and not self._slots[HOST]:
            return 400  # RFC 9112 3.2
        if self._slots[TRANSFER_ENCODING]:
            if not self._minor or self._length >= 0:
                return 400  # RFC 9112 6.1 and 6.3: who reads it otherwise is smuggled to
            if seen & _OTHER_CODING:
                return 501
        flags = seen & CHUNKED
        if not seen & _CLOSE and (self._minor or seen & KEEP_ALIVE):
            flags |= KEEP_ALIVE
        if self._minor:
            flags |= seen & EXPECT_100
            if seen & _UPGRADES:
                flags |= seen & UPGRADE_WEBSOCKET
        if not seen & _GZIP_NO and seen & (ACCEPT_GZIP | _ANY_CODING):
            flags |= ACCEPT_GZIP
        self.method = self._method
        self.version = self._minor
        self.content_length = self._length
        self.flags = flags
        self.count = len(self._fields)
        self._state = _DONE
        return 0

    def _bytes(self, start, end):
        return bytes(self._buf[self._base + start : self._base + end])

    @property
    def path(self):
        """The path as sent, not decoded, without the query; b"*" for the asterisk form."""
        if self._state:
            return None
        return self._bytes(self._path, self._path_end) or b"/"

    @property
    def query(self):
        """What follows the first "?", not decoded; None when there is no "?"."""
        if self._state or self._path_end == self._target_end:
            return None
        return self._bytes(self._path_end + 1, self._target_end)

    def get(self, slot):
        """Value of the first field of a slot (HOST ...) or of a name in any case, or None.

        HOST is the authority of a target in absolute form (RFC 9112 3.2.2). IndexError: no such
        slot.
        """
        if not isinstance(slot, int):
            name = bytes(slot, "utf-8") if isinstance(slot, str) else bytes(slot)
            name = name.lower()
            if name not in _SLOTS:
                for i in range(self.count):
                    if self.item(i)[0].lower() == name:
                        return self.item(i)[1]
                return None
            slot = _SLOTS[name]
        if not 0 <= slot < len(_SLOTS):
            raise IndexError("slot")
        if self._state:
            return None
        if slot == HOST and self._host:
            return self._bytes(self._host[0], self._host[1])
        i = self._slots[slot]
        return self.item(i - 1)[1] if i else None

    def item(self, i):
        """(name, value) of field `i` as sent, in order. IndexError: not below `count`."""
        if not 0 <= i < self.count:
            raise IndexError("field")
        start, colon, end = self._fields[i]
        return self._bytes(start, colon), self._bytes(colon + 1, end).strip(_BLANK)


def unquote(data, plus=False):
    """Percent-decode bytes or str to bytes (RFC 3986 2.1).

    `plus`: "+" stands for a space, as in forms. ValueError: "%" without two hexadecimal digits.
    """
    data = bytes(data, "utf-8") if isinstance(data, str) else bytes(data)
    if plus:
        data = data.replace(b"+", b" ")
    if data.find(b"%") < 0:
        return data
    parts = data.split(b"%")
    for i in range(1, len(parts)):
        part = parts[i]
        if len(part) < 2 or part[:2].strip(_HEX):
            raise ValueError("escape")
        parts[i] = bytes((int(part[:2], 16),)) + part[2:]
    return b"".join(parts)


def split_pairs(data, sep, decode):
    """List of (name, value) of "name=value" pieces; the value of a piece without "=" is b"".

    `data`: bytes or str; `sep`: one byte, b"&" (query, form) or b";" (cookies, RFC 6265 4.2).
    `decode`: percent-decode both, "+" as a space; else spaces and tabs around a piece go. Empty
    pieces are left out. ValueError: as `unquote`, or `sep` is not one byte.
    """
    if len(sep) != 1:
        raise ValueError("sep")
    pairs = []
    for piece in (bytes(data, "utf-8") if isinstance(data, str) else bytes(data)).split(sep):
        if not decode:
            piece = piece.strip(_BLANK)
        if piece:
            n = piece.find(b"=")
            name, value = (piece, b"") if n < 0 else (piece[:n], piece[n + 1 :])
            if decode:
                name, value = unquote(name, True), unquote(value, True)
            pairs.append((name, value))
    return pairs


class Chunked:
    """Decoder of one chunked body (RFC 9112 7.1), in place and in pieces of any size."""

    def __init__(self):
        self._state = _SIZE
        self._left = self._digits = 0
        self._room = _LINE_EXTRA

    def decode(self, buf, start, end):
        """Take the framing out of `buf[start:end]`: (consumed, data_end, done).

        `buf[start:data_end]` is body now; `buf[start:consumed]` is used up, which is all of it
        until `done`; what follows a done body is left alone. Extensions and trailer fields are
        skipped: 256 bytes a chunk, 1024 bytes in all. ValueError: malformed, and from then on.
        """
        if not 0 <= start <= end <= len(buf):
            raise ValueError("range")
        i = out = start
        while i < end and self._state != _END:
            if self._state == _DATA:
                n = min(self._left, end - i)
                if out != i:
                    buf[out : out + n] = bytes(buf[i : i + n])
                i += n
                out += n
                self._left -= n
                if not self._left:
                    self._state = _DATA_CR
            else:
                self._state = self._step(buf[i])
                i += 1
            if self._state == _FAILED:
                raise ValueError("chunked")
        return i, out, self._state == _END

    def _step(self, c):
        """State after the framing byte `c`."""
        state = self._state
        if state == _SIZE:
            digit = _HEX.find(bytes((c,)))
            if digit >= 0:
                if digit > 15:
                    digit -= 6
                self._digits += 1
                self._left = self._left << 4 | digit
                return _SIZE if self._digits < 9 and self._left <= _CHUNK_MAX else _FAILED
            if not self._digits:
                return _FAILED
            if c == 13:
                return _SIZE_LF
            state = _SPACE
        if state == _SPACE and c == 59:
            state = _EXTENSION
        if state in (_DATA_CR, _TRAILER) and c == 13:
            return _DATA_LF if state == _DATA_CR else _LAST_LF
        if state in (_SIZE_LF, _DATA_LF, _VALUE_LF, _LAST_LF) and c == 10:
            return self._next_line(state)
        if state in (_EXTENSION, _VALUE) and c == 13:
            return _SIZE_LF if state == _EXTENSION else _VALUE_LF
        if state == _NAME and c == 58:
            state = _VALUE
        elif state in (_TRAILER, _NAME) and _TOKEN.find(bytes((c,))) >= 0:
            state = _NAME
        elif not (state == _SPACE and c in (9, 32)) and not (
            state in (_EXTENSION, _VALUE) and ((c > 31 and c != 127) or c == 9)
        ):
            return _FAILED
        self._room -= 1
        return state if self._room >= 0 else _FAILED

    def _next_line(self, state):
        if state == _LAST_LF:
            return _END
        if state == _DATA_LF:
            self._digits = 0
            self._room = _LINE_EXTRA
            return _SIZE
        if state == _SIZE_LF:
            if self._left:
                return _DATA
            self._room = _TRAILER_MAX
        return _TRAILER


def find_boundary(buf, start, end, boundary):
    """Index of the first `boundary` that lies whole in `buf[start:end]`, or -1.

    `boundary`: 1 to 255 bytes, exactly what to look for: for multipart bodies b"\\r\\n--" and the
    boundary parameter (RFC 2046 5.1.1).
    """
    if not 0 <= start <= end <= len(buf) or not 0 < len(boundary) < 256:
        raise ValueError("range")
    return buf.find(boundary, start, end)


def boundary_tail(buf, start, end, boundary):
    """Index where a `boundary` cut off by `end` may start, or `end`.

    When `find_boundary` says -1, the bytes before this index belong to the part for sure.
    """
    if not 0 <= start <= end <= len(buf) or not 0 < len(boundary) < 256:
        raise ValueError("range")
    for i in range(max(start, end - len(boundary) + 1), end):
        if boundary.startswith(bytes(buf[i:end])):
            return i
    return end


def unmask(buf, start, end, key, offset=0):
    """Unmask (or mask) `buf[start:end]` in place (RFC 6455 5.3).

    `key`: 4 bytes; `offset`: how many bytes of the payload came before, so that a payload can
    be unmasked in pieces.
    """
    if not 0 <= start <= end <= len(buf) or len(key) != 4 or offset < 0:
        raise ValueError("range")
    for i in range(start, end):
        buf[i] ^= key[(offset + i - start) & 3]


def compose(buf, prefix, end, body):
    """Write a message to `buf`, a writable buffer: `prefix`, the body's length in decimal, `end`, `body`.

    Returns its length; 0, with nothing written, when there is no room or `body` is not `str`, `bytes`, `bytearray` or
    `memoryview`.
    """
    if type(body) is str:
        body = body.encode()
    elif type(body) not in (bytes, bytearray, memoryview):
        return 0
    head = b"%s%d%s" % (prefix, len(body), end)
    length = len(head) + len(body)
    if length > len(buf):
        return 0
    buf[: len(head)] = head
    buf[len(head) : length] = body
    return length


def take_text(buf, end):
    """The text of `buf[:end]`, if that is one whole, masked frame of ASCII, at most 125 bytes of it; else None.

    The frame stays as it is. RFC 6455 5.2. ValueError: not a range of the buffer.
    """
    if not 0 <= end <= len(buf):
        raise ValueError("range")
    if not 6 <= end <= 131 or buf[0] != 0x81 or buf[1] != end + 122:
        return None
    text = bytearray(buf[6:end])
    unmask(text, 0, len(text), bytes(buf[2:6]))
    return None if text and max(text) > 127 else str(text, "ascii")


def put_text(buf, text):
    """Write the frame of `text` to `buf`, a writable buffer, unmasked. RFC 6455 5.2.

    Returns its length; 0, with nothing written, when `text` is not `str`, has more than 125 bytes, or there is no room.
    """
    if type(text) is not str:
        return 0
    text = text.encode()
    length = 2 + len(text)
    if length > min(127, len(buf)):
        return 0
    buf[:length] = bytes((0x81, len(text))) + text
    return length
