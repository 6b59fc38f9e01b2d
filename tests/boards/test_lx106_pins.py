"""machine.Pin, ADC and Timer on the emulated ESP8266."""

import re

import pytest
from sim import Sim

PROGRAM = """
import lx106, machine, time
from machine import ADC, Pin, Signal, Timer
p = Pin(4, Pin.IN, Pin.PULL_UP)
edges = []
p.irq(lambda p: edges.append(p.value()), Pin.IRQ_FALLING | Pin.IRQ_RISING)
lx106.drive(4, 0)
low = p.value()
time.sleep_ms(1)
lx106.drive(4, None)
time.sleep_ms(1)
print("pin", low, p(), edges)
led = Signal(2, Pin.OUT, invert=True)
led.on()
print("led", Pin(2).value(), led.value())
lx106.adc(250_000)
print("adc", ADC(0).read(), ADC(0).read_u16())
beats = []
t = Timer(-1)
t.init(period=20, callback=beats.append)
while len(beats) < 2: pass
time.sleep_ms(50)
t.deinit()
n = len(beats)
time.sleep_ms(50)
print("timer", n > 2, len(beats) == n)
for bad in (6, 17, 16):
    try:
        Pin(bad, Pin.IN, Pin.PULL_UP)
    except ValueError as e:
        print("bad", bad, e)
print("end")
"""


@pytest.fixture
def output(tmp_path):
    """What the program shows on a chip that starts with it."""
    sim = Sim(tmp_path, {"/main.py": PROGRAM}).start(ready=False)
    try:
        sim.wait_for(r"\bend\b")
        yield re.sub("\r", "", sim.output)
    finally:
        sim.stop()


def test_pins_adc_and_timers(output):
    assert "pin 0 1 [0, 1]" in output
    assert "led 0 1" in output
    assert "adc 256 16383" in output
    assert "timer True True" in output
    assert "bad 6 invalid pin\nbad 17 invalid pin\nbad 16 Pin(16) doesn't support pull" in output
