"""One WebREPL client: the WebSocket (RFC 6455) and MicroPython's protocol in it.

After the handshake the device asks `Password: `, and the first line answers. From then on text is the terminal, and
binary messages are file transfers (`modcore.webrepl_files`). MicroPython's own command line does not mask its frames
and sends a short key: both are taken.
"""

import io
import os
import select

from .poller import poller
from .port import const

_TEXT = const(1)
_BINARY = const(2)
_CLOSE = const(8)
_PING = const(9)
_PONG = const(10)

_READ = const(256)  # bytes in one go
_HEAD_MAX = const(1024)  # bytes of the HTTP request
_PASSWORD_MAX = const(64)
_TYPED_MAX = const(512)  # bytes that wait for a statement to end
_OUT_MAX = const(2048)  # bytes that wait for the client
_PIECE = const(512)
_STALL_MS = const(2000)  # a client that takes nothing for so long, while it must, is dropped
_IOCTL_POLL = const(3)
_CALLBACK = const(20)  # socket option of MicroPython: call back when bytes come

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Session(io.IOBase):
    """Serves one client, called by the poller. As a stream it is what `os.dupterm` joins to the console.

    Attributes:
        peer: the client's address.
        logged_in, closed: what its names say.
    """

    def __init__(self, owner, sock, peer):
        self._owner = owner
        self._sock = sock
        self.peer = peer
        self.logged_in = self.closed = False
        self._asks = self._upgraded = self._typing = False
        self._in = bytearray()
        self._out = bytearray()
        self._typed = bytearray()  # the password, before it is right
        self._opcode = self._kind = 0
        self._left = 0  # bytes of the frame's payload that are to come
        self._key = None
        self._key_at = 0
        self._files = None
        poller.watch(sock, self._ready, select.POLLIN)

    def ask(self):
        """Take the password from now on."""
        self._asks = True
        if self._upgraded and not self.closed:
            self.send(_TEXT, b"Password: ")

    def close(self):
        """End it, at once. May be called again."""
        if self.closed:
            return
        self.closed = True
        if self.logged_in:
            os.dupterm(None)
        poller.unwatch(self._sock)
        self._sock.close()
        if self._files:
            self._files.close()
        self._owner.ended(self)

    # What comes in

    def _ready(self, events):
        if isinstance(events, Exception):
            self.close()
            raise events
        if events & select.POLLOUT:
            self._flush()
        if not self.closed and events & ~select.POLLOUT:
            self._receive()
            if self.logged_in:
                self._type()

    def _receive(self):
        if len(self._typed) > _TYPED_MAX - _READ:
            return
        try:
            data = self._sock.read(_READ)
        except OSError:
            data = b""
        if data is None:
            return
        if not data:
            self.close()
            return
        self._in += data
        if not self._upgraded:
            self._upgrade()
        while self._upgraded and not self.closed and self._frame():
            pass

    def _type(self):
        if self._typing:
            return  # a statement that was typed reads more
        self._typing = True
        try:
            while self._typed and not self.closed:
                byte = self._typed[0]
                self._typed = self._typed[1:]
                self._owner.type(byte)
        finally:
            self._typing = False

    def _upgrade(self):
        end = self._in.find(b"\r\n\r\n")
        if end < 0:
            if len(self._in) > _HEAD_MAX:
                self._refuse(b"431 Request Header Fields Too Large")
            return
        head = bytes(self._in[:end])
        self._in = self._in[end + 4 :]
        for line in head.split(b"\r\n")[1:]:
            colon = line.find(b":")
            if line[:colon].strip().lower() == b"sec-websocket-key":
                key = line[colon + 1 :].strip()
                break
        else:
            self._refuse(b"426 Upgrade Required\r\nUpgrade: websocket")
            return
        self._out += (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %s\r\n\r\n" % _accept(key)
        )
        self._upgraded = True
        self._flush()
        if self._asks:
            self.ask()

    def _refuse(self, status):
        self._out += b"HTTP/1.1 %s\r\nConnection: close\r\n\r\n" % status
        self._flush()
        self.close()

    def _frame(self):
        # Takes one piece off what came in; false: there is none
        if not self._left:
            head = self._header()
            if not head:
                return False
            self._in = self._in[head:]
            if self._left or self._opcode < _CLOSE:
                return True
            self._control(b"")
            return True
        size = min(self._left, len(self._in))
        if not size or (self._opcode >= _CLOSE and size < self._left):
            return False
        data = self._in[:size]
        self._in = self._in[size:]
        self._left -= size
        if self._key:
            _unmask(data, self._key, self._key_at)
            self._key_at += size
        if self._opcode >= _CLOSE:
            self._control(data)
        elif not self.logged_in:
            self._password(data)
        elif self._kind == _TEXT:
            self._typed += data
        else:
            self._transfer(data)
        return True

    def _header(self):
        # Length of the next frame's head, or 0 when it is not there yet
        data = self._in
        if len(data) < 2:
            return 0
        size = data[1] & 0x7F
        head = 4 if size == 126 else 2
        masked = data[1] & 0x80
        if size == 127 or data[0] & 0x70 or (data[0] & 8 and size > 125):
            self.close()
            return 0
        if len(data) < head + (4 if masked else 0):
            return 0
        self._left = data[2] << 8 | data[3] if size == 126 else size
        self._key = bytes(data[head : head + 4]) if masked else None
        self._key_at = 0
        self._opcode = data[0] & 15
        if 0 < self._opcode < _CLOSE:
            self._kind = self._opcode
        return head + 4 if masked else head

    def _control(self, data):
        if self._opcode == _CLOSE:
            self.send(_CLOSE, data[:2])
            self.close()
        elif self._opcode == _PING:
            self.send(_PONG, data)

    def _password(self, data):
        for byte in data:
            if self.closed or not self._asks or self.logged_in:
                return  # nobody asked
            if byte != 13 and byte != 10:
                self._typed = self._typed[:_PASSWORD_MAX]
                self._typed.append(byte)
                continue
            password = bytes(self._typed)
            self._typed = bytearray()
            if self._owner.allows(password):
                self._log_in()
            else:
                self.send(_TEXT, b"\r\nAccess denied\r\n")
                self.close()

    def _log_in(self):
        self.send(_TEXT, b"\r\nWebREPL connected\r\n>>> ")
        if self.closed:
            return
        self.logged_in = True
        os.dupterm(self)
        try:
            self._sock.setsockopt(1, _CALLBACK, self._interrupt)  # SOL_SOCKET
        except (OSError, TypeError):
            pass  # then Ctrl-C waits until the statement has ended

    def _transfer(self, data):
        if self._files is None:
            from .webrepl_files import Files

            self._files = Files(self.send)
        self._files.feed(data)

    # What goes out

    def send(self, opcode, data):
        """Send one frame; a client that takes nothing is dropped after 2 s."""
        size = len(data)
        if size < 126:
            self._out += bytes((0x80 | opcode, size))
        else:
            self._out += bytes((0x80 | opcode, 126, size >> 8, size & 255))
        self._out += data
        self._flush()
        if len(self._out) > _OUT_MAX:
            poll = select.poll()
            poll.register(self._sock, select.POLLOUT)
            while len(self._out) > _OUT_MAX and not self.closed:
                if not poll.poll(_STALL_MS):
                    self.close()
                    return
                self._flush()

    def _flush(self):
        if self.closed:
            return
        try:
            sent = self._sock.write(self._out) if self._out else 0
        except OSError:
            self.close()
            return
        if sent:
            self._out = self._out[sent:]
        poller.modify(self._sock, select.POLLIN | (select.POLLOUT if self._out else 0))

    # As the stream that os.dupterm wants

    def write(self, data):
        for at in range(0, len(data), _PIECE):
            if not self.closed:
                self.send(_TEXT, data[at : at + _PIECE])
        return len(data)

    def readinto(self, buffer):
        if not self._typed and self._typing and not self.closed:
            self._receive()
        if not self._typed:
            return None
        buffer[0] = self._typed[0]
        self._typed = self._typed[1:]
        return 1

    def ioctl(self, request, argument):
        if request == _IOCTL_POLL and self._typed:
            return argument & select.POLLIN
        return 0

    def _interrupt(self, sock):
        # Bytes came. While a statement runs nobody reads them, and Ctrl-C must stop it
        if self._typing:
            os.dupterm_notify(None)


def _accept(key):
    from binascii import b2a_base64

    try:
        from hashlib import sha1
    except ImportError:
        from .sha1 import sha1

        return b2a_base64(sha1(key + _GUID)).strip()
    return b2a_base64(sha1(key + _GUID).digest()).strip()


def _unmask(data, key, at):
    for i in range(len(data)):
        data[i] ^= key[at + i & 3]
