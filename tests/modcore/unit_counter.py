"""Pulse counters, by interrupts and by hardware."""

from fake_machine import GPIOS, Board
from modcore import log, retained


def board(**values):
    desk = Board("counter", "Counter")
    values.setdefault("pin", 5)
    desk.start(flow=values)
    return desk


def pulse(desk, count=1, gap_us=1000):
    for _ in range(count):
        desk.drive(5, 1, loop=False)
        desk.us += gap_us // 2
        desk.drive(5, 0, loop=False)
        desk.us += gap_us - gap_us // 2


def test_pulses_are_counted_and_told_at_the_interval():
    desk = board(scale=0.5)
    desk.run(0)
    pulse(desk, 20)
    desk.run(979)
    assert desk.fired == []
    desk.run(1)
    assert desk.fired == [("flow.rate", (10.0, 10.0))]


def test_a_rate_of_nothing_is_told_once():
    desk = board()
    pulse(desk, 20)
    desk.run(10000)
    assert [data for _, data in desk.fired] == [(20.0, 20.0), (0.0, 20.0)]


def test_the_loops_delay_does_not_change_the_rate():
    desk = board()
    desk.run(0)
    pulse(desk, 4000)  # 4 s in which the loop was busy
    desk.run(0)
    assert desk.fired == [("flow.rate", (1000.0, 4000.0))]


def test_the_edge_that_counts():
    desk = board(edge="rising")
    desk.drive(5, 1)
    desk.drive(5, 0)
    desk.drive(5, 1)
    assert desk.module.value("flow")[1] == 2


def test_bounces_do_not_count():
    desk = board(debounce_us=1000)
    pulse(desk, 3, 100)
    assert desk.module.value("flow")[1] == 1
    desk.us += 1000
    pulse(desk, 3, 1000)
    assert desk.module.value("flow")[1] == 4


def test_a_clock_that_went_round_loses_no_pulse():
    desk = board(debounce_us=1000)
    pulse(desk)
    desk.us -= 500000000
    pulse(desk)
    assert desk.module.value("flow")[1] == 2


def test_the_count_stays_a_small_int():
    desk = board()
    desk.module._counters["flow"].source._count = 0x3FFFFFF
    desk.module._counters["flow"].seen = 0x3FFFFFF
    pulse(desk, 2)
    assert desk.module._counters["flow"].source._count == 1
    assert desk.module.value("flow")[1] == 2


def test_preset_and_value_as_events():
    desk = board(scale=0.25)
    pulse(desk, 4)
    assert desk.event("counter", ("flow", "value")) == (0.0, 1.0)
    desk.event("counter", ("flow", "preset", "100"))
    pulse(desk, 4)
    assert desk.event("counter", ("flow", "value")) == (0.0, 101.0)
    log.console.held = True
    for data in (None, (), ("flow",), ("flow", "x", "1"), ("x", "value"), ("flow", "preset", "x")):
        assert desk.event("counter", data) is None
        assert log.tail(1)[0][3].startswith("event counter")
    log.console.held = False
    assert desk.module.value("flow")[1] == 101


def test_totals_outlive_stop_start_and_config():
    desk = board()
    pulse(desk, 3)
    desk.module.stop()
    assert GPIOS[5].handler is None
    pulse(desk, 3)
    desk.module.start()
    pulse(desk, 3)
    desk.module.stop()
    desk.start(flow={"pin": 5})
    pulse(desk, 1)
    assert desk.module.value("flow")[1] == 7


class Hardware:
    RISING, FALLING = 1, 2
    level = 0
    made = None

    def __init__(self, unit, pin, edge, filter_ns):
        if unit >= 2:
            raise ValueError("no such unit")
        Hardware.made.append((unit, pin.number, edge, filter_ns))

    def value(self):
        return Hardware.level

    def deinit(self):
        Hardware.made.append("deinit")


def hardware():
    desk = Board("counter", "Counter")
    desk.machine.Counter = Hardware
    Hardware.level = 0
    Hardware.made = []
    return desk


def test_a_chip_that_counts_does_so():
    desk = hardware()
    desk.start(flow={"pin": 3, "debounce_us": 10, "edge": "rising"})
    assert Hardware.made == [(0, 3, Hardware.RISING, 10000)]
    Hardware.level = 5000
    desk.run(1000)
    Hardware.level = 7000
    desk.run(1000)
    assert [data for _, data in desk.fired] == [(5000.0, 5000.0), (2000.0, 7000.0)]
    desk.module.stop()
    assert Hardware.made[1:] == ["deinit"]


def test_interrupts_count_where_the_hardwares_filter_is_too_short():
    desk = hardware()
    desk.start(flow={"pin": 5, "debounce_us": 13})
    assert Hardware.made == []
    pulse(desk, 2)
    assert desk.module.value("flow")[1] == 2


def test_interrupts_count_where_all_hardware_is_taken():
    desk = hardware()
    desk.start(a={"pin": 5}, b={"pin": 5}, c={"pin": 5})
    assert sorted(made[0] for made in Hardware.made) == [0, 1]
    pulse(desk, 2)
    assert sorted(desk.module.value(id)[1] for id in "abc") == [0, 0, 2]


def test_a_total_outlives_a_reset_if_it_is_to():
    retained.put("n.flow", b"")
    for total in (3, 6):
        desk = board(keep=True)
        desk.run(0)
        pulse(desk, 3)
        desk.run(1000)
        assert desk.module.value("flow")[1] == total
    desk = board()
    assert desk.module.value("flow")[1] == 0
    desk = board(keep=True)
    desk.module.preset("flow", 0)
    assert board(keep=True).module.value("flow")[1] == 0


def test_a_gpio_without_interrupts_is_named():
    log.console.held = True
    Board("counter", "Counter").start(flow={"pin": 16})
    log.console.held = False
    assert "etc/counter.json: flow: Pin does not have IRQ" in log.tail(1)[0][3]
