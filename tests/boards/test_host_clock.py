"""The HOST board's fast clock, timers, watchdog, sleep and reset causes."""

import re
import socket

import pytest

CHIPS = {"esp32": (64, "esp32"), "esp8266": (32, "esp8266")}


@pytest.fixture(params=CHIPS)
def chip(request, make_host):
    """A function that starts a board with a program of the user's; time is fast."""
    bits, profile = CHIPS[request.param]

    def start(program, *options):
        host = make_host(bits=bits, profile=profile, files={"/main.py": program})
        return host.start("--fast-clock", *options, ready=False)

    return start


MONTH = """
import time
from machine import Timer
beats = [0]
def beat(timer):
    beats[0] += 1
Timer(TIMER).init(period=10_000, callback=beat)
start = time.ticks_us(), time.time()
while beats[0] < 259_200:
    time.sleep(10)
print("month", beats[0], time.time() - start[1], time.localtime()[:5])
"""


@pytest.mark.parametrize("timer", ["Timer(0)", "Timer(-1)"])
def test_a_month_of_timers(make_host, timer):
    bits, profile = CHIPS["esp32" if timer == "Timer(0)" else "esp8266"]
    program = MONTH.replace("Timer(TIMER)", "t = " + timer)
    host = make_host(bits=bits, profile=profile, files={"/main.py": program})
    host.start("--fast-clock", ready=False)
    host.wait_for(r"month 25920[01] 25920[01]\d \(2000, 1, 31, 0, 0\)")


def test_it_is_the_same_in_every_run(chip):
    program = (
        "import asyncio, time\nfrom machine import Timer\n"
        "t = Timer(0)\nt.init(period=7, callback=lambda t: marks.append(time.ticks_us()))\nmarks = []\n"
        "async def main():\n for i in range(5):\n  await asyncio.sleep_ms(11)\n  marks.append(time.ticks_us())\n"
        "asyncio.run(main())\nt.deinit()\nprint('marks', marks)\n"
    )
    host = chip(program)
    first = host.wait_for(r"marks (.+)\]")[1]
    for _ in range(3):
        host.stop()
        host.start("--fast-clock", ready=False)
        assert host.wait_for(r"marks (.+)\]")[1] == first


def test_the_clock_is_read_set_held_and_stepped(chip):
    host = chip(
        "import time\nprint('ready')\nwhile True:\n time.sleep_ms(250)\n print('t', time.time())\n"
    )
    host.wait_for("ready")
    host.control.hold()
    before = host.control.clock()
    assert before["state"] == "hold"
    host.control.step(60_000)
    after = host.control.clock()
    assert after["ticks_us"] - before["ticks_us"] == 60_000_000
    assert host.control.clock() == after
    host.control.set_rtc(800_000_000)
    host.control.step(1_000)
    host.wait_for("t 800000000")
    host.wait_for("t 80000000[01]", count=3)
    assert "t 800000002" not in host.output
    host.control.run()
    host.wait_for("t 800000100")


def test_a_busy_loop_gets_on(chip):
    host = chip(
        "import time\nfrom machine import Timer\nt = time.ticks_ms()\n"
        "while time.ticks_diff(time.ticks_ms(), t) < 50: pass\nprint('waited')\ndone = []\n"
        "timer = Timer(1)\ntimer.init(mode=Timer.ONE_SHOT, period=400, callback=done.append)\n"
        "while not done: pass\nprint('done', done == [timer])\n"
    )
    host.wait_for("waited")
    host.wait_for("done True")


ECHO = """
import socket
s = socket.socket()
s.bind(socket.getaddrinfo("127.0.0.1", %d)[0][-1])
s.listen(1)
print("ready")
c, _ = s.accept()
c.settimeout(3600)
total = 0
while total < 30:
    total += len(c.recv(10))
c.send(b"thirty")
print("heard", total)
"""


def test_a_client_that_talks_is_not_timed_out(chip, unused_port):
    host = chip(ECHO % unused_port, "--fast-clock=2000")
    host.wait_for("ready")
    with socket.create_connection(("127.0.0.1", unused_port), 60) as client:
        for _ in range(3):
            client.sendall(b"0123456789")
            host.control.pin(0)
        assert client.recv(10) == b"thirty"
    host.wait_for("heard 30")


def test_a_silent_client_is_timed_out_at_once(chip, unused_port):
    host = chip(ECHO % unused_port)
    host.wait_for("ready")
    with socket.create_connection(("127.0.0.1", unused_port), 60):
        host.wait_for("ETIMEDOUT")


