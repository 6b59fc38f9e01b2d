"""The HOST board's pins, from both sides: the program's and the world's."""

import time

import pytest
from control import ControlError

# name, word size and profile: an ESP32 and an ESP8266.
CHIPS = {"esp32": (64, "esp32"), "esp8266": (32, "esp8266")}


@pytest.fixture(params=CHIPS)
def chip(request, make_host):
    """A function that starts a board with a program of the user's; time is fast."""
    bits, profile = CHIPS[request.param]

    def start(program, *options):
        host = make_host(bits=bits, profile=profile, files={"/main.py": program})
        host.profile = profile
        host.start("--fast-clock", *options, ready=False)
        host.wait_for("ready")
        return host

    return start


# Prints what it is asked for on the console, and lets the world go on meanwhile.
ASKED = """
import machine, time
from machine import Pin
print("ready")
"""

WAITS = """
print("ready")
while True:
    time.sleep(1)
"""


def run(host, code):
    """What `code` prints on the board."""
    return host.mpremote("exec", "from machine import *\nimport machine, time\n" + code).split()


def test_pins_that_exist(chip):
    host = chip(ASKED)
    code = (
        "found = []\nfor n in range(-1, 45):\n try:\n  Pin(n)\n  found.append(str(n))\n"
        " except ValueError:\n  pass\nprint(*found)"
    )
    absent = {20, 24, 28, 29, 30, 31} if host.profile == "esp32" else {6, 7, 8, 11}
    last = 39 if host.profile == "esp32" else 16
    assert run(host, code) == [str(n) for n in range(last + 1) if n not in absent]


def test_an_output_is_seen_outside(chip):
    host = chip(ASKED)
    run(host, "Pin(4, Pin.OUT, value=1)")
    assert host.control.pin(4)["level"] == 1
    run(host, "p = Pin(4)\np.toggle()")
    assert host.control.pin(4)["level"] == 0
    run(host, "Pin(4).on()")
    assert host.control.pin(4)["mode"] == "out"
    assert host.control.pin(4)["level"] == 1
    run(host, "Pin(4)(0)")
    assert host.control.pin(4)["level"] == 0


def test_an_input_sees_the_outside(chip):
    host = chip(ASKED)
    assert run(host, "print(Pin(4, Pin.IN, Pin.PULL_UP).value())") == ["1"]
    host.control.drive(4, 0)
    assert run(host, "print(Pin(4)())") == ["0"]
    host.control.drive(4, "z")
    assert run(host, "print(Pin(4).value())") == ["1"]
    assert run(host, "print(Pin(4, Pin.IN, None).value())") == ["0"]


def test_open_drain_shares_its_line(chip):
    host = chip(ASKED)
    run(host, "Pin(5, Pin.OPEN_DRAIN, Pin.PULL_UP, value=1)")
    assert host.control.pin(5)["level"] == 1
    host.control.drive(5, 0)
    assert run(host, "print(Pin(5).value())") == ["0"]
    host.control.drive(5, 1)
    run(host, "Pin(5).off()")
    assert host.control.pin(5)["level"] == 0


def test_a_signal_is_a_pin_upside_down(chip):
    host = chip(ASKED)
    assert run(host, "s = Signal(2, Pin.OUT, invert=True)\ns.on()\nprint(s.value())") == ["1"]
    assert host.control.pin(2)["level"] == 0
    assert run(host, "s = Signal(Pin(2), invert=True)\ns.off()\nprint(s())") == ["0"]
    assert host.control.pin(2)["level"] == 1


def test_what_an_esp32s_pins_cannot_do(make_host):
    host = make_host(files={"/main.py": ASKED}).start(ready=False)
    host.wait_for("ready")
    code = "try:\n Pin(34, Pin.OUT)\nexcept ValueError as e:\n print(e)"
    assert " ".join(run(host, code)) == "pin can only be input"
    assert run(host, "print(Pin(34, Pin.IN, Pin.PULL_UP).value())") == ["0"]
    assert run(host, "print(Pin(13, Pin.IN, Pin.PULL_DOWN).value())") == ["0"]
    assert host.control.pin(13)["pull"] == "down"


