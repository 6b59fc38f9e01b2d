"""What a WebSocket client sends, frame by frame, and the frames that go out (RFC 6455 section 5).

Bytes in, messages out, without a socket: a transport reads into `get_buffer()` and tells how much with
`buffer_updated(count)`. A message that arrives whole and small is taken out of the read buffer; the payload of any other
is read straight to where the message is put together, so that a message of 4 KiB needs no more than itself. Between two
frames nothing is held but the read buffer.

A message that nobody has asked for yet waits in `ready`. When a second one comes up the buffer is empty and reading
stops, until `taken` is called: TCP holds the client back. Pings, pongs and the end of the connection are still seen
before that.
"""

from modcore.port import const

from . import tok

# Bytes that the read buffer has at least: the longest header, with a control frame's payload
BUFFER_MIN = const(144)

TEXT = const(1)
BINARY = const(2)
CLOSE = const(8)
PING = const(9)
PONG = const(10)

_FINAL = const(0x80)
_RESERVED = const(0x70)
_CONTROL_MAX = const(125)

_PROTOCOL_ERROR = const(1002)
_NO_TEXT = const(1007)
_TOO_BIG = const(1009)


class Frames:
    """The incoming half of a WebSocket. Whoever derives from it says what to do, in four methods:

        - `deliver(message)`: a whole message, `str` or `bytes`; it is kept in `ready` unless somebody waits for it;
        - `control(opcode, payload)`: a ping, pong or close with its payload, `bytes`;
        - `fail(code, reason)`: the client broke a rule; nothing that it sends afterwards is looked at;
    - `discarded(count)`: the first `count` bytes of the buffer came after that.

        Args:
            buffer: a writable `memoryview` of at least `BUFFER_MIN` bytes, to read into.
            message_max: longest message in bytes (1009).

        Attributes:
            deaf: whether nothing that arrives is looked at any more.
            quiet: 0 whenever something has come; to count in.
            ready: a message that waits to be taken, or `None`.
    """

    # What most WebSockets never need an instance's slot for
    deaf = False
    quiet = 0
    ready = None
    _blocked = False
    _left = 0  # bytes of a frame's payload that have still to be read to `_target`
    _opcode = 0  # of the message that has begun, and whether the frame that comes is its last
    _message = None  # what it is put together in
    _checked = 0  # how much of it is known to be UTF-8
    _target = None
    _key = None

    def __init__(self, buffer, message_max):
        self._buffer = buffer
        self._message_max = message_max
        self._end = 0  # bytes at the start of the buffer that wait for more of their frame

    def get_buffer(self):
        """Where to read to, a writable `memoryview`; empty: read nothing now."""
        if self._left:
            # In pieces: text is checked as it comes, and that takes as much again
            return self._target[: len(self._buffer)]
        if self._blocked:
            return self._buffer[:0]
        return self._buffer[self._end :] if self._end else self._buffer

    def buffer_updated(self, count):
        """`count` bytes, at least one, have been read to `get_buffer()`."""
        self.quiet = 0
        if self._left:
            self._came(count)
        else:
            self._parse(self._end + count)

    def taken(self):
        """`ready` has been taken. Returns whether reading had stopped; then it has to begin again."""
        self.ready = None
        if not self._blocked:
            return False
        self._blocked = False
        self._parse(self._end)
        return True

    def _parse(self, end):
        buffer = self._buffer
        start = 0
        while end - start > 1 and not self.deaf:
            first = buffer[start]
            at = start + 6
            stop = at + buffer[start + 1] - 128
            if (
                (first == 0x81 or first == 0x82)
                and at <= stop <= end
                and stop <= at + _CONTROL_MAX
                and not self._opcode
                and self.ready is None
                and stop - at <= self._message_max
            ):
                tok.unmask(buffer, at, stop, buffer[at - 4 : at])
                start = stop
                self._whole(first, buffer[at:stop])
            else:
                used = self._frame(start, end)
                if not used:
                    break
                start += used
        if self.deaf:
            self._end = 0
            self.discarded(end)
            return
        end -= start
        if start and end:
            buffer[:end] = buffer[start : start + end]
        self._end = end

    def _whole(self, first, payload):
        if first == 0x81:
            try:
                message = str(payload, "utf-8")
                if len(message) != len(payload) and _incomplete(payload):
                    raise ValueError
            except ValueError:
                self._refuse(_NO_TEXT, "This is no UTF-8")
                return
        else:
            message = bytes(payload)
        self.deliver(message)

    # How many bytes of the buffer are done with; 0: the rest of the frame has to come, or reading stops
    def _frame(self, start, end):
        buffer = self._buffer
        first = buffer[start]
        length = buffer[start + 1] - 128
        opcode = first & 15
        wrong = _wrong(first, opcode, length, self._opcode)
        if wrong:
            return self._refuse(_PROTOCOL_ERROR, wrong, end - start)
        at = start + 6
        if length > _CONTROL_MAX:
            size = 2 if length == 126 else 8
            at += size
            if at > end:
                return 0
            least = 126 if size == 2 else 65536
            length = int.from_bytes(buffer[start + 2 : start + 2 + size], "big")
            if length < least or length >> 63:
                return self._refuse(_PROTOCOL_ERROR, "Lengths are as short as can be", end - start)
        if at > end:
            return 0
        if opcode >= CLOSE:
            stop = at + length
            if stop > end:
                return 0
            tok.unmask(buffer, at, stop, buffer[at - 4 : at])
            self.control(opcode, bytes(buffer[at:stop]))
            return stop - start
        if self.ready is not None:
            self._blocked = True
            return 0
        return self._begin(first, length, at, end) - start

    # Data that has not come whole, or is a part of a message; where in the buffer the next frame begins
    def _begin(self, first, length, at, end):
        message = self._message
        have = len(message) if message else 0
        if have + length > self._message_max:
            return self._refuse(_TOO_BIG, "Messages have at most %d bytes" % self._message_max, end)
        self._opcode = (self._opcode & 15 or first & 15) | first & _FINAL
        if not length:
            if first & _FINAL:
                self._ended()
            return at
        try:
            grown = bytearray(have + length)
        except MemoryError:
            return self._refuse(_TOO_BIG, "There is no room for it now", end)
        if have:
            grown[:have] = message
        self._message = grown
        self._target = target = memoryview(grown)[have:]
        self._left = length
        self._key = bytes(self._buffer[at - 4 : at])
        count = min(length, end - at)
        if count:
            target[:count] = self._buffer[at : at + count]
            self._came(count)
        return at + count

    # `count` bytes of payload have come to `_target`
    def _came(self, count):
        target = self._target
        key = self._key
        tok.unmask(target, 0, count, key)
        self._key = key[count & 3 :] + key[: count & 3]
        self._left = left = self._left - count
        self._target = target[count:] if left else None
        if self.deaf:
            return
        if self._opcode & 15 == TEXT:
            message = self._message
            came = len(message) - left
            checked = self._checked
            try:
                self._checked = came - _incomplete(memoryview(message)[checked:came])
            except ValueError:
                self._refuse(_NO_TEXT, "This is no UTF-8")
                return
        if self._opcode & _FINAL and not left:
            self._ended()

    def _ended(self):
        message = self._message
        is_text = self._opcode & 15 == TEXT
        self._message = None
        self._opcode = 0
        if is_text:
            checked = self._checked
            self._checked = 0
            if message and checked < len(message):
                self._refuse(_NO_TEXT, "This is no UTF-8")
                return
            message = str(message, "utf-8") if message else ""
        else:
            message = bytes(message) if message else b""
        self.deliver(message)

    def _refuse(self, code, reason, used=0):
        self.forget()
        self.fail(code, reason)
        return used

    def forget(self):
        """Be deaf from now on, and hold nothing of what came."""
        self.deaf = True
        self.ready = self._message = self._target = None
        self._left = self._end = self._opcode = 0
        self._blocked = False


