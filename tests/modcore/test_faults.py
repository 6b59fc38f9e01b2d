"""What goes wrong on a device: it keeps serving, says in the log what to do, and its outputs are off after a restart."""

import json
import re

import pytest

LED = 4
LED_BUTTON = 5
RESTART_BUTTON = 15
# The state that outputs are in when something goes wrong: on
ETC = {
    "pin": {"led": {"pin": LED}},
    "button": {
        "light": {"pin": LED_BUTTON, "on_press": ["pin:led:on"]},
        "again": {"pin": RESTART_BUTTON, "on_press": ["restart"]},
    },
}
CHIPS = [{"bits": 64}, {"bits": 32, "profile": "esp8266", "options": ["--heap", "120000"]}]


@pytest.fixture(params=CHIPS, ids=["esp32", "esp8266"])
def board(request, make_host):
    """A function that starts a device with an application and more files; its LED is on."""

    def start(app, **etc):
        files = {f"/etc/{name}.json": json.dumps(values) for name, values in (ETC | etc).items()}
        files["/apps/faulty.py"] = app
        host = make_host(files=files, **request.param).start()
        switch_on(host)
        return host

    return start


def switch_on(host):
    for pin in (LED_BUTTON, RESTART_BUTTON):
        host.control.drive(pin, 1)
    # A button that is pressed while the device starts does nothing before it was let go: then it is pressed once more
    for _ in range(40):
        press(host, LED_BUTTON)
        while host.control.pin(LED_BUTTON)["level"] == 0:
            host.get("/api/v1/status")
        if host.control.pin(LED)["level"] == 1:
            return
    raise AssertionError(f"the LED is not on\n{host.output}")


def press(host, pin):
    host.control.press(pin, 100)


def serves(host):
    """The states of the modules by name, as the device itself tells them."""
    answer = host.get("/api/v1/status")
    assert answer.status_code == 200
    return {module["name"]: module["state"] for module in answer.json()["modules"]}


def restart(host):
    """Press the button for it: the device is back, and its outputs are off."""
    press(host, RESTART_BUTTON)
    host.wait_for(rf":{host.port}/", count=2)
    assert host.control.pin(LED)["level"] == 0
    assert serves(host)["pin"] == "running"


def test_a_stop_that_raises(board):
    host = board("""
from modcore import Module
class Bad(Module):
    def stop(self):
        raise ValueError("the valve is stuck")
class Worse(Module):
    async def stop(self):
        raise MemoryError
""")
    assert serves(host)["bad"] == "running"
    restart(host)
    assert "bad failed in stop: ValueError: the valve is stuck" in host.output
    assert "worse failed in stop: MemoryError" in host.output


def test_a_start_that_hangs(board):
    host = board("""
from modcore import Module
from modcore.fiber import sleep_ms
class Hangs(Module):
    start_timeout_ms = 500
    async def start(self):
        while True:
            await sleep_ms(1000)
""")
    host.wait_for("hangs failed in start: TimeoutError")
    assert serves(host)["hangs"] == "failed"
    host.wait_for("hangs failed in start: TimeoutError", count=2)  # it is tried again
    restart(host)


STORM = """
from modcore import Module
from modcore.fiber import sleep_ms
class Storm(Module):
    subscribe = ("listener.ready",)
    async def on_event(self, event):
        for number in range(10000):
            self.fire("storm", number)
            if number % 500 == 499:
                await sleep_ms(0)
        await sleep_ms(100)
        print("last heard:", self.modc.modules["listener"].last)
class Listener(Module):
    subscribe = ("storm",)
    heard = 0
    def on_event(self, event):
        self.heard += 1
        self.last = event.data
        if event.data == 9999:
            print("storm: heard", self.heard, "lost", self.subscriber.dropped)
    def run(self):
        self.fire("listener.ready")
"""


def test_a_storm_of_events(board):
    host = board(STORM)
    told = host.wait_for(r"storm: heard (\d+) lost (\d+)")
    assert int(told[1]) + int(told[2]) == 10000
    host.wait_for("last heard: 9999")
    assert re.search(r"listener is too slow: \d+ of its events lost so far", host.output)
    assert host.output.count("is too slow") < 100  # the log is no storm itself
    assert serves(host)["listener"] == "running"
    assert host.control.pin(LED)["level"] == 1
    restart(host)


