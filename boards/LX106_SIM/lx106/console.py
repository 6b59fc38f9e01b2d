"""The console of a machine: on the terminal, and on a pty for mpremote and other tools."""

import contextlib
import os
import select
import sys
import termios
import tty
from pathlib import Path

_CHUNK = 4096
CTRL_C = b"\x03"


class Interrupted(Exception):
    """Ctrl-C on the terminal."""


class Console:
    """Carries bytes between a `machine.Machine` and its users.

    Args:
        link: path that is made to point to the pty, or None.
        terminal: whether keys on this program's terminal go to the machine. Its output always goes to stdout.
    """

    def __init__(self, link=None, terminal=True):
        self._terminal = sys.stdin.fileno() if terminal and sys.stdin.isatty() else None
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._link = Path(link) if link else None
        if self._link:
            beside = self._link.with_name(f"{self._link.name}.{os.getpid()}")
            beside.symlink_to(os.ttyname(self._slave))
            beside.replace(self._link)

    @contextlib.contextmanager
    def raw_terminal(self):
        """Keys come as they are typed, until the block ends."""
        if self._terminal is None:
            yield
            return
        before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal)
        mode = termios.tcgetattr(self._terminal)
        mode[3] &= ~termios.ISIG
        termios.tcsetattr(self._terminal, termios.TCSANOW, mode)
        try:
            yield
        finally:
            termios.tcsetattr(self._terminal, termios.TCSANOW, before)

    def carry(self, machine):
        """Serve `machine` until it ends.

        Raises:
            Interrupted: Ctrl-C was typed on the terminal; over the pty it is the machine's.
        """
        sources = [machine.output, self._master]
        if self._terminal is not None:
            sources.append(self._terminal)
        while True:
            for source in select.select(sources, (), ())[0]:
                data = os.read(source, _CHUNK)
                if source == machine.output:
                    if not data:
                        return
                    self._show(data)
                elif source == self._terminal and CTRL_C in data:
                    raise Interrupted
                else:
                    os.write(machine.input, data)

    def _show(self, data):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                # A terminal's buffer is full, and a tool that is slow loses nothing: it waits for the
                # rest. But without any tool nobody will ever read it.
                if self._is_open_elsewhere():
                    select.select((), [self._master], ())
                else:
                    termios.tcflush(self._slave, termios.TCIFLUSH)

    def _is_open_elsewhere(self):
        name = os.ttyname(self._slave)
        for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                if os.readlink(descriptor) == name and int(descriptor.parts[2]) != os.getpid():
                    return True
            except OSError:
                continue  # a process of somebody else, or one that has ended
        return False

    def close(self):
        """Take the link away."""
        if self._link and self._link.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                if os.readlink(self._link) == os.ttyname(self._slave):
                    self._link.unlink()
        os.close(self._master)
        os.close(self._slave)