def _wrong(first, opcode, length, begun):
    # What is wrong with a frame's first two bytes; `begun`: the opcode of a message that came in part
    if length < 0:
        return "A client masks what it sends"
    if first & _RESERVED:
        return "No extension was agreed"
    if opcode >= CLOSE:
        if opcode > PONG:
            return "Unknown opcode"
        if not first & _FINAL or length > _CONTROL_MAX:
            return "Control frames are short, and whole"
    elif opcode > BINARY:
        return "Unknown opcode"
    elif begun and opcode:
        return "The message before has not ended"
    elif not begun and not opcode:
        return "There is nothing to continue"
    return None


def _incomplete(piece):
    # Mostly it is ASCII: nothing needs to be imported to see that
    piece = bytes(piece)
    try:
        if len(str(piece, "utf-8")) == len(piece):
            return 0
    except ValueError:
        pass
    from .utf8 import incomplete

    return incomplete(piece)


def header(opcode, size):
    """The start of a frame that goes out, `bytes`, for a payload of `size` bytes."""
    if size < 126:
        return bytes((_FINAL | opcode, size))
    if size < 65536:
        return bytes((_FINAL | opcode, 126, size >> 8, size & 255))
    return bytes((_FINAL | opcode, 127)) + size.to_bytes(8, "big")
