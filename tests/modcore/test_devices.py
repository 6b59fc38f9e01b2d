"""Device modules on a HOST board whose pins the test drives; time is simulated."""

import re

import pytest

CHIPS = {"esp32": (64, "esp32"), "esp8266": (32, "esp8266")}

# Starts the module under test with the configuration ITEMS or VALUES, and prints every event.
PROGRAM = """
import gc
from modcore import Controller, Module
IMPORT

class Printer(Module):
    subscribe = ("*",)
    queue = 100

    def on_event(self, event):
        print("event", event.name, event.data)

class Ready(Module):
    def start(self):
        print("ready")

modc = Controller()
load = modc.load

def configured(module):
    given = CONFIG.get(module.name)
    if given is None:
        return load(module)
    if module.items:
        return {id: filled(module.items, item) for id, item in given.items()}
    return filled(module.schema, given)

def filled(rows, given):
    values = {key: {"dict": {}, "list": []}.get(kind, default) for key, kind, default, _, _ in rows}
    values.update(given)
    return values

modc.load = configured
modc.add(Printer())
"""
END = """
modc.add(Ready())
modc.run()
"""


def program(imports, config, body):
    head = PROGRAM.replace("IMPORT", imports).replace("CONFIG", repr(config))
    return head + body + END


@pytest.fixture(params=CHIPS)
def board(request, make_host):
    """A function that starts a board with modules, `held`: time passes by `step` alone."""
    bits, profile = CHIPS[request.param]

    def start(imports, config, body, held=True):
        text = program(imports, config, body)
        host = make_host(bits=bits, profile=profile, files={"/main.py": text})
        host.start("--fast-clock", ready=False)
        host.wait_for("ready")
        if held:
            host.control.hold()
        return host

    start.profile = profile
    return start


def events(host, count, *names):
    """`NAME DATA` of the events fired so far whose names start with one of `names`, `count` or more of them."""
    either = "|".join(map(re.escape, names))
    host.wait_for(rf"(?m)^event ({either}).*\r?\n", count)
    lines = re.findall(r"^event (.*?)\r?$", host.output, re.MULTILINE)
    return [line.removesuffix(" None") for line in lines if line.startswith(names)]


def bounce(host, pin, level):
    """Come to `level` as a contact does, within 8 ms."""
    for ms in (1, 1, 2, 1, 1, 2):
        host.control.drive(pin, level)
        host.control.step(ms)
        level = 1 - level
    host.control.drive(pin, level)


def press(host, pin, ms):
    bounce(host, pin, 0)
    host.control.step(ms)
    bounce(host, pin, 1)


BUTTON = "from modcore.button import Button"


@pytest.fixture
def button(board):
    host = board(
        BUTTON,
        {"button": {"b": {"pin": 4, "long_ms": 800, "reset_ms": 5000}}},
        "modc.add(Button())",
    )
    host.control.drive(4, 1)
    host.control.step(100)
    return host


def test_a_click(button):
    press(button, 4, 100)
    button.control.step(1000)
    assert events(button, 3, "b.") == ["b.press", "b.release 108", "b.click"]


def test_a_double_click(button):
    press(button, 4, 100)
    button.control.step(150)
    press(button, 4, 100)
    button.control.step(1000)
    names = [event.split()[0] for event in events(button, 5, "b.")]
    assert names == ["b.press", "b.release", "b.press", "b.release", "b.double"]


def test_a_long_press_and_a_very_long_one(button):
    bounce(button, 4, 0)
    button.control.step(1000)
    assert events(button, 2, "b.") == ["b.press", "b.long"]
    button.control.step(5000)
    assert events(button, 3, "b.", "factory_reset")[2:] == ["factory_reset b"]
    button.wait_for("config: factory reset: /etc is empty now")
    button.wait_for("ready", count=2)  # it restarts


def test_a_thousand_pulses_at_500_hz_are_counted_exactly(board):
    host = board(
        "from modcore.counter import Counter",
        {"counter": {"flow": {"pin": 5, "scale": 0.5}}},
        "modc.add(Counter())",
    )
    host.control.drive(5, 1)
    host.control.step(1)
    host.control.pulses(5, 1000, 500)
    for _ in range(5):
        host.control.step(1000)
    host.wait_for(r"flow.rate \(0.0, 500.0\)")
    rates = [eval(event.split(" ", 1)[1]) for event in events(host, 2, "flow.rate")]
    assert rates[-1] == (0.0, 500.0)
    assert max(rate for rate, _ in rates) == pytest.approx(250, abs=2)