FULL = """
import os
from modcore import Module, log
from modcore.fiber import sleep_ms

def fill():
    # Names that need no block of their own come last
    for number in range(3):
        try:
            with open("/fill%d" % number, "wb") as file:
                while True:
                    file.write(bytes(4096 if number == 0 else 64))
                    file.flush()
        except OSError:
            pass

class Filler(Module):
    subscribe = ("healthy",)
    async def on_event(self, event):
        logger = log.get("filler")
        if "fill0" in os.listdir("/"):
            return  # the second start
        fill()
        try:
            await self.modc.configure("interval", {"blink%d" % i: {"every_ms": 5000 + i} for i in range(200)})
            print("saved?")
        except OSError as exc:
            logger.error("%s", exc)
        for number in range(300):
            logger.info("line %d of many that make the log turn over to its next file", number)
            await sleep_ms(0)
        await sleep_ms(1500)
        print("interval is", open("/etc/interval.json").read())
        for number in range(3):
            os.remove("/fill%d" % number)
        await self.modc.configure("interval", {"blink": {"every_ms": 4000}})
        print("now it is", open("/etc/interval.json").read())
        logger.error("there is room again")
        print("the log has it:", "there is room again" in open("/log/device.log").read())
"""


def test_a_full_file_system(make_host):
    interval = {"blink": {"every_ms": 3000}}
    etc = ETC | {
        "interval": interval,
        "log": {"sinks": ["logfile"]},
        "logfile": {"size": 2048, "count": 2, "flush_s": 1},
    }
    files = {f"/etc/{name}.json": json.dumps(values) for name, values in etc.items()}
    files["/apps/faulty.py"] = FULL
    host = make_host(files=files).start()
    switch_on(host)
    kept = host.wait_for(r"interval is (.*?)\r?\n")
    assert json.loads(kept[1]) == interval
    line = "etc/interval.json: not saved: the file system is full, remove files"
    assert line in host.output
    assert "saved?" not in host.output
    assert re.search(r"/log/device.log: \d+ lines lost; is the file system full\?", host.output)
    now = host.wait_for(r"now it is (.*?)\r?\n")
    assert json.loads(now[1]) == {"blink": {"every_ms": 4000}}
    host.wait_for("the log has it: True")
    assert serves(host)["interval"] == "running"
    restart(host)


ITEMS = ("pin", "interval", "timeout", "alarm", "button", "counter", "adc")
MODULES = (
    *("power", "watchdog", "wlan", "softap", "ntp", "sdcard", "gc", "metrics", "webrepl"),
    *("windup", "sysinfo", "log", "plugins"),
)


@pytest.mark.parametrize("wrong", ["malformed", "unknown"])
def test_every_file_of_the_configuration_is_wrong_at_once(make_host, wrong):
    files = {}
    for name in ITEMS + MODULES:
        text = '{"port": 80,, "' if wrong == "malformed" else '{"colour": "red"}'
        files[f"/etc/{name}.json"] = (
            '{"x": {"colour": "red"}}' if wrong == "unknown" and name in ITEMS else text
        )
    files["/etc/secrets.json"] = '{"port"' if wrong == "malformed" else '{"colour": 1}'
    host = make_host(files=files).start()
    for name in ITEMS + MODULES:
        path = re.escape(f"etc/{name}.json")
        if wrong == "malformed":
            assert re.search(path + " is not JSON; falling back. Mend or remove it", host.output)
        else:
            assert re.search(path + "(: x)?: unknown key 'colour'; known are ", host.output), name
    if wrong == "malformed":
        assert re.search("etc/secrets.json is not JSON; falling back", host.output)
    states = serves(host)
    assert states["windup"] == states["pin"] == states["ntp"] == "running"
    # What a mistake hides from the device is not lost: it is mended on the device itself
    text = host.mpremote("exec", "print(open('/etc/pin.json').read())").strip()
    assert text == files["/etc/pin.json"]
