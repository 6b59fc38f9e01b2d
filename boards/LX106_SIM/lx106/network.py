"""The network of the emulated chip: this computer's loopback, and nothing else."""

import select
import socket
import time

_LOOPBACK = "127.0.0.1"
_ANY = "0.0.0.0"
_IP_ADD_MEMBERSHIP = 3
# Option numbers of port/net.h, which are lwIP's.
_OPTIONS = {
    0x4: (socket.SOL_SOCKET, socket.SO_REUSEADDR),
    0x8: (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
    0x20: (socket.SOL_SOCKET, socket.SO_BROADCAST),
    0x1: (socket.IPPROTO_TCP, socket.TCP_NODELAY),
}
_EDGES = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET


class Loopback:
    """Sockets of this computer for `far_end.FarEnd`. None of them ever blocks; `wait` does."""

    def __init__(self):
        self._sockets = {}
        self._epoll = select.epoll()

    def watch(self, descriptor):
        """News on this file descriptor, too, ends a `wait`."""
        self._epoll.register(descriptor, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET)

    def wait(self, timeout_ms):
        """Wait for news since the last call, at most `timeout_ms`; negative: for ever. Returns how long, in ms."""
        start = time.monotonic()
        self._epoll.poll(timeout_ms / 1000 if timeout_ms >= 0 else None)
        return round((time.monotonic() - start) * 1000)

    def stop(self):
        """Close everything."""
        for sock in self._sockets.values():
            sock.close()
        self._sockets.clear()
        self._epoll.close()

    def _add(self, sock):
        sock.setblocking(False)
        self._sockets[sock.fileno()] = sock
        self._epoll.register(sock, _EDGES)
        return sock.fileno()

    def open(self, kind):
        return self._add(socket.socket(socket.AF_INET, kind))

    def close(self, handle):
        self._sockets.pop(handle).close()

    def bind(self, handle, address):
        host, port = address
        self._sockets[handle].bind((_LOOPBACK if host == _ANY else host, port))

    def listen(self, handle, backlog):
        self._sockets[handle].listen(backlog)

    def accept(self, handle):
        sock, peer = self._sockets[handle].accept()
        return self._add(sock), peer

    def connect(self, handle, address):
        if not address[0].startswith("127."):
            raise OSError(101, "only this computer is on the network")  # ENETUNREACH
        self._sockets[handle].connect(address)

    def error(self, handle):
        return self._sockets[handle].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def send(self, handle, data):
        return self._sockets[handle].send(data)

    def send_to(self, handle, data, address):
        return self._sockets[handle].sendto(data, address)

    def receive(self, handle, size):
        return self._sockets[handle].recv(size)

    def receive_from(self, handle, size):
        return self._sockets[handle].recvfrom(size)

    def option(self, handle, number, data):
        sock = self._sockets[handle]
        if number == _IP_ADD_MEMBERSHIP:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, data)
        else:
            sock.setsockopt(*_OPTIONS[number], int.from_bytes(data, "little", signed=True))

    def poll(self, handle, events):
        poll = select.poll()
        poll.register(handle, events)
        ready = poll.poll(0)
        return ready[0][1] if ready else 0