@pytest.fixture
def unused_port():
    """A TCP port that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_the_dashboard_serves_while_time_is_fast(make_host):
    host = make_host().start("--fast-clock")
    for _ in range(5):
        assert host.get("/api/v1/status").status_code == 200
    assert host.stop() == 0


def test_timers_in_real_time(make_host):
    program = (
        "from machine import Timer\nimport time\nn = []\n"
        "a = Timer(3, mode=Timer.PERIODIC, freq=100.0, callback=lambda t: n.append(t))\n"
        "while len(n) < 3: pass\na.deinit()\nk = len(n)\ntime.sleep_ms(50)\n"
        "b = Timer(2, mode=Timer.ONE_SHOT, period=5, callback=lambda t: print('shot', t))\n"
        "time.sleep_ms(50)\nprint('end', len(n) == k, b.value() >= 0)\n"
        "try:\n Timer(4)\nexcept ValueError as e:\n print(e)\n"
    )
    host = make_host(files={"/main.py": program}).start(ready=False)
    host.wait_for(r"shot Timer\(2, mode=ONE_SHOT, period=5\)")
    host.wait_for("end True True")
    host.wait_for("invalid Timer number")
    assert host.output.count("shot") == 1


def test_a_timer_that_an_esp8266_has_lost_stops(make_host):
    program = (
        "from machine import Timer\nimport gc, time\nlost = []\nkept = []\n"
        "def lose(depth):\n if depth:\n  lose(depth - 1)\n else:\n  Timer(-1).init(period=500, callback=lost.append)\n"
        "keep = Timer(-1)\nkeep.init(period=500, callback=kept.append)\n"
        "lose(20)\ngc.collect()\ntime.sleep_ms(1250)\nprint('calls', len(kept), len(lost))\n"
    )
    host = make_host(bits=32, profile="esp8266", files={"/main.py": program})
    host.start("--fast-clock", ready=False)
    host.wait_for("calls 2 0")


# The program counts its lives in the RTC's memory and says why it runs.
LIVES = """
import machine, time
rtc = machine.RTC()
life = len(rtc.memory()) + 1
rtc.memory(b"x" * life)
cause = {getattr(machine, k): k for k in dir(machine) if k.endswith("_RESET")}
print("life", life, cause.get(machine.reset_cause()), getattr(machine, "wake_reason", int)())
"""


def test_every_cause_of_a_reset(chip):
    esp32 = {
        1: "PWRON_RESET",
        2: "HARD_RESET",
        3: "WDT_RESET",
        4: "DEEPSLEEP_RESET",
        5: "PWRON_RESET",
        6: "PWRON_RESET",
    }
    esp8266 = esp32 | {2: "SOFT_RESET", 6: "HARD_RESET"}
    host = chip(
        LIVES + "if life == 1: machine.reset()\n"
        "if life == 2:\n machine.WDT(timeout=5000)\n while True: time.sleep(60)\n"
        "if life == 3: machine.deepsleep(3_600_000)\nprint('stays', life)\n"
    )
    host.wait_for("stays 4")
    host.control.brownout()
    host.wait_for("stays 5")
    host.control.reset()
    host.wait_for("stays 6")
    lives = dict(re.findall(r"life (\d) (\w+)", host.output))
    names = esp8266 if "i686" in host.output else esp32
    assert lives == {str(life): name for life, name in names.items()}


def test_deep_sleep_takes_its_time(chip):
    host = chip(LIVES + "if life == 1: machine.deepsleep(86_400_000)\nprint('up', time.time())")
    assert host.wait_for(r"up (\d+)")[1] == "86400"


def test_alarm_of_an_esp8266_ends_deep_sleep(make_host):
    program = LIVES + (
        "if life == 1:\n rtc.irq(trigger=rtc.ALARM0, wake=machine.DEEPSLEEP)\n"
        " rtc.alarm(rtc.ALARM0, 7_000)\n print(rtc.alarm_left() // 1000)\n machine.deepsleep()\n"
        "print('up', time.time())"
    )
    host = make_host(bits=32, profile="esp8266", files={"/main.py": program})
    host.start("--fast-clock", ready=False)
    assert host.wait_for(r"up (\d+)")[1] in ("6", "7")


@pytest.mark.parametrize(
    ("wake", "reason"),
    [
        ("esp32.wake_on_ext0(machine.Pin(4, machine.Pin.IN, machine.Pin.PULL_UP), 0)", 2),
        ("machine.Pin(4, pull=2)\nesp32.wake_on_ext1((4,), esp32.WAKEUP_ALL_LOW)", 3),
        ("machine.Pin(4, pull=2).irq(trigger=machine.Pin.WAKE_LOW, wake=machine.DEEPSLEEP)", 2),
    ],
)
def test_a_pin_ends_deep_sleep(make_host, wake, reason):
    program = LIVES + f"import esp32\n{wake}\nif life < 3: machine.deepsleep(LIFE)\nprint('up')"
    host = make_host(files={"/main.py": program.replace("LIFE", "50_000 if life == 1 else 10**9")})
    host.start("--fast-clock", ready=False)
    host.wait_for("life 2 DEEPSLEEP_RESET 4")
    host.stop()
    with_hold = program.replace("LIFE", "10**9").replace("life < 3", "life < 2")
    host = make_host(files={"/main.py": "import time\ntime.sleep(5)\n" + with_hold})
    host.start(ready=False)
    host.wait_for("life 1 PWRON_RESET 0")
    while host.control.pin(4)["mode"] != "unused":
        pass
    host.control.press(4, 500)
    host.wait_for(f"life 2 DEEPSLEEP_RESET {reason}")
    host.wait_for("up")


def test_light_sleep_ends_by_time_or_pin(make_host):
    program = (
        "import machine, esp32, time\np = machine.Pin(4, machine.Pin.IN, machine.Pin.PULL_UP)\n"
        "t = time.ticks_ms()\nmachine.lightsleep(5000)\n"
        "print('first', machine.wake_reason(), time.ticks_diff(time.ticks_ms(), t))\n"
        "esp32.wake_on_ext0(p, 0)\nmachine.lightsleep()\nprint('second', machine.wake_reason())\n"
    )
    host = make_host(files={"/main.py": program}).start("--fast-clock", ready=False)
    host.wait_for("first 4 500[01]")
    host.control.press(4, 100)
    host.wait_for("second 2")
    for bad in ("esp32.wake_on_ext0(5, 0)", "esp32.wake_on_ext1((34, 5), 1)"):
        code = f"import esp32\ntry:\n {bad}\nexcept ValueError as e:\n print(e)"
        assert host.mpremote("exec", code).strip() == "invalid pin"


def test_the_watchdog_goes_by_the_fast_clock(chip):
    host = chip(
        LIVES
        + "w = machine.WDT(timeout=5000)\nfor _ in range(100):\n time.sleep_ms(4999)\n w.feed()\n"
        "print('fed')\nif life == 1:\n while True: pass\ntime.sleep(6)\nprint('not reached')\n"
    )
    host.wait_for("watchdog reset", count=2)
    assert "not reached" not in host.output
    host.wait_for("fed", count=2)


def test_an_esp8266s_watchdog_has_one_time_out(make_host):
    program = "import machine\ntry:\n machine.WDT(timeout=1000)\nexcept ValueError:\n print('no')"
    host = make_host(bits=32, profile="esp8266", files={"/main.py": program}).start(ready=False)
    host.wait_for("no")


def test_the_rtc_of_each_chip(make_host):
    program = (
        "import machine, time\nr = machine.RTC()\n"
        "r.datetime((2026, 3, 29, 6, 1, 59, 59, 500))\nprint('sub', r.datetime()[7])\n"
        "r.memory(b'kept')\nprint(r.memory(), hasattr(r, 'init'), hasattr(r, 'alarm'))\n"
        "time.sleep_ms(600)\nprint(time.localtime()[:6])\n"
    )
    host = make_host(files={"/main.py": program}).start("--fast-clock", ready=False)
    host.wait_for(r"sub 50\d\b")
    host.wait_for(r"b'kept' True False")
    host.wait_for(r"\(2026, 3, 29, 1, 59, 59\)|\(2026, 3, 29, 2, 0, 0\)")
    host = make_host(bits=32, profile="esp8266", files={"/main.py": program})
    host.start("--fast-clock", ready=False)
    host.wait_for(r"sub 500\b")
    host.wait_for(r"b'kept' False True")
    host.wait_for(r"\(2026, 3, 29, 2, 0, 0\)")


def test_a_real_clock_is_not_held(make_host):
    host = make_host().start()
    assert host.control.clock()["state"] == "real"
    with pytest.raises(Exception, match="start the loader with --fast-clock"):
        host.control.hold()
