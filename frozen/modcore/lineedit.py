"""A line editor for a byte-wide console: cursor keys, history, and when a block needs another line."""

from .port import const

_HISTORY = const(8)  # lines
_LINE_MAX = const(512)  # bytes

_ESC = const(27)
_BACKSPACE = const(8)
_TAB = const(9)
_LF = const(10)
_CR = const(13)
_DELETE = const(127)

_OPEN = b"([{"
_CLOSE = b")]}"
_COMPOUND = (
    b"if ",
    b"if(",
    b"for ",
    b"while",
    b"try:",
    b"with ",
    b"def ",
    b"class ",
    b"async ",
    b"@",
)


class LineEditor:
    """Edits one line at a time.

    Args:
        write: takes the bytes to show.

    Attributes:
        line: what has been typed so far, without the prompt.
    """

    def __init__(self, write):
        self._write = write
        self._history = []
        self._escape = b""
        self.begin(b"", None)

    def begin(self, prompt, text=b""):
        """Start a new line; `text` stands in it already. `None` shows nothing."""
        self.line = bytearray(text or b"")
        self._prompt = prompt
        self._cursor = len(self.line)
        self._recalled = len(self._history)
        if text is not None:
            self._write(prompt + self.line)

    def feed(self, byte):
        """Take one byte. Returns the line, as `bytes`, when the byte ended it, else `None`."""
        if self._escape:
            self._escape_sequence(byte)
        elif byte == _ESC:
            self._escape = b"\x1b"
        elif byte == _CR or byte == _LF:
            return self._enter()
        elif byte == _BACKSPACE or byte == _DELETE:
            if self._cursor:
                self._cursor -= 1
                self._cut()
        elif byte == _TAB:
            self._insert(b"    ")
        elif byte >= 32:
            self._insert(bytes((byte,)))
        return None

    def _enter(self):
        self._write(b"\r\n")
        line = bytes(self.line)
        self.line = bytearray()
        if line.strip() and (not self._history or self._history[-1] != line):
            self._history.append(line)
            if len(self._history) > _HISTORY:
                self._history.pop(0)
        return line

    def _insert(self, text):
        if len(self.line) + len(text) > _LINE_MAX:
            self._write(b"\x07")
            return
        tail = bytes(self.line[self._cursor :])
        self.line[self._cursor :] = text + tail
        self._cursor += len(text)
        self._write(text + tail + b"\x08" * len(tail))

    def _cut(self):
        tail = bytes(self.line[self._cursor + 1 :])
        self.line[self._cursor :] = tail
        self._redraw()

    def _escape_sequence(self, byte):
        self._escape += bytes((byte,))
        if byte in b"[O" and len(self._escape) == 2:
            return
        if 48 <= byte <= 57 and len(self._escape) < 5:
            return
        key, self._escape = self._escape[2:], b""
        if key == b"A" and self._recalled > 0:
            self._recall(self._recalled - 1)
        elif key == b"B" and self._recalled < len(self._history):
            self._recall(self._recalled + 1)
        elif key == b"C" and self._cursor < len(self.line):
            self._cursor += 1
            self._write(b"\x1b[C")
        elif key == b"D" and self._cursor > 0:
            self._cursor -= 1
            self._write(b"\x1b[D")
        elif key in (b"H", b"1~", b"7~"):
            self._cursor = 0
            self._redraw()
        elif key in (b"F", b"4~", b"8~"):
            self._cursor = len(self.line)
            self._redraw()
        elif key == b"3~" and self._cursor < len(self.line):
            self._cut()

    def _recall(self, index):
        self._recalled = index
        self.line = bytearray(self._history[index] if index < len(self._history) else b"")
        self._cursor = len(self.line)
        self._redraw()

    def _redraw(self):
        behind = len(self.line) - self._cursor
        self._write(b"\r" + self._prompt + self.line + b"\x1b[K" + b"\x08" * behind)


def unfinished(source):
    """Whether `source`, the lines typed so far with their `\\n`, needs another one: an open bracket, string or block."""
    source = bytes(source)
    depth = 0
    quote = None
    i = 0
    while i < len(source):
        char = source[i : i + 1]
        if quote:
            if char == b"\\":
                i += 1
            elif source[i : i + len(quote)] == quote:
                i += len(quote) - 1
                quote = None
            elif char == b"\n" and len(quote) == 1:
                quote = None
        elif char in (b"'", b'"'):
            quote = char * 3 if source[i : i + 3] == char * 3 else char
            i += len(quote) - 1
        elif char == b"#":
            while i < len(source) and source[i] != _LF:
                i += 1
            continue
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        i += 1
    if depth > 0 or (quote and len(quote) == 3) or source.endswith(b"\\\n"):
        return True
    lines = source.split(b"\n")
    # A compound statement ends with an empty line, as at every Python prompt
    return lines[0].startswith(_COMPOUND) and len(lines[-2].strip()) > 0
