"""The select module's interface, on the device."""

import errno
import gc
import select
import socket
import time
from select import POLLERR, POLLHUP, POLLIN, POLLOUT

import micropython
from check import raises
from streams import Pair, Stream, flags, polling

_NVAL = 32


def test_poll_lists_streams_and_events():
    with Pair() as (client, server):
        poll = select.poll()
        poll.register(server)
        assert poll.poll(0) == [(server, POLLOUT)]
        client.write(b"x")
        assert poll.poll(1000) == [(server, POLLIN | POLLOUT)]


def test_ipoll_yields_one_tuple_again_and_again():
    with Pair() as (client, server):
        poll = polling(server, POLLOUT)
        poll.register(client, POLLOUT)
        tuples = list(poll.ipoll(0))
        assert len(tuples) == 2 and tuples[0] is tuples[1]
        assert {id(stream) for stream, _ in poll.ipoll(0)} == {id(server), id(client)}


def test_ipoll_allocates_nothing():
    with Pair() as (client, server):
        poll = polling(server)
        data = bytearray(8)
        for _ in poll.ipoll(0):
            pass
        micropython.heap_lock()
        try:
            for _ in range(50):
                client.write(b"x")
                for stream, _ in poll.ipoll(1000):
                    stream.readinto(data)
                for _ in poll.ipoll(0):
                    raise ValueError
        finally:
            micropython.heap_unlock()


def test_timeout():
    with Pair() as (client, server):
        poll = polling(server)
        for wait in (lambda: poll.poll(30), lambda: list(poll.ipoll(30))):
            start = time.ticks_ms()
            assert wait() == []
            assert time.ticks_diff(time.ticks_ms(), start) >= 30
        raises(TypeError, poll.poll, 1.5)


def test_without_streams():
    poll = select.poll()
    assert poll.poll(0) == [] and list(poll.ipoll(5)) == []
    poll.unregister(poll)
    assert poll.poll(0) == []


def test_register_again_replaces_the_events():
    with Pair() as (client, server):
        poll = polling(server, POLLIN)
        assert flags(poll) == 0
        poll.register(server, POLLOUT)
        assert flags(poll) == POLLOUT
        poll.register(server, POLLIN)
        assert flags(poll) == 0


def test_modify():
    with Pair() as (client, server):
        poll = polling(server, POLLIN)
        assert flags(poll) == 0
        poll.modify(server, POLLOUT)
        assert flags(poll) == POLLOUT
        client.write(b"x")
        assert flags(poll, 1000) == POLLOUT
        poll.modify(server, POLLIN)
        assert flags(poll, 1000) == POLLIN
        poll.modify(server, 0)
        assert flags(poll) == 0
        assert raises(OSError, poll.modify, client, POLLIN).errno == errno.ENOENT
        raises(TypeError, poll.modify, server)


def test_unregister():
    with Pair() as (client, server):
        poll = polling(server, POLLOUT)
        poll.unregister(server)
        assert poll.poll(0) == []
        poll.unregister(server)
        poll.register(server, POLLOUT)
        assert flags(poll) == POLLOUT


def test_only_streams_can_be_registered():
    poll = select.poll()
    for what in (1, "x", None, object()):
        raises(OSError, poll.register, what)
    assert poll.poll(0) == []


def test_one_shot():
    with Pair() as (client, server):
        poll = polling(server, POLLOUT)
        assert [events for _, events in poll.ipoll(0, 1)] == [POLLOUT]
        assert list(poll.ipoll(0, 1)) == []
        assert flags(poll) == 0
        poll.modify(server, POLLOUT)
        assert [events for _, events in poll.ipoll(0, 1)] == [POLLOUT]
        poll.register(server, POLLOUT)
        assert [events for _, events in poll.ipoll(0)] == [POLLOUT]
        assert [events for _, events in poll.ipoll(0)] == [POLLOUT]


def test_several_polls_watch_one_stream():
    with Pair() as (client, server):
        first, second, writer = polling(server), polling(server), polling(server, POLLOUT)
        client.write(b"x")
        assert flags(first, 1000) == flags(second) == POLLIN
        assert flags(writer) == POLLOUT
        first.unregister(server)
        assert flags(second) == POLLIN and first.poll(0) == []
        server.recv(8)
        assert flags(second) == 0
        client.write(b"y")
        assert flags(second, 1000) == POLLIN


def test_unregister_while_iterating():
    with Pair() as (client, server):
        for kept in (False, True):
            poll = polling(server, POLLOUT)
            poll.register(client, POLLOUT)
            seen = []
            for stream, _ in poll.ipoll(0):
                seen.append(stream)
                poll.unregister(stream)
                if not kept:
                    poll.unregister(client if stream is server else server)
            assert len(seen) == 1 + kept, seen
            assert poll.poll(0) == []


def test_register_while_iterating():
    with Pair() as (client, server):
        poll = polling(server, POLLOUT)
        turns = 0
        for _ in poll.ipoll(0):
            turns += 1
            poll.unregister(client)
            poll.register(client, POLLOUT)
            poll.modify(server, POLLOUT)
        assert 1 <= turns <= 3
        assert len(poll.poll(0)) == 2


