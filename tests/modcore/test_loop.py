"""Callbacks and asyncio's tasks on one poller, on the booted firmware."""

import re

import pytest
from host import free_port

SOCKETS = """
import asyncio
import select
import socket

def pair(port):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address = socket.getaddrinfo('127.0.0.1', port)[0][-1]
    receiver.bind(address)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return receiver, lambda: sender.sendto(b'x', address)

def readable(stream):
    yield asyncio.core._io_queue.queue_read(stream)
"""


@pytest.fixture
def run(make_host):
    """Runs a program on a board until it prints `done`; what the console has shown."""

    def run(program):
        text = (SOCKETS + program).replace("PORT", str(free_port()))
        host = make_host(files={"/main.py": text}).start(ready=False)
        host.wait_for("done|Traceback")
        return host.output

    return run


def test_a_task_that_waits_already_is_taken_over(run):
    output = run("""
receiver, send = pair(PORT)

async def wait():
    await readable(receiver)
    print('woken')

async def main():
    task = asyncio.create_task(wait())
    await asyncio.sleep_ms(0)
    from modcore import loop
    loop.install()
    send()
    try:
        await asyncio.wait_for(task, 5)
    except asyncio.TimeoutError:
        print('forgotten')
    print('done')

asyncio.run(main())
""")
    assert "woken" in output, output


def test_callbacks_go_on_when_the_loop_is_new(run):
    output = run("""
from modcore import loop
from modcore.poller import poller
loop.install()
asyncio.new_event_loop()
loop.install()
receiver, send = pair(PORT)

def called(events):
    receiver.recv(1)
    print('called')
    poller.unwatch(receiver)

async def main():
    poller.watch(receiver, called, select.POLLIN)
    send()
    await asyncio.sleep_ms(100)
    print('done')

asyncio.run(main())
""")
    assert "called" in output, output


def test_a_task_that_a_callback_cancels_ends_at_once(run):
    output = run("""
from modcore import loop
from modcore.poller import poller
loop.install()
receiver, send = pair(PORT)
calls = 0

def called(events):
    global calls
    calls += 1
    task.cancel()

async def sleep():
    try:
        await asyncio.sleep_ms(300)
    finally:
        print('calls', calls)
        poller.unwatch(receiver)
        print('done')

async def main():
    global task
    task = asyncio.create_task(sleep())
    await asyncio.sleep_ms(0)
    poller.watch(receiver, called, select.POLLIN)
    send()
    await asyncio.sleep_ms(1000)

asyncio.run(main())
""")
    # The second one is the look at the sockets that the loop takes before each task
    assert int(re.search(r"calls (\d+)", output)[1]) <= 2, output


def test_a_callback_is_no_reason_to_run_a_task(run):
    output = run("""
from modcore import loop
from modcore.poller import poller
loop.install()
receiver, send = pair(PORT)
other, send_other = pair(PORT + 1)

def called(events):
    receiver.recv(1)
    print('called')
    send_other()

async def main():
    send()
    await readable(other)
    print('woken')

poller.watch(receiver, called, select.POLLIN)
asyncio.run(main())
print('done')
""")
    assert "woken" in output, output
