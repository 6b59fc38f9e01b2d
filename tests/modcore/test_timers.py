"""Everything that has to do with time, on the booted firmware: a month passes on a clock that jumps over waiting."""

import ast
import json
import re

import pytest

PROGRAM = """
import asyncio
import gc
import socket
import time
from machine import RTC
from modcore import Controller, Module
from modcore.alarm import Alarm
from modcore.fiber import sleep_ms
from modcore.interval import Interval
from modcore.ntp import Ntp

DAYS = {days}
RTC().datetime((2026, 3, 31 - DAYS, 0, 22, 59, 59, 0))  # a second before midnight in Berlin
counts = dict()


class Server(Module):
    # An SNTP server whose clock is this one
    def start(self):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", {port}))
        self.sock.setblocking(False)

    async def run(self):
        reply = bytearray(48)
        reply[0] = 0x24
        reply[1] = 1
        while True:
            await readable(self.sock)
            request, client = self.sock.recvfrom(48)
            ns = time.time_ns()
            stamp = (ns // 1000000000 + 3155673600).to_bytes(4, "big")
            stamp += ((ns % 1000000000 << 32) // 1000000000).to_bytes(4, "big")
            reply[24:32] = request[40:]
            reply[32:40] = reply[40:48] = stamp
            self.sock.sendto(reply, client)


def readable(sock):
    yield asyncio.core._io_queue.queue_read(sock)


class Counter(Module):
    subscribe = ("*",)
    queue = 60

    def on_event(self, event):
        name = event.name
        counts[name] = counts.get(name, 0) + 1
        if name == "midnight.due":
            gc.collect()
            used = gc.mem_alloc()
            day = counts[name]
            interval = modc.modules["interval"].timers
            print("DAY", day, used, interval["a"].count, interval["a"].missed,
                interval["b"].count, interval["b"].missed, interval["c"].count, interval["c"].missed)
            if day == DAYS + 1:
                print("COUNTS", counts)


class Setup(Module):
    depends = ("interval", "alarm")

    def start(self):
        interval = self.modc.modules["interval"]
        interval.add("a", 1000)
        interval.add("b", 10000)
        interval.add("c", 60000)
        alarm = self.modc.modules["alarm"]
        alarm.add("midnight", "00:00")
        alarm.add("night", "02:30")
        alarm.add("minute", cron="* * * * *")


modc = Controller()
for module in (Server(), Ntp(), Interval(), Alarm(), Counter(), Setup()):
    modc.add(module)
modc.run()
"""


@pytest.mark.timeout(1000)
@pytest.mark.parametrize("bits", [64, 32])
def test_a_month(make_host, soak, bits):
    days = 30 if soak else 3
    port = 12300 + bits
    files = {
        "/main.py": PROGRAM.format(days=days, port=port),
        "/etc/ntp.json": json.dumps(
            {"servers": [f"127.0.0.1:{port}"], "tz": "CET-1CEST,M3.5.0,M10.5.0/3"}
        ),
    }
    host = make_host(bits=bits, files=files, options=["--fast-clock=0"]).start(ready=False)
    counts = ast.literal_eval(host.wait_for(r"COUNTS (\{.*\})", patience=900)[1])
    used = []
    for day in re.findall(r"DAY (.*)", host.output):
        midnight, memory, *ticks = map(int, day.split())
        # The first midnight comes a second after the start, and 29 March has 23 hours
        seconds = 1 + 86400 * (midnight - 1) - 3600 * (midnight >= days - 1)
        for every, count, missed in zip((1, 10, 60), ticks[::2], ticks[1::2], strict=True):
            # What a busy computer keeps it from is counted; nothing adds up
            assert abs(count + missed - seconds // every) <= 1, day
        used.append(memory)
    assert len(used) == days + 1
    assert counts["midnight.due"] == days + 1
    assert counts["night.due"] == days
    assert abs(counts["minute.due"] - seconds // 60) <= 1
    assert abs(counts["ntp"] - seconds // 3600) <= 1
    assert max(used[1:]) - used[1] <= 256, used
