"""SNTP's messages (RFC 4330, RFC 5905): the request of a client, and what makes a reply one that may be believed."""

from time import gmtime

from .port import const

_SIZE = const(48)
_EPOCH = 3155673600 if gmtime(0)[0] == 2000 else 2208988800  # seconds since 1900
_ERA = 1 << 32


class Kiss(Exception):
    """The server asks to be left alone (RFC 4330 section 8).

    Attributes:
        code: of four letters.
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def request(cookie):
    """What to send.

    Args:
        cookie: 8 random bytes in place of the time of sending: the server gives them back, and nobody else knows them.
    """
    return b"\x23" + bytes(39) + cookie  # version 4, mode 3: client


def reply(message, cookie):
    """What the server says, in times since the epoch, from 1968 to 2104 (RFC 4330 section 3).

    Returns:
        When it sent the reply, in seconds and milliseconds of the second, and how many milliseconds it had taken for it.

    Raises:
        Kiss: it does not want to be asked.
        ValueError: this is no answer to that request, or the server does not know the time; the message tells why.
    """
    if len(message) < _SIZE:
        raise ValueError("%d bytes are no NTP message" % len(message))
    if message[24:32] != cookie:
        raise ValueError("it answers another request")
    if message[0] & 7 != 4:
        raise ValueError("mode %d is not that of a server" % (message[0] & 7))
    if message[0] >> 3 & 7 not in (3, 4):
        raise ValueError("version %d" % (message[0] >> 3 & 7))
    if message[1] == 0:
        code = message[12:16]
        raise Kiss("".join([chr(c) if 33 <= c < 127 else "?" for c in code]))
    if message[1] > 15:
        raise ValueError("stratum %d: it is not synchronised" % message[1])
    if message[0] >> 6 == 3:
        raise ValueError("its clock is not synchronised")
    if message[40:48] == bytes(8):
        raise ValueError("it gives no time")
    # The root's delay and dispersion: a second or more is nobody's who has a clock (RFC 4330 section 5)
    if message[4] or message[5] or message[8] or message[9]:
        raise ValueError("it is more than a second away from its own source")
    received, received_ms = _timestamp(message, 32)
    seconds, ms = _timestamp(message, 40)
    spent = (seconds - received) * 1000 + ms - received_ms
    if not 0 <= spent < 10000:
        raise ValueError("it sent the reply %d ms after it received the request" % spent)
    return seconds, ms, spent


def _timestamp(message, at):
    seconds = int.from_bytes(message[at : at + 4], "big")
    if seconds < 1 << 31:  # the seconds of the era that begins in 2036
        seconds += _ERA
    fraction = int.from_bytes(message[at + 4 : at + 6], "big")
    return seconds - _EPOCH, fraction * 1000 >> 16