def test_what_an_esp8266s_pins_cannot_do(make_host):
    host = make_host(bits=32, profile="esp8266", files={"/main.py": ASKED}).start(ready=False)
    host.wait_for("ready")
    code = (
        "for f in (lambda: Pin(16, Pin.IN, Pin.PULL_UP), lambda: Pin(16).irq(print),"
        " lambda: Pin(4).irq(print, Pin.IRQ_RISING, hard=True), lambda: PWM(Pin(16)), lambda: ADC(2)):\n"
        " try:\n  f()\n  print('-')\n except (OSError, ValueError) as e:\n  print(type(e).__name__)\n"
        "print(hasattr(Pin, 'PULL_DOWN'), hasattr(machine, 'wake_reason'))"
    )
    assert run(host, code) == ["ValueError", "OSError", *["ValueError"] * 3, "False", "False"]


COUNTS = """
import time
from machine import Pin
count = [0, 0]
def edge(pin):
    count[pin.value()] += 1
p = Pin(4, Pin.IN, Pin.PULL_UP)
p.irq(edge, Pin.IRQ_RISING | Pin.IRQ_FALLING)
"""


def test_edges_interrupt_a_program_that_sleeps(chip):
    host = chip(COUNTS + WAITS + "    print('edges', *count)\n")
    with host.control.held():
        for _ in range(3):
            host.control.drive(4, 0)
            host.control.step(10)
            host.control.drive(4, 1)
            host.control.step(10)
        host.control.step(2000)
        host.wait_for("edges 3 3")


@pytest.mark.parametrize(
    "wait", ["while True: pass", "select.select([], [], [])", "time.sleep(1e6)"]
)
def test_edges_interrupt_whatever_the_program_does(make_host, wait):
    program = "import select, time\nfrom machine import Pin\n"
    program += "Pin(4, Pin.IN, Pin.PULL_UP).irq(lambda p: print('pressed', p), Pin.IRQ_FALLING)\n"
    host = make_host(files={"/main.py": program + "print('ready')\n" + wait}).start(ready=False)
    host.wait_for("ready")
    host.control.press(4, 10)
    host.wait_for(r"pressed Pin\(4\)")
    while host.control.pin(4)["level"] == 0:
        time.sleep(0.01)
    host.control.press(4, 10)
    host.wait_for("pressed", count=2)


def test_an_interrupt_that_is_switched_off_stays_off(chip):
    host = chip(COUNTS + "p.irq(None)\n" + WAITS + "    print('edges', *count)\n")
    host.control.press(4, 5)
    host.wait_for("edges 0 0", count=3)


def test_interrupts_wait_while_they_are_disabled(chip):
    host = chip(COUNTS + "import machine\n" + WAITS)
    code = (
        "import machine\nfrom machine import Pin\nn = []\np = Pin(5, Pin.OUT, value=0)\n"
        "p.irq(n.append, Pin.IRQ_RISING)\ns = machine.disable_irq()\n"
        "try:\n p.on()\n held = len(n)\nfinally:\n machine.enable_irq(s)\n"
        "for _ in range(9): pass\nprint(held, len(n))"
    )
    assert run(host, code) == ["0", "1"]


def test_a_flow_sensor_loses_no_pulse(chip):
    program = COUNTS.replace("count[pin.value()]", "count[0]").replace(
        "Pin.IRQ_RISING | Pin.IRQ_FALLING", "Pin.IRQ_RISING"
    )
    host = chip(program + WAITS + "    print('edges', count[0])\n")
    with host.control.held():
        host.control.pulses(4, 4500, 450)
        host.control.step(9999)
        assert host.control.pin(4)["outside"] == 0
        host.control.step(1001)
    host.wait_for("edges 4500$|edges 4500\r")
    host.wait_for("edges 4500", count=3)
    assert host.control.pin(4)["outside"] == "z"


