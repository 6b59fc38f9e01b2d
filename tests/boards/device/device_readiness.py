"""What sockets are ready for, as poll tells it, on the device."""

import errno
import select
import socket
import sys
import time
from select import POLLERR, POLLHUP, POLLIN, POLLOUT

import micropython
import streams
from check import raises
from streams import Pair, connect, flags, listen, polling

_ENFILE = 23


def test_what_is_left_unread_is_told_again():
    with Pair() as (client, server):
        poll = polling(server)
        client.write(b"abcdef")
        assert flags(poll, 1000) == POLLIN
        assert flags(poll) == POLLIN
        assert server.recv(2) == b"ab"
        assert flags(poll) == POLLIN
        assert server.recv(4) == b"cdef"
        assert flags(poll) == 0
        client.write(b"gh")
        assert flags(poll, 1000) == POLLIN
        assert server.recv(100) == b"gh"
        assert flags(poll) == 0


def test_read_before_poll():
    with Pair() as (client, server):
        poll = polling(server)
        client.write(b"abc")
        assert server.recv(2) == b"ab"
        assert flags(poll) == POLLIN
        assert server.recv(2) == b"c"
        assert flags(poll) == 0
        client.write(b"d")
        assert server.recv(2) == b"d"
        assert flags(poll) == 0
        client.write(b"e")
        assert flags(poll) == POLLIN


def test_readinto():
    with Pair() as (client, server):
        data = bytearray(8)
        assert server.readinto(data) is None
        client.write(b"abc")
        assert server.readinto(data) == 3 and data[:3] == b"abc"
        assert server.readinto(data) is None
        client.write(b"abcdef")
        assert server.readinto(data, 2) == 2
        assert server.readinto(data, 100) == 4 and data[:4] == b"cdef"
        server.settimeout(0.01)
        assert raises(OSError, server.readinto, data).errno == errno.ETIMEDOUT
        server.setblocking(True)
        client.write(b"abc")
        micropython.schedule(client.write, b"defgh")
        assert server.readinto(data) == 8 and data == b"abcdefgh"
        client.write(b"xyz")
        client.close()
        assert server.readinto(data) == 3
        assert server.readinto(data) == 0
        server.close()
        assert raises(OSError, server.readinto, data).errno == errno.EBADF


def test_the_end_of_the_stream_is_not_lost():
    for size in (1, 2, 3, 4):
        with Pair() as (client, server):
            poll = polling(server)
            client.write(b"abc")
            client.close()
            got = b""
            for _ in range(5):
                assert flags(poll, 1000) & POLLIN
                got += server.recv(size)
            assert got == b"abc"
            assert flags(poll) & POLLIN and server.recv(size) == b""


def test_the_end_comes_after_the_data_was_read():
    with Pair() as (client, server):
        poll = polling(server)
        client.write(b"abc")
        assert flags(poll, 1000) == POLLIN
        client.close()
        assert server.recv(10) == b"abc"
        assert flags(poll, 1000) == POLLIN
        assert server.recv(10) == b""
        # It can still be written to, until the client says that it is gone
        assert select.select([], [server], [], 0) == ([], [server], [])
        server.write(b"x")
        assert flags(poll, 1000) & (POLLERR | POLLHUP)


def test_reset():
    with Pair() as (client, server):
        poll = polling(server)
        server.write(b"never read")
        polling(client).poll(1000)
        client.close()
        assert flags(poll, 1000) & (POLLIN | POLLERR | POLLHUP) == POLLIN | POLLERR | POLLHUP
        assert raises(OSError, server.recv, 10).errno == errno.ECONNRESET
        # Reading has cleared the error, and the rest stays
        assert flags(poll) == POLLIN | POLLHUP
        assert server.recv(10) == b""
        assert flags(poll) == POLLIN | POLLHUP


def test_send_takes_a_part_and_can_take_more():
    with Pair() as (client, server):
        poll = polling(server, POLLOUT)
        assert 0 < server.send(bytes(20000)) < 20000
        assert flags(poll) == POLLOUT


def test_a_full_buffer():
    with Pair() as (client, server):
        poll = polling(server, POLLOUT)
        piece = bytes(5000)
        sent = 0
        while flags(poll):
            sent += server.write(piece) or 0
        assert sent > len(piece)
        assert flags(poll) == 0
        data = bytearray(5000)
        while sent:
            sent -= client.readinto(data, min(sent, 5000))
        assert flags(poll, 10000) == POLLOUT


def test_datagrams():
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(streams.ADDRESS)
    receiver.setblocking(False)
    poll = polling(receiver)
    assert flags(poll) == 0
    for size in (1, 0, 3):
        sender.sendto(bytes(size), streams.ADDRESS)
    for size in (1, 0, 3):
        assert flags(poll, 1000) == POLLIN
        assert len(receiver.recvfrom(100)[0]) == size
    assert flags(poll) == 0
    assert raises(OSError, receiver.recv, 100).errno == errno.EAGAIN
    sender.sendto(b"x", streams.ADDRESS)
    assert flags(poll, 1000) == POLLIN
    sender.close()
    receiver.close()


def test_an_error_is_told_until_it_is_read():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.connect(streams.ADDRESS)  # where nobody is
    poll = polling(sock)
    assert flags(poll) == 0
    sock.send(b"x")
    assert flags(poll, 1000) & POLLERR
    assert flags(poll) & POLLERR
    assert raises(OSError, sock.recv, 1).errno == errno.ECONNREFUSED
    assert flags(poll) == 0
    sock.close()


