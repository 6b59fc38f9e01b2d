"""A name server that knows one answer: this device (RFC 1035, section 4).

Whoever joins the access point and opens any page comes here, and sees the pages for setting up. One datagram is answered
at a time, with nothing kept; what is no plain query of one name is not answered at all.
"""

import select
import socket
import struct

from .poller import poller
from .port import const

# RFC 1035, 4.2.1
_MESSAGE_MAX = const(512)
_HEADER = ">HHHHHH"
_HEADER_SIZE = const(12)
_NAME_MAX = const(255)
_LABEL_MAX = const(63)
# Flags of the header: QR, opcode, TC; AA; RD; and the response code "not implemented"
_RESPONSE = const(0x8000)
_OPCODE = const(0x7800)
_TRUNCATED = const(0x0200)
_AUTHORITATIVE = const(0x0400)
_RECURSION_DESIRED = const(0x0100)
_NOT_IMPLEMENTED = const(4)
_TYPE_A = const(1)
_TYPE_ANY = const(255)
_CLASS_IN = const(1)
# Names must not stay with the client when it goes elsewhere, s
_TTL_S = const(10)


class Responder:
    """Answers every A query that comes to `ip` and UDP `port` with `ip`, a `str`, until `close()`.

    Raises:
        OSError: the port is taken, or the chip has no more sockets.
    """

    def __init__(self, ip, port):
        self._address = bytes([int(part) for part in ip.split(".")])
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            # There alone: the network that the station is in has name servers of its own
            self._socket.bind(socket.getaddrinfo(ip, port)[0][-1])
            poller.watch(self._socket, self._receive, select.POLLIN)
        except Exception:
            self._socket.close()
            raise

    def _receive(self, events):
        if isinstance(events, Exception):
            return  # the answer to one datagram failed; the next may do
        query, sender = self._socket.recvfrom(_MESSAGE_MAX)
        reply = answer(query, self._address)
        if reply:
            self._socket.sendto(reply, sender)

    def close(self):
        """Stop answering."""
        poller.unwatch(self._socket)
        self._socket.close()


def answer(query, address):
    """The reply to `query`, a message, or `None` if it deserves none.

    Args:
        address: four bytes; what every name of class IN has as its A record.
    """
    if not _HEADER_SIZE < len(query) <= _MESSAGE_MAX:
        return None
    number, flags, questions, answers, authorities, _ = struct.unpack_from(_HEADER, query)
    if flags & (_RESPONSE | _TRUNCATED):
        return None
    copied = flags & (_OPCODE | _RECURSION_DESIRED) | _RESPONSE | _AUTHORITATIVE
    if flags & _OPCODE:
        return struct.pack(_HEADER, number, copied | _NOT_IMPLEMENTED, 0, 0, 0, 0)
    if questions != 1 or answers or authorities:
        return None
    end = _name_end(query)
    if not end or end + 4 > len(query):
        return None
    kind, network = struct.unpack_from(">HH", query, end)
    known = network == _CLASS_IN and kind in (_TYPE_A, _TYPE_ANY)
    reply = struct.pack(_HEADER, number, copied, 1, known, 0, 0) + query[_HEADER_SIZE : end + 4]
    if known:
        # The name is where the question has it
        reply += (
            struct.pack(">HHHIH", 0xC000 | _HEADER_SIZE, _TYPE_A, _CLASS_IN, _TTL_S, 4) + address
        )
    return reply


def _name_end(query):
    # Where the name of the question ends, or 0 if it is none; a pointer has no place there
    at = _HEADER_SIZE
    while at < len(query) and at - _HEADER_SIZE < _NAME_MAX:
        length = query[at]
        at += 1
        if length == 0:
            return at
        if length > _LABEL_MAX:
            return 0
        at += length
    return 0
