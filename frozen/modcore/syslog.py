"""The log over UDP, to a receiver of RFC 5424 messages (RFC 5426).

A message has 480 bytes at most, what every receiver takes (RFC 5424, 6.1), and `sysUpTime` and `sequenceId` (7.3): they
order the messages of a device whose clock is not set yet, and show the receiver what it missed. Sending never waits: a
line that the network does not take stays in the log's ring and is sent when it does. Lines that the ring lost by then
are counted.
"""

import socket

from . import log
from .fiber import sleep_ms
from .module import Module
from .port import const
from .stamp import stamp

_SIZE = const(480)  # bytes
_BURST = const(8)  # lines sent in one go, so that others have their turn
_RETRY_MS = const(1000)
_SEQUENCE_MAX = const(2147483647)

_log = log.get("syslog")


class Syslog(Module):
    """Sends the log to a syslog receiver; its settings are in `etc/syslog.json`.

    Attributes:
        dropped: lines that were not sent.
    """

    schema = (
        # An address and no name: to look one up would hold up the device
        ("host", "str", "", None, "IPv4 address of the receiver"),
        ("port", "int", 514, (1, 65535), "UDP port of the receiver"),
        ("facility", "int", 16, (0, 23), "Facility; 16 is local0 (RFC 5424, 6.2.1)"),
        ("level", "str", "info", ("debug", "info", "warning", "error"), "Lowest level"),
        ("hostname", "str", "", (0, 64), "Name of this device; empty: that of the network"),
    )
    dropped = 0
    _told = 0
    _waiting = 0  # the newest lines of the ring that are to be sent
    _sequence = 0
    _socket = None

    def config(self, values):
        host = values["host"]
        if len(host.split(".")) != 4 or not host.replace(".", "").isdigit():
            raise ValueError("etc/syslog.json: host: expected an IPv4 address, found %r" % host)
        self._receiver = host, values["port"]
        self._address = socket.getaddrinfo(host, values["port"])[0][-1]
        self._facility = values["facility"] * 8
        self._level = log.LEVELS.index(values["level"]) * 10 + 10
        self._hostname = values["hostname"] or _network_name()

    def start(self):
        self._socket = self.guard(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._socket.setblocking(False)
        if not self._sequence:
            self._waiting = len(log.tail())  # from the device's start on
        log.sinks.append(self.write)

    async def run(self):
        while True:
            await sleep_ms(_RETRY_MS)
            while self._waiting and self._send():
                await sleep_ms(0)
            if self.dropped != self._told:
                lost, self._told = self.dropped - self._told, self.dropped
                _log.warning("%d lines did not reach %s:%d", lost, *self._receiver)

    def stop(self):
        if self.write in log.sinks:
            log.sinks.remove(self.write)
        while self._waiting and self._send():
            pass
        self.dropped += self._waiting
        self._waiting = 0

    def write(self, line):
        """Take a line of the log; the sink."""
        self._waiting += 1
        if self._waiting == 1:  # else `run` sends it after those before it
            self._send()

    def _send(self):
        # Send some of what waits; returns whether the network takes more
        lines = log.tail(self._waiting)
        self.dropped += self._waiting - len(lines)  # the ring has lost these
        self._waiting = len(lines)
        for line in lines[:_BURST]:
            if line[1] >= self._level:
                message = self._message(line)
                try:
                    self._socket.sendto(message, self._address)
                except OSError:
                    return False
                self._sequence = self._sequence % _SEQUENCE_MAX + 1
            self._waiting -= 1
        return True

    def _message(self, line):
        ticks, level, name, text = line
        severity = (
            7 if level < log.INFO else 6 if level < log.WARNING else 4 if level < log.ERROR else 3
        )
        head = '<%d>1 %s %s modcore - %s [meta sequenceId="%d" sysUpTime="%d"] ' % (
            self._facility + severity,
            stamp(ticks) or "-",
            self._hostname,
            _printable(name)[:32],
            self._sequence % _SEQUENCE_MAX + 1,
            ticks // 10,
        )
        text = "".join([char if char >= " " and char != "\x7f" else " " for char in text])
        message = head.encode()
        body = text.encode()
        if len(body) != len(text):
            message += b"\xef\xbb\xbf"  # says that it is UTF-8 (6.4)
        message += body
        end = _SIZE
        if len(message) > end:
            while message[end] & 0xC0 == 0x80:  # in the middle of a character
                end -= 1
        return message[:end]


def _printable(text):
    return "".join([char for char in text if "!" <= char <= "~"]) or "-"


def _network_name():
    try:
        import network

        return _printable(network.hostname())
    except (ImportError, AttributeError):
        return "-"