def test_listener():
    listener = listen()
    poll = polling(listener)
    assert flags(poll) == 0
    clients = [connect(), connect()]
    servers = []
    for _ in clients:
        assert flags(poll, 1000) == POLLIN
        servers.append(listener.accept()[0])
    # Not once more: this listener blocks
    assert flags(poll) == 0
    clients.pop().close()
    servers.pop().close()  # an ESP8266 has no more than five
    clients.append(connect())
    assert flags(poll, 1000) == POLLIN
    servers.append(listener.accept()[0])
    assert flags(poll) == 0
    listener.setblocking(False)
    assert raises(OSError, listener.accept).errno == errno.EAGAIN
    for sock in clients + servers + [listener]:
        sock.close()


def _take_all_sockets():
    taken = []
    try:
        while True:
            taken.append(socket.socket())
    except OSError as exc:
        assert exc.errno in (_ENFILE, errno.ENOMEM), exc
    return taken


def test_listener_without_a_free_socket():
    listener = listen()
    poll = polling(listener)
    client = connect()
    assert flags(poll, 1000) == POLLIN
    taken = _take_all_sockets()
    assert flags(poll) == 0
    assert flags(poll, 20) == 0
    listener.settimeout(0.02)
    assert raises(OSError, listener.accept).errno == errno.ETIMEDOUT
    taken.pop().close()
    assert flags(poll) == POLLIN
    taken.append(listener.accept()[0])
    assert flags(poll) == 0

    # One that waits, too, hears that a socket is free
    taken.pop().close()
    client.close()
    client = connect()
    taken += _take_all_sockets()
    micropython.schedule(lambda _: taken.pop().close(), None)
    assert flags(poll, -1) == POLLIN
    taken.append(socket.socket())
    listener.setblocking(True)
    micropython.schedule(lambda _: taken.pop().close(), None)
    taken.append(listener.accept()[0])
    for sock in taken + [client, listener]:
        sock.close()


def test_connection_refused():
    sock = socket.socket()
    assert raises(OSError, sock.connect, streams.ADDRESS).errno == errno.ECONNREFUSED
    sock.close()
    sock = socket.socket()
    sock.setblocking(False)
    poll = polling(sock, POLLOUT)
    poll.poll(0)
    assert raises(OSError, sock.connect, streams.ADDRESS).errno in (
        errno.EINPROGRESS,
        errno.ECONNREFUSED,
    )
    assert flags(poll, 1000) & POLLHUP
    raises(OSError, sock.send, b"x")
    sock.close()


def test_a_socket_is_hung_up_until_it_listens_or_connects():
    listener = socket.socket()
    poll = polling(listener)
    assert flags(poll) == POLLHUP
    listener.close()
    listener = listen()
    client = socket.socket()
    poll = polling(client)
    assert flags(poll) == POLLHUP
    client.connect(streams.ADDRESS)
    assert flags(poll) == 0
    poll.modify(client, POLLOUT)
    assert flags(poll) == POLLOUT
    client.close()
    listener.close()

    listener = socket.socket()
    poll = polling(listener)
    assert flags(poll) == POLLHUP
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(streams.ADDRESS)
    listener.listen(1)
    assert flags(poll) == 0
    listener.close()


def test_connection_in_progress():
    listener = listen(0)
    first = connect()  # the backlog is full
    sock = socket.socket()
    sock.setblocking(False)
    assert raises(OSError, sock.connect, streams.ADDRESS).errno == errno.EINPROGRESS
    poll = polling(sock, POLLIN | POLLOUT)
    assert flags(poll) == 0
    server = listener.accept()[0]
    assert flags(poll, 20000) == POLLOUT
    for each in (first, sock, server, listener):
        each.close()


def test_connecting_takes_no_longer_than_the_timeout():
    listener = listen(0)
    first = connect()
    sock = socket.socket()
    sock.settimeout(1 / 32)
    assert raises(OSError, sock.connect, streams.ADDRESS).errno == errno.ETIMEDOUT
    for each in (first, sock, listener):
        each.close()


def test_blocking_calls_miss_nothing_that_a_callback_was_told():
    with Pair() as (client, server):
        server.setblocking(True)

        def callback(_):
            client.write(b"x")
            time.sleep_ms(5)

        micropython.schedule(callback, None)
        assert server.recv(8) == b"x"

    listener = listen()
    clients = []

    def callback(_):
        clients.append(connect())
        time.sleep_ms(5)

    micropython.schedule(callback, None)
    server = listener.accept()[0]
    for sock in clients + [server, listener]:
        sock.close()


def test_a_callback_may_close_the_socket_that_blocks():
    with Pair() as (client, server):
        server.setblocking(True)
        micropython.schedule(lambda _: server.close(), None)
        assert raises(OSError, server.recv, 8).errno == errno.EBADF


def test_timeouts_of_blocking_sockets():
    with Pair() as (client, server):
        server.settimeout(1 / 32)
        start = time.ticks_ms()
        assert raises(OSError, server.recv, 1).errno == errno.ETIMEDOUT
        assert time.ticks_diff(time.ticks_ms(), start) >= 30
        client.write(b"x")
        assert server.recv(1) == b"x"


def test_console():
    poll = polling(sys.stdin)
    assert flags(poll) == 0
    poll.modify(sys.stdin, POLLIN | POLLOUT)
    assert flags(poll) == POLLOUT
