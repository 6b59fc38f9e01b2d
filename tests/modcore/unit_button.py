"""Buttons, pressed by a finger that bounces."""

from fake_machine import GPIOS, Board
from modcore import log


def board(**values):
    desk = Board("button", "Button", "presses")
    values.setdefault("pin", 5)
    desk.start(b=values)
    desk.drive(5, 0 if values.get("active") == "high" else 1)
    desk.run(100)
    assert desk.idle() and desk.names() == []
    desk.fibers.clear()
    return desk


def bounce(desk, level, loop=True):
    """Come to `level` over 9 ms of bounces."""
    for wait in (1, 0, 2, 1, 0, 3, 1, 1):
        desk.drive(5, level, loop)
        level = 1 - level
        if loop:
            desk.run(wait)
        else:
            desk.us += wait * 1000
    desk.drive(5, level, loop)


def press(desk, ms, loop=True):
    bounce(desk, 0, loop)
    if loop:
        desk.run(ms)
    else:
        desk.us += ms * 1000
    bounce(desk, 1, loop)


def test_a_click():
    desk = board()
    press(desk, 100)
    desk.run(1000)
    assert [name for name, _ in desk.fired] == ["b.press", "b.release", "b.click"]
    assert desk.fired[1][1] == 109  # from where it was steady to where it was steady
    assert desk.idle()


def test_nothing_runs_while_nobody_presses():
    desk = board()
    desk.run(60000)
    assert desk.fibers == []


def test_a_click_need_not_wait_where_there_are_no_doubles():
    desk = board(double_ms=0)
    press(desk, 100)
    desk.run(50)
    assert desk.names() == ["b.press", "b.release", "b.click"]
    assert desk.idle()


def test_two_clicks_are_a_double():
    desk = board()
    press(desk, 80)
    desk.run(200)
    assert desk.names() == ["b.press", "b.release"]
    press(desk, 80)
    desk.run(1000)
    assert desk.names() == ["b.press", "b.release", "b.double"]
    assert desk.idle()


def test_clicks_far_apart_are_two():
    desk = board()
    for _ in range(2):
        press(desk, 80)
        desk.run(350)
    assert desk.names() == ["b.press", "b.release", "b.click"] * 2


def test_three_clicks_are_a_double_and_a_click():
    desk = board()
    for _ in range(3):
        press(desk, 60)
        desk.run(100)
    desk.run(1000)
    names = [name for name in desk.names() if name not in ("b.press", "b.release")]
    assert names == ["b.double", "b.click"]


def test_a_long_press_is_told_while_it_lasts_and_is_no_click():
    desk = board(long_ms=500)
    bounce(desk, 0)
    desk.run(480)
    assert desk.names() == ["b.press"]
    desk.run(40)
    assert desk.names() == ["b.long"]
    desk.run(5000)
    bounce(desk, 1)
    desk.run(1000)
    assert desk.names() == ["b.release"]
    assert desk.idle()


def test_a_click_before_a_long_press_is_not_lost():
    desk = board(long_ms=500)
    press(desk, 60)
    desk.run(100)
    press(desk, 700)
    desk.run(1000)
    names = [name for name in desk.names() if name not in ("b.press", "b.release")]
    assert names == ["b.click", "b.long"]


def test_a_very_long_press_asks_for_a_factory_reset():
    desk = board(long_ms=500, reset_ms=10000)
    bounce(desk, 0)
    desk.run(9950)
    assert desk.names() == ["b.press", "b.long"]
    desk.run(100)
    assert desk.fired == [("factory_reset", "b")]
    bounce(desk, 1)
    desk.run(1000)
    assert desk.names() == ["factory_reset", "b.release"]


def test_a_press_shorter_than_the_debounce_is_none():
    desk = board(debounce_ms=30)
    desk.drive(5, 0)
    desk.run(20)
    desk.drive(5, 1)
    desk.run(1000)
    assert desk.names() == []
    assert desk.idle()


def test_bounces_that_go_on_are_waited_for():
    desk = board(debounce_ms=30)
    for _ in range(50):
        desk.drive(5, 0)
        desk.run(10)
        desk.drive(5, 1)
        desk.run(10)
    assert desk.names() == []
    desk.drive(5, 0)
    desk.run(100)
    assert desk.names() == ["b.press"]


def test_active_high():
    desk = board(active="high")
    bounce(desk, 1)
    desk.run(100)
    assert desk.names() == ["b.press"]
    bounce(desk, 0)
    desk.run(1000)
    assert desk.names() == ["b.release", "b.click"]


def test_what_happens_while_the_loop_is_busy_is_told_afterwards():
    desk = board()
    press(desk, 100, loop=False)
    desk.us += 500000
    desk.run(1000)
    assert desk.fired == [("b.press", None), ("b.release", 118), ("b.click", None)]
    desk.fired.clear()
    press(desk, 900, loop=False)
    desk.us += 500000
    desk.run(1000)
    assert desk.names() == ["b.press", "b.long", "b.release"]


def test_clicks_that_a_busy_loop_sees_late_are_no_double():
    desk = board()
    press(desk, 100)
    desk.run(50)
    desk.us += 4000000
    bounce(desk, 0, loop=False)
    desk.us += 100000
    desk.run(100)
    bounce(desk, 1)
    desk.run(1000)
    names = [name for name in desk.names() if name not in ("b.press", "b.release")]
    assert names == ["b.click", "b.click"]


def test_the_time_of_a_press_does_not_count_the_loops_delay():
    desk = board()
    bounce(desk, 0)
    desk.run(100)
    bounce(desk, 1, loop=False)
    desk.us += 5000000
    desk.run(1000)
    assert desk.fired[1] == ("b.release", 109)


def test_each_button_has_its_own_time():
    desk = Board("button", "Button", "presses")
    desk.start(a={"pin": 4, "active": "high"}, b={"pin": 5, "active": "high", "long_ms": 200})
    desk.drive(4, 1)
    desk.run(100)
    desk.drive(5, 1)
    desk.run(300)
    desk.drive(4, 0)
    desk.drive(5, 0)
    desk.run(1000)
    names = desk.names()
    assert names == "a.press b.press b.long a.release b.release a.click".split()


def test_stop_and_start_again_in_the_middle_of_a_press():
    desk = board()
    bounce(desk, 0)
    desk.run(100)
    desk.module.stop()
    for fiber in desk.fibers:
        fiber.kill()
    assert GPIOS[5].handler is None
    desk.module.start()
    desk.names()
    bounce(desk, 1)
    desk.run(1000)
    assert desk.names() == []
    press(desk, 100)
    desk.run(1000)
    assert desk.names() == ["b.press", "b.release", "b.click"]


def test_a_gpio_without_interrupts_is_named():
    log.console.held = True
    try:
        Board("button", "Button", "presses").start(b={"pin": 16})
    finally:
        log.console.held = False
    assert "etc/button.json: b: Pin does not have IRQ" in log.tail(1)[0][3]
