"""MicroPython's prompt: friendly, raw and raw-paste mode, byte by byte.

Ctrl-D in raw mode, which `mpremote` sends before most of its commands, gives a fresh namespace and leaves the
firmware running; Ctrl-D at the friendly prompt restarts it.
"""

import builtins
import gc
import io
import sys
from asyncio import core

import micropython

from . import log
from .greeting import greet
from .lineedit import LineEditor, unfinished
from .port import const, print_exception

_CTRL_A = const(1)
_CTRL_B = const(2)
_CTRL_C = const(3)
_CTRL_D = const(4)
_CTRL_E = const(5)
_LF = const(10)
_CR = const(13)

_SOURCE_MAX = const(65536)  # bytes of one statement or script
_WINDOW = const(128)  # bytes that the tool may send ahead in raw-paste mode

_OWN_FRAME = 'File "modcore/prompt.py"'  # in a traceback: nothing to the person who typed
_compile = getattr(builtins, "compile", None)  # the ESP8266 has none

_PS1 = b">>> "
_RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"


class Prompt:
    """Takes what is typed; `modcore.greeting` has shown the first `>>> `. It writes to `sys.stdout`.

    Attributes:
        feed: takes one byte, an `int`.
    """

    def __init__(self):
        self._write = sys.stdout.buffer.write
        self._source = bytearray()
        self._window = 0
        self._after_cr = False
        self._editor = LineEditor(self._write)
        self._editor.begin(_PS1, None)
        self.feed = self._friendly
        self._forget()

    # Friendly mode

    def _enter_friendly(self):
        log.console.held = False
        self.feed = self._friendly
        greet()
        self._source = bytearray()
        self._editor.begin(_PS1, None)

    def _prompt(self):
        self._source = bytearray()
        self._editor.begin(_PS1)

    def _friendly(self, byte):
        if byte == _CTRL_A:
            self._enter_raw()
        elif byte == _CTRL_B:
            self._enter_friendly()
        elif byte == _CTRL_C:
            self._write(b"\r\nKeyboardInterrupt\r\n")
            self._prompt()
        elif byte == _CTRL_D and not self._source and not self._editor.line:
            self._write(b"\r\n")
            raise SystemExit
        elif byte == _CTRL_E and not self._source and not self._editor.line:
            self._write(b"\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ")
            self._source = bytearray()
            self.feed = self._paste
        else:
            line = self._editor.feed(byte)
            if line is not None:
                self._line(line)

    def _line(self, line):
        self._source += line + b"\n"
        if len(self._source) < _SOURCE_MAX and unfinished(self._source):
            self._editor.begin(b"... ", self._indent(line))
            return
        if self._source.strip():
            self._execute(self._source, True)
        self._prompt()

    def _indent(self, line):
        depth = len(line) - len(line.lstrip())
        return b" " * (depth + 4 if line.rstrip().endswith(b":") else depth)

    def _paste(self, byte):
        if byte == _CTRL_C:
            self._write(b"\r\n")
        elif byte == _CTRL_D:
            self._write(b"\r\n")
            self._execute(self._source, False)
        else:
            newline = byte == _CR or (byte == _LF and not self._after_cr)
            if newline:
                self._write(b"\r\n=== ")
                self._keep(_LF)
            elif byte != _LF:
                self._write(bytes((byte,)))
                self._keep(byte)
            self._after_cr = byte == _CR
            return
        self.feed = self._friendly
        self._prompt()

    # Raw mode

    def _enter_raw(self):
        log.console.held = True  # one stray byte breaks a tool's transfer
        self.feed = self._raw
        self._source = bytearray()
        self._write(_RAW_PROMPT)

    def _raw(self, byte):
        if byte == _CTRL_A:
            if self._source == b"\x05A":
                self._enter_raw_paste()
            else:
                self._enter_raw()
        elif byte == _CTRL_B:
            self._enter_friendly()
        elif byte == _CTRL_C:
            self._source = bytearray()
        elif byte == _CTRL_D:
            self._end_of_raw()
        else:
            self._keep(byte)

    def _end_of_raw(self):
        source, self._source = self._source, bytearray()
        self._write(b"OK")
        if source:
            self._run_raw(source)
        else:
            self._forget()
            self._write(b"\r\nMPY: soft reboot\r\n" + _RAW_PROMPT)

    def _enter_raw_paste(self):
        self._source = bytearray()
        self._window = _WINDOW
        self.feed = self._raw_paste
        self._write(b"R\x01" + bytes((_WINDOW, 0)) + b"\x01")

    def _raw_paste(self, byte):
        if byte == _CTRL_C or byte == _CTRL_D:
            source, self._source = self._source, bytearray()
            self.feed = self._raw
            self._write(b"\x04")
            self._run_raw(source if byte == _CTRL_D else b"raise KeyboardInterrupt")
            return
        self._keep(byte)
        self._window -= 1
        if self._window == 0:
            self._window = _WINDOW
            self._write(b"\x01")

    def _run_raw(self, source):
        self._execute(source, False, b"\x04")
        self._write(b"\x04>")

    # Both

    def _keep(self, byte):
        if len(self._source) < _SOURCE_MAX:
            self._source.append(byte)

    def _execute(self, source, interactive, before_error=b""):
        failure = None
        task = core.cur_task
        try:
            micropython.kbd_intr(_CTRL_C)
            if len(source) >= _SOURCE_MAX:
                raise MemoryError("source longer than %d bytes; copy it to a file" % _SOURCE_MAX)
            source = str(source, "utf-8")
            if interactive:
                self._interactive(source)
            else:
                exec(source, self._names)
        except SystemExit:
            self._write(before_error)
            raise
        except BaseException as exc:
            failure = exc
        finally:
            micropython.kbd_intr(-1)
            core.cur_task = task  # the statement may have run a loop of its own: asyncio.run()
        self._write(before_error)
        if failure:
            self._print_exception(failure)

    def _print_exception(self, exc):
        trace = io.StringIO()
        print_exception(exc, trace)
        for line in trace.getvalue().split("\n"):
            if line and _OWN_FRAME not in line:
                print(line)

    def _interactive(self, source):
        # As at MicroPython's own prompt, expressions print their values
        if _compile:
            exec(_compile(source, "<stdin>", "single"), self._names)
            return
        try:
            value = eval(source, self._names)
        except SyntaxError:
            exec(source, self._names)
            return
        if value is not None:
            self._names["_"] = value
            print(repr(value))

    def _forget(self):
        self._names = {"__name__": "__main__"}
        gc.collect()
