"""GPIOs by name."""

from check import raises
from fake_machine import GPIOS, Board
from modcore import log


def board(**items):
    board = Board("pin", "Pin", "pins")
    log.console.held = True
    try:
        board.start(**items)
    finally:
        log.console.held = False
    return board


def levels(number):
    return GPIOS[number].history


def quietly(function, *args):
    log.console.held = True
    try:
        return function(*args)
    finally:
        log.console.held = False


def logged():
    return log.tail(1)[0][3]


def test_an_output_follows_its_commands_and_its_polarity():
    pins = board(led={"pin": 2}, relay={"pin": 4, "inverted": True}).module
    assert GPIOS[2].level == 0 and GPIOS[4].level == 1
    pins.on("led")
    pins.on("relay")
    assert GPIOS[2].level == 1 and GPIOS[4].level == 0
    assert pins.value("led") == pins.value("relay") == 1
    pins.toggle("relay")
    assert GPIOS[4].level == 1
    pins.off("led")
    assert GPIOS[2].level == 0


def test_an_output_has_its_initial_level_from_the_first_moment():
    board(
        relay={"pin": 4, "inverted": True},
        fan={"pin": 5, "initial": "on"},
        lock={"pin": 6, "initial": "keep"},
    )
    assert 0 not in levels(4)
    assert 0 not in levels(5)
    assert levels(6) == []


def test_outputs_have_their_level_of_stop_when_the_module_stops():
    pins = board(
        a={"pin": 1},
        b={"pin": 2, "inverted": True, "mode": "open_drain"},
        c={"pin": 3, "stop": "keep"},
        d={"pin": 4, "stop": "on"},
    ).module
    for id in "abc":
        pins.on(id)
    pins.stop()
    assert [GPIOS[n].level for n in (1, 2, 3, 4)] == [0, 1, 1, 1]


def test_events_drive_and_read():
    desk = board(led={"pin": 2}, door={"pin": 3, "mode": "in"})
    assert desk.event("pin", ("led", "on")) == 1
    assert desk.event("pin", ("led", "toggle")) == 0
    assert desk.event("pin", ["led", "toggle"]) == 1
    assert desk.event("pin", ("led", "off")) == 0
    assert desk.event("pin", ("door", "value")) == 0
    for data in (None, (), ("led",), ("led", "blink"), ("door", "on"), ("x", "on")):
        assert quietly(desk.event, "pin", data) is None, data
        assert logged().startswith("event pin")
    for ms in ("0.5", "-1", "86400001", "x", None):
        assert quietly(desk.event, "pin", ("led", "on", ms)) is None, ms
    assert GPIOS[2].level == 0


def test_a_pulse_ends_and_a_command_in_between_ends_it():
    desk = board(led={"pin": 2})
    desk.event("pin", ("led", "on", "500"))
    desk.run(499)
    assert GPIOS[2].level == 1
    desk.run(1)
    assert GPIOS[2].level == 0
    desk.event("pin", ("led", "on", "500"))
    desk.run(100)
    desk.event("pin", ("led", "on"))
    desk.run(1000)
    assert GPIOS[2].level == 1
    desk.event("pin", ("led", "toggle", 50))
    desk.run(49)
    assert GPIOS[2].level == 0
    desk.run(1)
    assert GPIOS[2].level == 1
    assert desk.idle()


def test_an_input_tells_when_it_changed():
    desk = board(door={"pin": 3, "mode": "in", "inverted": True, "events": True})
    desk.drive(3, 1)
    desk.drive(3, 0)
    assert desk.fired == [("door.change", 0), ("door.change", 1)]
    desk.fired.clear()
    desk.drive(3, 1, loop=False)
    desk.drive(3, 0, loop=False)
    desk.run(0)
    assert desk.fired == []
    desk.module.stop()
    desk.drive(3, 1)
    assert desk.fired == []


def test_only_items_can_be_driven():
    pins = board(led={"pin": 2}, door={"pin": 3, "mode": "in"}).module
    assert "has no '4'; it has" in str(raises(ValueError, pins.on, "4"))
    assert "is an input" in str(raises(ValueError, pins.on, "door"))
    assert 4 not in GPIOS


def test_any_allows_numbers_and_switches_them_off_too():
    pins = board(any={"inverted": True}, led={"pin": 2}, door={"pin": 3, "mode": "in"}).module
    pins.on("4")
    pins.on(5)
    assert GPIOS[4].level == GPIOS[5].level == 0
    pins.on("2")  # which is the led, and not inverted
    assert GPIOS[2].level == 1
    assert "is an input" in str(raises(ValueError, pins.on, "3"))
    assert "no GPIO" in str(quietly(raises, ValueError, pins.on, "77"))
    assert raises(ValueError, pins.on, "-1")
    pins.stop()
    assert [GPIOS[n].level for n in (2, 4, 5)] == [0, 1, 1]


def test_what_is_wrong_with_an_item_is_logged_and_the_others_work():
    pins = board(a={}, led={"pin": 2}).module
    assert logged() == "etc/pin.json: a: pin is missing; give the GPIO number"
    pins.on("led")
    board(a={"pin": 99})
    assert logged() == "etc/pin.json: a: GPIO 99: invalid pin"
    board(a={"pin": 16, "mode": "in", "events": True})
    assert "GPIO 16 cannot tell changes" in logged()


def test_a_pull_that_the_chip_lacks_is_named():
    desk = Board("pin", "Pin", "pins")
    desk.machine.Pin = PullUpOnly
    quietly(lambda: desk.start(a={"pin": 2, "pull": "down"}))
    assert logged() == "etc/pin.json: a: pull: this chip has no pull-down; fit a resistor outside"


class PullUpOnly:
    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_UP = 2
