"""Answers the calls of port/far_end.c over a socket; what they mean is up to a network."""

import errno
import os
import random
import socket
import struct
import threading
import time

_REQUEST = struct.Struct("<HHii")
_ANSWER = struct.Struct("<iI")
_ADDRESS = struct.Struct("<H2s4s")  # family; port and address in network order
_AF_INET = 2
_SECONDS_1970_TO_2000 = 946684800


def pack_address(address):
    """`(host, port)` as `struct sockaddr_in`."""
    host, port = address
    return _ADDRESS.pack(_AF_INET, port.to_bytes(2, "big"), socket.inet_aton(host))


def unpack_address(data):
    """The reverse of `pack_address`."""
    _, port, host = _ADDRESS.unpack(data)
    return socket.inet_ntoa(host), int.from_bytes(port, "big")


class SwitchedOff(Exception):
    """Raised by a network to end the run."""


class FarEnd:
    """Serves one run of the firmware from a thread of its own.

    Args:
        network: has `open(kind)`, `close`, `bind`, `listen`, `accept`, `connect`, `error`, `send`, `send_to`,
            `receive`, `receive_from`, `option`, `poll` and `wait(timeout_ms)`; sockets are numbers, errors OSError.
        still: the clock and the random numbers are the same in every run.
        on_mark: called with the label of each `lx106.mark(label)`; the processor waits meanwhile.

    Attributes:
        guest: the socket that QEMU's process has to be given.
        reset: `(cause, milliseconds)` when the firmware asked to be started anew, else None.
        failure: an exception that ended the service, else None.
    """

    def __init__(self, network, still=False, on_mark=None):
        self.guest, self._socket = socket.socketpair()
        self.reset = None
        self.failure = None
        self._network = network
        self._on_mark = on_mark
        self._now = (lambda: _SECONDS_1970_TO_2000) if still else time.time
        self._random = random.Random(1).randbytes if still else os.urandom
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._operations = {
            1: lambda _, kind, __: network.open(kind),
            2: lambda handle, _, __: network.close(handle),
            3: lambda handle, _, data: network.bind(handle, unpack_address(data)),
            4: lambda handle, backlog, _: network.listen(handle, backlog),
            5: self._accept,
            6: lambda handle, _, data: network.connect(handle, unpack_address(data)),
            7: lambda handle, _, data: network.send(handle, data),
            8: self._send_to,
            9: lambda handle, size, _: network.receive(handle, size),
            10: self._receive_from,
            11: lambda handle, number, data: network.option(handle, number, data),
            12: lambda handle, events, _: network.poll(handle, events),
            13: lambda handle, _, __: network.error(handle),
            14: lambda _, __, name: pack_address((socket.gethostbyname(name.decode()), 0)),
            15: lambda _, timeout_ms, __: network.wait(timeout_ms),
            16: self._time,
            17: lambda _, size, __: self._random(size),
            18: self._reset,
            19: self._mark,
        }

    def start(self):
        """Serve. Call it when QEMU has its socket."""
        self.guest.close()
        self._thread.start()

    def stop(self):
        """Stop to serve, and wait until that is done; QEMU has to have ended."""
        self._thread.join()
        self._socket.close()

    @property
    def socket(self):
        """Ours; it hangs up when QEMU ends."""
        return self._socket

    def _serve(self):
        try:
            while head := self._read(_REQUEST.size):
                operation, length, handle, argument = _REQUEST.unpack(head)
                data = self._read(length)
                result, answer = self._call(operation, handle, argument, data)
                self._socket.sendall(_ANSWER.pack(result, len(answer)) + answer)
        except ConnectionError:
            pass  # QEMU has ended
        except SwitchedOff:
            self._socket.shutdown(socket.SHUT_RDWR)
        except Exception as exc:
            self.failure = exc
            self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self, size):
        return self._socket.recv(size, socket.MSG_WAITALL) if size else b""

    def _call(self, operation, handle, argument, data):
        try:
            result = self._operations[operation](handle, argument, data)
        except socket.gaierror:
            return -errno.ENOENT, b""
        except OSError as exc:
            return -(exc.errno or errno.EIO), b""
        if isinstance(result, tuple):
            return result
        if isinstance(result, bytes):
            return len(result), result
        return result or 0, b""

    def _accept(self, handle, _argument, _data):
        accepted, peer = self._network.accept(handle)
        return accepted, pack_address(peer)

    def _send_to(self, handle, _argument, data):
        address = unpack_address(data[: _ADDRESS.size])
        return self._network.send_to(handle, data[_ADDRESS.size :], address)

    def _receive_from(self, handle, size, _data):
        datagram, peer = self._network.receive_from(handle, size)
        return len(datagram), pack_address(peer) + datagram

    def _time(self, *_):
        return int((self._now() - _SECONDS_1970_TO_2000) * 1000000).to_bytes(8, "little")

    def _reset(self, _handle, cause, data):
        self.reset = (cause, int.from_bytes(data, "little"))

    def _mark(self, _handle, _argument, label):
        if self._on_mark:
            self._on_mark(label.decode())
