"""The REPL beside everything else, on the console.

A stock board hides its REPL while a program runs its own loop. This one speaks MicroPython's protocol from the loop,
so that a terminal and an unmodified `mpremote` work while the device goes on serving. What is typed runs on the
loop: while a statement runs, everybody else waits; Ctrl-C interrupts it.

Most devices are never typed at: what understands the bytes (`modcore.prompt`) is imported when the first one comes.
"""

import select
import sys
from asyncio import core

import micropython

from . import log
from .module import Module


class Repl(Module):
    """Reads the console: `sys.stdin`, and what `os.dupterm` joins to it."""

    def start(self):
        micropython.kbd_intr(-1)  # Ctrl-C is a byte like any other, except while a statement runs

    def stop(self):
        micropython.kbd_intr(3)
        log.console.held = False

    def run(self):
        greet()
        prompt = None
        poll = select.poll()
        poll.register(sys.stdin, select.POLLIN)
        while True:
            yield core._io_queue.queue_read(sys.stdin)
            if prompt is None:
                from .prompt import Prompt

                prompt = Prompt()
            # A tool sends bursts: one turn of the loop takes all of it
            while poll.poll(0):
                byte = sys.stdin.buffer.read(1)
                if not byte:
                    return  # the console is gone
                prompt.feed(byte[0])


def greet():
    """Show who is there, and the first prompt."""
    sys.stdout.buffer.write(
        b"\r\n%s; %s\r\nCtrl-D restarts, Ctrl-E pastes, help() helps.\r\n>>> "
        % (sys.version.split("; ")[1].encode(), sys.implementation._machine.encode())
    )
