"""TLS for the server on MicroPython: certificate and key, connections, and the way there from plain HTTP.

A server that has a certificate speaks TLS on its port and nothing else. The handshake is done under the poller, byte by
byte as the client sends, and counts to the time that the connection's first request may take (`first_byte`): who stops in
the middle keeps one connection busy until then, and nobody waiting.
"""

import socket

import tls
from modcore.borrow import borrow
from modcore.poller import poller
from modcore.port import const

from .channel import Channel
from .https import insist, redirecting
from .server import Server

_POLLIN = const(1)
_RECORD = const(2048)  # bytes: less than every port's mbedtls takes at once


class Security:
    """What a server that speaks TLS has besides.

    Args:
        server: the `Server`.

    Raises:
        ValueError: a file of `limits.tls` is missing or wrong, or its port is taken; the text names it, and what to do.
    """

    def __init__(self, server):
        settings = server.limits.tls
        self._server = server
        self._redirect = None
        cert = _file(settings, "tls_cert")
        key = _file(settings, "tls_key")
        self._context = context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(cert, key)
        except (OSError, ValueError) as exc:
            wrong = "tls_key" if "key" in str(exc) else "tls_cert"
            raise _wrong(wrong, "%s is no %s" % (settings[wrong], _KINDS[wrong]))
        if not borrow("windup.keypair", "belong_together", cert, key):
            raise _wrong(
                "tls_key", "%s is not the key of %s" % (settings["tls_key"], settings["tls_cert"])
            )
        insist(server.app, settings.get("tls_hsts"))

        if settings.get("tls_redirect_port"):
            self._listen(server.limits, settings["tls_redirect_port"])

    def _listen(self, limits, port):
        self._redirect = Server(*redirecting(limits, port))
        try:
            self._redirect.listen()
        except OSError:
            self._redirect = None
            raise ValueError(
                "etc/windup.json: tls_redirect_port: cannot listen on port %d; is another program there?"
                % port
            )

    def tick(self, elapsed):
        """The server's clock has gone on."""
        if self._redirect:
            self._redirect.tick(elapsed)

    def close(self):
        """The server closes."""
        if self._redirect:
            self._redirect.close()
            self._redirect = None

    def channel(self):
        """A new slot for a client."""
        return _Channel(self._server, self._context)


class _Channel(Channel):
    # A TLS connection. What has to be sent is a sequence of bytes that never changes, however often the exchange is asked
    # again for the rest of it. mbedtls takes a record whole, or takes it and wants to be called again, with as many bytes.

    def __init__(self, server, context):
        super().__init__(server)
        self.connection.secure = True
        self._context = context
        self._raw = None  # the socket below

    def open(self, sock, peer):
        self._raw = self._socket = (
            sock  # first: where there is no memory for more, it has to be closed
        )
        self._pending = 0  # bytes of a record that has not gone
        self._ahead = 0  # bytes that have gone, and that the exchange will offer once more
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._out = self
        sock = self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        self._socket = sock
        self.connection.open(peer)
        self._events = _POLLIN
        poller.watch(sock, self._callback, _POLLIN)

    def write(self, buf, length):
        """Send the first `length` bytes of `buf`; returns how many of them went."""
        view = memoryview(buf)
        done = min(self._ahead, length)
        self._ahead -= done
        while done < length:
            size = self._pending or min(length - done, _RECORD)
            # Of a pending record mbedtls has the content, and wants to hear the length
            record = view[done : done + size] if size <= length - done else bytes(size)
            if not self._socket.write(record):
                self._pending = size
                return done
            self._pending = 0
            done += size
        if done > length:
            self._ahead = done - length
        return length

    def close(self):
        raw, self._raw = self._raw, None
        super().close()
        if raw:
            raw.close()  # mbedtls forgets it when the handshake fails


_KINDS = {"tls_cert": "certificate in PEM or DER", "tls_key": "private key in PEM or DER"}


def _file(settings, key):
    name = settings.get(key)
    if not name:
        raise _wrong(key, "it is not set, and TLS needs both a certificate and a key")
    for folder in ("",) if name.startswith("/") else ("/etc/", "/rom/etc/"):
        try:
            with open(folder + name, "rb") as file:
                return file.read()
        except OSError:
            pass
    raise _wrong(key, "there is no file %s in /etc" % name)


def _wrong(key, text):
    return ValueError("etc/windup.json: %s: %s. `modcore cert` makes both files" % (key, text))
