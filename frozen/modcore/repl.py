"""The REPL beside everything else, on the console.

A stock board hides its REPL while a program runs its own loop. This one speaks MicroPython's protocol from the loop,
so that a terminal and an unmodified `mpremote` work while the device goes on serving. What is typed runs on the
loop: while a statement runs, everybody else waits; Ctrl-C interrupts it.

Most devices are never typed at: what understands the bytes (`modcore.prompt`) is imported when the first one comes.
"""

import select
import sys

import micropython

from . import log
from .borrow import borrow
from .events import running
from .module import Module
from .poller import poller


class Repl(Module):
    """Reads the console: `sys.stdin`, and what `os.dupterm` joins to it."""

    _burst = None

    def start(self):
        self._prompt = None
        micropython.kbd_intr(-1)  # Ctrl-C is a byte like any other, except while a statement runs
        borrow("greeting", "greet")
        poller.watch(sys.stdin, self._readable, select.POLLIN)

    def stop(self):
        poller.unwatch(sys.stdin)
        micropython.kbd_intr(3)
        log.console.held = False

    def _readable(self, events):
        if isinstance(events, Exception):
            raise events
        # A tool sends bursts: one turn of the loop takes all of it
        if self._burst is None:
            self._burst = select.poll()
            self._burst.register(sys.stdin, select.POLLIN)
        while self._burst.poll(0):
            byte = sys.stdin.buffer.read(1)
            if not byte:
                poller.unwatch(sys.stdin)  # the console is gone
                return
            self.feed(byte[0])

    def feed(self, byte):
        """Take one byte, an `int`, as if it had been typed at the console."""
        if self._prompt is None:
            from .prompt import Prompt

            self._prompt = Prompt()
        running.enter(self)
        try:
            self._prompt.feed(byte)
        finally:
            running.leave(self.account)