def test_a_pulse_is_measured(chip):
    program = (
        "print('ready')\nfrom machine import time_pulse_us\nwhile True:\n    time.sleep_ms(1)\n"
    )
    program += "    us = time_pulse_us(Pin(4, Pin.IN), 1, 5000)\n    if us != -2: print('us', us)\n"
    host = chip("import time\nfrom machine import Pin\n" + program)
    with host.control.held():
        host.control.pulses(4, 3, 500)
    host.wait_for(r"us (99\d|100\d)\b")
    host.control.drive(4, 1)
    host.wait_for("us -1")


def test_adc_of_an_esp32(make_host):
    host = make_host(files={"/main.py": ASKED}).start(ready=False)
    host.wait_for("ready")
    host.control.adc(34, 1_650_400)
    code = "a = ADC(Pin(34))\nprint(a.read_u16(), a.read(), a.read_uv(), a)"
    assert run(host, code)[:3] == ["32776", "2048", "1650000"]
    code = "a = ADC(34, atten=ADC.ATTN_0DB)\nprint(a.read_u16(), a.read_uv())"
    assert run(host, code) == ["65535", "1100000"]
    code = "try:\n ADC(Pin(5))\nexcept ValueError as e:\n print(e)"
    assert " ".join(run(host, code)) == "invalid pin"


def test_adc_of_an_esp8266(make_host):
    host = make_host(bits=32, profile="esp8266", files={"/main.py": ASKED}).start(ready=False)
    host.wait_for("ready")
    assert run(host, "print(ADC(0).read())") == ["0"]
    host.control.adc(0, 500_000)
    assert run(host, "a = ADC(0)\nprint(a.read(), a.read_u16())") == ["512", "32767"]
    host.control.adc(0, 3_300_000)
    assert run(host, "print(ADC(0).read())") == ["1024"]


def test_pwm_is_seen_outside(chip):
    host = chip(ASKED)
    assert run(
        host, "p = PWM(Pin(4), freq=1000, duty_u16=16384)\nprint(p.freq(), p.duty_u16())"
    ) == [
        "1000",
        "16384",
    ]
    pin = host.control.pin(4)
    assert (pin["mode"], pin["freq"], pin["duty_u16"]) == ("pwm", 1000, 16384)
    run(host, "p = PWM(Pin(4), freq=500, duty=1023)\np.freq(100)")
    assert host.control.pin(4)["freq"] == 100
    assert host.control.pin(4)["duty_u16"] == 65535
    run(host, "PWM(Pin(4)).deinit()")
    assert host.control.pin(4)["mode"] == "out"
    assert host.control.pin(4)["level"] == 0


def test_a_reset_lets_go_of_the_pins_but_not_of_the_circuit(chip):
    host = chip("from machine import Pin\nPin(5, Pin.OUT, value=1)\n" + ASKED)
    host.control.drive(4, 1)
    assert host.control.pin(5)["level"] == 1
    host.mpremote("exec", "import os; os.remove('main.py')")
    host.control.reset()
    host.wait_for("bytes free")
    assert host.control.pin(5)["mode"] == "unused"
    assert host.control.pin(4)["level"] == 1


def test_bad_commands_say_what_to_do(chip):
    control = chip(ASKED).control
    for line, answer in {
        "pin 99 1": "pin wants a number from 0 to 39, not 99",
        "pin 11 1": "the chip has no pin 11" if "esp8266" in str(control.path) else "",
        "pin 4 2": "pin N is driven to 0 or 1, or left open with z",
        "pin": "pin wants more words; see loader --help",
        "pulses 4 10 0": "pulses wants a number from 1 to 100000, not 0",
        "fly": "there is no command fly; see loader --help",
        "": "an empty line; see loader --help",
        "clock back": "the clock knows set, hold, step and run",
    }.items():
        if answer:
            with pytest.raises(ControlError, match=answer):
                control.command(line)
    with pytest.raises(ControlError, match="at most 1022 bytes"):
        control.command("x" * 2000)
    control.close()
    assert control.pin(4)["level"] == 0