def test_poll_while_iterating():
    with Pair() as (client, server):
        poll = polling(server, POLLOUT)
        poll.register(client, POLLOUT)
        for _ in poll.ipoll(0):
            assert len(poll.poll(0)) == 2
            poll.unregister(server)
            poll.unregister(client)
        assert poll.poll(0) == []


def test_streams_of_the_program():
    with Pair() as (client, server):
        stream = Stream()
        poll = polling(stream)
        poll.register(server)
        assert poll.poll(0) == [(server, POLLOUT)]
        assert stream.asked == 1
        stream.state = POLLIN | POLLOUT
        assert len(poll.poll(0)) == 2 and stream.asked == 2
        poll.unregister(server)
        assert flags(poll, -1) == POLLIN
        stream.state = -5
        assert raises(OSError, poll.poll, 0).errno == 5
        stream.state = 0
        assert flags(poll) == 0


def test_a_stream_of_the_program_is_asked_as_time_goes_by():
    stream = Stream()
    poll = polling(stream)

    def asked():
        stream.state = POLLIN if stream.asked == 5 else 0

    stream.when_asked = asked
    assert flags(poll, -1) == POLLIN


def test_a_stream_of_the_program_may_unregister_itself_and_others():
    with Pair() as (client, server):
        stream = Stream()
        poll = select.poll()
        for each in (client, stream, server):
            poll.register(each, POLLOUT)

        def asked():
            for each in (client, stream, server):
                poll.unregister(each)
            gc.collect()

        stream.when_asked = asked
        stream.state = POLLOUT
        poll.poll(0)
        assert poll.poll(0) == []


def test_callbacks_run_while_it_waits():
    with Pair() as (client, server):
        ran = []
        micropython.schedule(ran.append, 1)
        assert polling(server).poll(1) == [] and ran == [1]


def test_a_callback_that_schedules_itself_keeps_it_awake():
    with Pair() as (client, server):
        poll = polling(server)
        left = [20]

        def callback(_):
            left[0] -= 1
            if left[0]:
                micropython.schedule(callback, None)
            else:
                client.write(b"x")

        micropython.schedule(callback, None)
        assert flags(poll, -1) == POLLIN and left == [0]


def test_a_callback_may_take_the_news():
    with Pair() as (client, server):
        poll = polling(server)

        def callback(_):
            client.write(b"x")
            time.sleep_ms(5)  # this wait is told of the byte, not the one of poll()

        micropython.schedule(callback, None)
        assert flags(poll, -1) == POLLIN


def test_a_callback_may_make_a_stream_ready():
    stream = Stream()
    poll = polling(stream)

    def callback(_):
        stream.state = POLLIN

    stream.when_asked = lambda: stream.state or micropython.schedule(callback, None)
    assert flags(poll, -1) == POLLIN


def test_closed_streams():
    with Pair() as (client, server):
        poll = polling(server, POLLIN)
        assert flags(poll) == 0
        server.close()
        assert flags(poll) == _NVAL
        # The next socket has the same descriptor, but nobody watches it
        again = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        assert poll.poll(0) == [(server, _NVAL)]
        poll.unregister(server)
        assert poll.poll(0) == []
        poll.register(again, POLLOUT)
        assert flags(poll) == POLLOUT
        again.close()
        late = select.poll()
        late.register(server)
        assert flags(late) == _NVAL


def test_dropped_polls_are_not_missed():
    with Pair() as (client, server):
        for turn in range(50):
            polls = [polling(server) for _ in range(4)]
            rest = polls[turn % 4]
            polls = None
            if turn & 1:
                rest.__del__()
                assert rest.poll(0) == []
                rest.register(server, POLLIN)
            gc.collect()
            junk = [bytearray(b"\xff" * 64) for _ in range(20)]
            client.write(b"x")
            assert flags(rest, 1000) == POLLIN
            server.recv(8)
            assert len(junk) == 20
        rest = None
        gc.collect()


def test_unregistered_streams_are_not_kept():
    poll = select.poll()
    with Pair() as (client, server):
        for _ in range(40):  # more than the chip has sockets
            sock = socket.socket()
            poll.register(sock)
            poll.unregister(sock)
            sock = None
        gc.collect()


def test_select():
    with Pair() as (client, server):
        assert select.select([server], [], [], 0) == ([], [], [])
        assert select.select([server], [server], [server], 0) == ([], [server], [])
        client.write(b"x")
        assert select.select([server, client], (), (), 5) == ([server], [], [])
        readers, writers, others = select.select([server], [server, client], [])
        assert (readers, len(writers), others) == ([server], 2, [])
        assert server in writers and client in writers
        start = time.ticks_ms()
        assert select.select([client], [], [], 1 / 32) == ([], [], [])
        assert time.ticks_diff(time.ticks_ms(), start) >= 30
        server.close()
        assert select.select([], [], [server], -1) == ([], [], [server])
        raises(TypeError, select.select, [], [])
        raises(OSError, select.select, [1], [], [])


def test_constants():
    assert (POLLIN, POLLOUT, POLLERR, POLLHUP) == (1, 4, 8, 16)
