"""The log in files on flash: the newest lines in `PATH`, older ones in `PATH.1` and on.

Lines are collected in RAM and written together, for each write wears the flash: when a line of level error comes, when
the buffer is full, every `flush_s` seconds, and when the module stops. Together the files never grow beyond
`size * count` bytes. Each write ends with the file closed, so a power cut costs only lines that were not written yet.
What does not fit into the file system is dropped and counted.
"""

import os

from . import log
from .fiber import sleep_ms
from .module import Module
from .port import const
from .stamp import stamp

_BUFFER = const(1024)  # bytes; a line has at most 200 characters
_COUNT_MAX = const(9)

_log = log.get("logfile")


class LogFile(Module):
    """Writes the log into files; its settings are in `etc/logfile.json`.

    Attributes:
        dropped: lines that could not be written.
    """

    schema = (
        ("path", "str", "/log/device.log", (2, 64), "Where the newest lines go"),
        ("size", "int", 8192, (2048, 1048576), "Bytes of one file"),
        ("count", "int", 2, (1, _COUNT_MAX), "Files"),
        ("flush_s", "int", 30, (1, 3600), "Seconds that a line may wait for being written"),
        ("level", "str", "info", ("debug", "info", "warning", "error"), "Lowest level"),
    )
    dropped = 0
    _lines = 0
    _told = 0

    def config(self, values):
        self.flush()
        self._path = values["path"]
        self._size = values["size"]
        self._count = values["count"]
        self._flush_ms = values["flush_s"] * 1000
        self._level = log.LEVELS.index(values["level"]) * 10 + 10

    def start(self):
        self._buffer = bytearray()
        folder = self._path.rsplit("/", 1)[0]
        if folder:
            try:
                os.mkdir(folder)
            except OSError:
                pass  # it is there already, or writing says what is wrong
        for number in range(self._count, _COUNT_MAX + 1):
            self._remove("%s.%d" % (self._path, number))  # the settings had more files
        log.sinks.append(self.write)

    async def run(self):
        while True:
            await sleep_ms(self._flush_ms)
            self.flush()
            if self.dropped != self._told:
                _log.warning(
                    "%s: %d lines lost; is the file system full?",
                    self._path,
                    self.dropped - self._told,
                )
                self._told = self.dropped

    def stop(self):
        if self.write in log.sinks:
            log.sinks.remove(self.write)
        self.flush()

    def write(self, line):
        """Take a line of the log; the sink."""
        ticks, level, name, text = line
        if level < self._level:
            return
        line = "%s %s %s: %s\n" % (
            stamp(ticks) or "+%d.%03d" % (ticks // 1000, ticks % 1000),
            "DIWE"[level // 10 - 1],
            name,
            text.replace("\n", " ").replace("\r", " "),
        )
        self._buffer += line.encode()
        self._lines += 1
        if level >= log.ERROR or len(self._buffer) >= _BUFFER:
            self.flush()

    def flush(self):
        """Write what is in the buffer. It never raises: what does not fit is dropped."""
        if not self._lines:
            return
        try:
            if self._length() + len(self._buffer) > self._size:
                self._rotate()
            with open(self._path, "ab") as file:
                file.write(self._buffer)
        except (OSError, MemoryError):
            self.dropped += self._lines
        self._buffer = bytearray()
        self._lines = 0

    def _length(self):
        try:
            return os.stat(self._path)[6]
        except OSError:
            return 0

    def _rotate(self):
        # The oldest goes first: whenever the power fails, there are not too many
        for number in range(self._count - 1, -1, -1):
            path = "%s.%d" % (self._path, number) if number else self._path
            if number == self._count - 1:
                self._remove(path)
            else:
                try:
                    os.rename(path, "%s.%d" % (self._path, number + 1))
                except OSError:
                    pass  # a gap, where the power failed

    def _remove(self, path):
        try:
            os.remove(path)
        except OSError:
            pass