def test_an_analogue_value_is_told_beyond_its_hysteresis(board):
    pin = 0 if board.profile == "esp8266" else 34
    full = 1_000_000 if board.profile == "esp8266" else 3_300_000
    host = board(
        "from modcore.adc import Adc",
        {
            "adc": {
                "level": {"pin": pin, "interval_ms": 100, "scale": 100 / 65535, "hysteresis": 5.0}
            }
        },
        "modc.add(Adc())",
    )
    host.control.step(1)
    events(host, 1, "level.value")
    for percent in (50, 53, 48, 60, 56, 50):
        host.control.adc(pin, full * percent // 100)
        host.control.step(200)
    told = [float(event.split()[1]) for event in events(host, 4, "level.value")]
    assert len(told) == 4
    assert told[1:] == pytest.approx([50, 60, 50], abs=4)


PIN = "from modcore.pin import Pin"
PINS = {"pin": {"led": {"pin": 4}, "relay": {"pin": 5, "inverted": True, "initial": "on"}}}


def test_outputs_are_driven_by_events_and_off_after_the_end(board):
    body = """
class Bad(Module):
    def stop(self):
        raise ValueError("no")

modc.add(Pin())
modc.add(Bad())
class User(Module):
    def run(self):
        self.fire("pin", ("led", "on"))
        yield 1000
        self.fire("pin", ("relay", "off", "500"))
        yield 2000
        self.modc.shutdown()
modc.add(User())
"""
    host = board(PIN, PINS, body)
    host.control.step(1)
    assert host.control.pin(4)["level"] == 1
    assert host.control.pin(5)["level"] == 0
    host.control.step(1200)
    assert host.control.pin(5)["level"] == 1
    host.control.step(500)
    assert host.control.pin(5)["level"] == 0
    host.control.step(2000)
    host.control.run()
    host.wait_for("bad failed in stop")
    host.wait_for(">>> ")
    assert host.control.pin(4)["level"] == 0
    assert host.control.pin(5)["level"] == 1


def test_outputs_are_off_when_a_module_is_restarted(board):
    body = """
modc.add(Pin())
class User(Module):
    async def run(self):
        modc.modules["pin"].on("led")
        await modc.restart("pin")
        print("restarted", modc.modules["pin"].value("led"))
modc.add(User())
"""
    host = board(PIN, PINS, body, held=False)
    host.wait_for("restarted 0")
    assert host.control.pin(4)["level"] == 0


def test_an_input_tells_its_changes(board):
    config = {"pin": {"door": {"pin": 4, "mode": "in", "events": True}}}
    host = board(PIN, config, "modc.add(Pin())")
    for level in (1, 0):
        host.control.drive(4, level)
        host.control.step(5)
    assert events(host, 2, "door.")[-2:] == ["door.change 1", "door.change 0"]


def test_the_watchdog_names_who_hangs_and_resets(board):
    body = """
from modcore import retained
modc.add(Watchdog())
class Hog(Module):
    def run(self):
        yield 1000
        if modc.modules["watchdog"].culprit is None:
            import time
            while True:
                time.ticks_ms()
modc.add(Hog())
"""
    host = board(
        "from modcore.watchdog import Watchdog", {"watchdog": {"warn_ms": 1000}}, body, held=False
    )
    host.wait_for("hog has let nobody else run for 1[0-9]{3} ms")
    host.wait_for("the watchdog reset the device in hog")
    host.wait_for("ready", count=2)


def test_a_deep_sleep_ends_by_time(board):
    body = """
import machine
from modcore.chip import reset_cause
print("cause:", reset_cause())
modc.add(Power())
class User(Module):
    async def run(self):
        if reset_cause() != "deep sleep":
            self.fire("deepsleep", ("3600",))
    def stop(self):
        print("user stopped")
modc.add(User())
"""
    host = board(
        "from modcore.power import Power", {"power": {"longest_s": 1500}}, body, held=False
    )
    host.wait_for("asleep until 3600 s are over")
    host.wait_for("user stopped")
    host.wait_for("cause: deep sleep", count=3)  # an hour is two sleeps of 25 minutes and one of 10
    host.wait_for("ready", count=2)


SLEEPER = """
import machine
from modcore.chip import reset_cause, wake_reason
print("woken:", reset_cause(), wake_reason())
modc.add(Pin())
modc.add(Power())
class User(Module):
    subscribe = ("power.wake",)
    slept = False
    def run(self):
        modc.modules["pin"].on("led")
        while not IS_READY:
            yield 100
        if wake_reason() is None and not self.slept:
            self.slept = True
            self.fire(ACTION)
    def on_event(self, event):
        self.modc.modules["pin"].on("led")
        print("awake after", event.data)
modc.add(User())
"""
POWER = "from modcore.pin import Pin\nfrom modcore.power import Power"
WAKE_PIN = {"pin": {"led": {"pin": 4}}, "power": {"wake_pin": 33, "wake_level": "low"}}


def sleeper(make_host, action):
    body = SLEEPER.replace("ACTION", action).replace("IS_READY", "machine.Pin(33).value()")
    host = make_host(files={"/main.py": program(POWER, WAKE_PIN, body)})
    host.start("--fast-clock", ready=False)
    host.wait_for("ready")
    host.control.drive(33, 1)
    host.wait_for("asleep until")
    return host


def test_a_deep_sleep_ends_by_pin(make_host):
    host = sleeper(make_host, '"deepsleep"')
    host.control.drive(33, 0)
    host.wait_for("woken: deep sleep pin")
    host.wait_for("ready", count=2)


def test_a_light_sleep_ends_by_pin_with_outputs_off_meanwhile(make_host):
    host = sleeper(make_host, '"sleep"')
    assert host.control.pin(4)["level"] == 0
    host.control.drive(33, 0)
    host.wait_for("awake after pin")
    assert "woken: deep sleep" not in host.output


def test_a_light_sleep_ends_by_time(board):
    body = SLEEPER.replace("ACTION", '"sleep", (60,)').replace("IS_READY", "True")
    config = {"pin": WAKE_PIN["pin"], "power": {"longest_light_s": 25}}
    host = board(POWER, config, body, held=False)
    host.wait_for("awake after (timer|None)")
    host.control.hold()
    assert host.control.pin(4)["level"] == 1


def test_an_esp8266_cannot_be_woken_by_a_pin(make_host):
    body = SLEEPER.replace("ACTION", '"deepsleep"').replace("IS_READY", "True")
    text = program(POWER, WAKE_PIN, body)
    host = make_host(bits=32, profile="esp8266", files={"/main.py": text})
    host.start("--fast-clock", ready=False)
    host.wait_for("cannot sleep: etc/power.json: wake_pin: this chip is woken by time alone")
