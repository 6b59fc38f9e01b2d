"""The Date field on the booted firmware: with its clock, and not without (RFC 9110 section 6.6.1)."""

import asyncio
import re
import time
from email.utils import parsedate_to_datetime

import httpx
import pytest
from host import PATIENCE, free_port
from windup import WindUp
from windup.aio import Server
from windup.limits import Limits

APP = """
from modcore.module import Module

class Timed(Module):
    depends = ("windup",)

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/hello")(lambda request: "hello")
        app.get("/json")(lambda request: {"a": 1})
        app.get("/pieces")(self.pieces)
        app.event_stream("/events")(self.events)

    def pieces(self, request):
        yield "one"

    async def events(self, request, stream):
        await stream.send("news")
"""

PATHS = ("/hello", "/json", "/pieces", "/events", "/nowhere", "/")
# Since 2000-01-01, what the board's clock counts
MAY_2031 = 988718400
MAY_2033 = 1051876800
DATED = "from modcore import modc; print(modc.modules['windup']._server._dated)"
FORM = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"


def year(answer):
    """Of the answer's only Date, 0 without one."""
    dates = answer.headers.get_list("date")
    if not dates:
        return 0
    assert len(dates) == 1 and re.fullmatch(FORM, dates[0]), dates
    assert parsedate_to_datetime(dates[0]).strftime("%a, %d %b %Y %H:%M:%S GMT") == dates[0]
    return parsedate_to_datetime(dates[0]).year


def wait_for(client, wanted):
    """The clock was set; answers tell it a second later."""
    deadline = time.monotonic() + PATIENCE
    while year(client.get("/hello")) != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(("bits", "profile"), [(64, "esp32"), (32, "esp32")])
def test_answers_tell_the_time_while_it_is_known(make_host, bits, profile):
    host = make_host(bits=bits, profile=profile, files={"/apps/timed.py": APP}).start()
    host.control.set_rtc(1000)  # as after power has come
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        assert [year(client.get(path)) for path in PATHS] == [0] * len(PATHS)
        host.control.set_rtc(MAY_2031)
        wait_for(client, 2031)
        assert [year(client.get(path)) for path in PATHS] == [2031] * len(PATHS)
        assert year(client.head("/hello")) == year(client.request("OPTIONS", "/hello")) == 2031
        etag = client.get("/").headers["etag"]
        answer = client.get("/", headers={"If-None-Match": etag})
        assert (answer.status_code, year(answer)) == (304, 2031)
        first = parsedate_to_datetime(client.get("/hello").headers["date"])
        deadline = time.monotonic() + PATIENCE
        while parsedate_to_datetime(client.get("/json").headers["date"]) <= first:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    # Nobody is connected, so nothing is told: the next client gets no date from before
    deadline = time.monotonic() + PATIENCE
    while "True" in host.mpremote("resume", "exec", DATED):
        assert time.monotonic() < deadline
    host.control.set_rtc(MAY_2033)
    assert year(host.get("/hello")) == 2033
    host.control.set_rtc(1000)
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        wait_for(client, 0)
        assert [year(client.get(path)) for path in PATHS] == [0] * len(PATHS)


def test_it_can_be_left_out(make_host):
    host = make_host(files={"/apps/timed.py": APP}, settings=["windup.date=false"]).start()
    host.control.set_rtc(MAY_2031)
    assert year(host.get("/hello")) == 0


def test_on_cpython():
    async def main(**settings):
        app = WindUp()
        app.get("/")(lambda request: "hello")
        port = free_port()
        limits = Limits({"host": "127.0.0.1", "port": port, **settings})
        async with Server(app, limits), httpx.AsyncClient(timeout=PATIENCE) as client:
            return year(await client.get(f"http://127.0.0.1:{port}/"))

    assert asyncio.run(main()) >= 2025
    assert asyncio.run(main(date=False)) == 0
