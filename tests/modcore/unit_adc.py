"""Analogue inputs."""

from check import raises
from fake_machine import Board
from modcore import log


class Converter:
    level = 0
    readings = 0

    def __init__(self, channel, atten=None):
        if channel == 7:
            raise ValueError("invalid pin")
        self.atten = atten
        Converter.last = self

    def read_u16(self):
        Converter.readings += 1
        return Converter.level + (Converter.readings % 2) * 10


class WithAttenuation(Converter):
    ATTN_11DB = 3
    ATTN_2_5DB = 1


def board(kind=Converter, **values):
    desk = Board("adc", "Adc")
    desk.machine.ADC = kind
    Converter.level = 1000
    log.console.held = True
    desk.start(level=values)
    log.console.held = False
    return desk


def test_a_value_is_the_scaled_average():
    desk = board(samples=4, scale=2.0, offset=-10.0)
    desk.run(0)
    assert desk.fired == [("level.value", 2000.0)]
    assert desk.module.value("level") == desk.event("adc", ("level",)) == 2000.0


def test_changes_within_the_hysteresis_are_not_told():
    desk = board(samples=2, hysteresis=100.0, interval_ms=50)
    desk.run(0)
    for level in (1050, 1100, 1000, 900, 899, 999, 1000):
        Converter.level = level
        desk.run(50)
    assert [value for _, value in desk.fired] == [1005.0, 904.0, 1005.0]


def test_attenuation():
    board(WithAttenuation, attenuation="2.5db", pin=5)
    assert Converter.last.atten == 1
    board(WithAttenuation)
    assert Converter.last.atten is None
    desk = board(attenuation="6db")
    assert "this chip has one attenuation only" in log.tail(1)[0][3]
    assert raises(ValueError, desk.module.value, "level")


def test_an_input_that_is_none_is_named():
    desk = board(pin=7)
    assert log.tail(1)[0][3] == "etc/adc.json: level: no analogue input 7: invalid pin"
    log.console.held = True
    assert desk.event("adc", ("level",)) is None
    assert desk.event("adc") is None
    log.console.held = False
