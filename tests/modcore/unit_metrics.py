"""Counters and gauges."""

from check import raises
from fake_machine import Board
from modcore import log, retained


class Heap:
    def mem_free(self):
        return 300

    def mem_alloc(self):
        return 700


class Account:
    busy_s = 2
    busy_us = 500000
    longest_us = 1500


class Other:
    name = "wlan"
    account = Account
    errors = 3
    restarts = 1
    subscriber = None


def board(**values):
    desk = Board("metrics", "Metrics")
    desk.python.gc = Heap()
    desk.module.init()
    desk.start(**values)
    return desk


def shown(desk):
    return {name: (kind, value) for name, kind, help, value in desk.module.snapshot()}


def test_what_modules_register():
    desk = board()
    metrics = desk.module
    requests = metrics.counter("requests_total", "Requests")
    requests.add()
    requests.add(4)
    assert metrics.counter("requests_total", "Requests") is requests
    level = [7]
    metrics.gauge("level", "Level", level.pop)
    values = shown(desk)
    assert values["requests_total"] == ("counter", 5)
    assert values["level"] == ("gauge", 7)


def test_a_gauge_that_fails_or_has_nothing_is_left_out():
    desk = board()
    desk.module.gauge("broken", "Broken", lambda: 1 // 0)
    desk.module.gauge("nothing", "Nothing", lambda: None)
    desk.module.gauge("level", "Level", lambda: 0)
    log.console.held = True
    values = shown(desk)
    log.console.held = False
    assert "broken" not in values and "nothing" not in values
    assert values["level"] == ("gauge", 0)


def test_the_device():
    desk = board()
    desk.modules = {"wlan": Other}
    values = shown(desk)
    assert values["modcore_heap_free_bytes"] == ("gauge", 300)
    assert values["modcore_heap_used_bytes"] == ("gauge", 700)
    assert values['modcore_busy_seconds_total{module="wlan"}'] == ("counter", 2.5)
    assert values['modcore_longest_seconds{module="wlan"}'] == ("gauge", 0.0015)
    assert values['modcore_errors_total{module="wlan"}'] == ("counter", 3)
    assert values['modcore_restarts_total{module="wlan"}'] == ("counter", 1)
    assert values['modcore_events_lost_total{module="wlan"}'] == ("counter", 0)


def test_resets_are_counted():
    retained.put("resets", b"")
    for count in range(3):
        assert shown(board())["modcore_resets_total"] == ("counter", count)
    retained.put("resets", b"")


def test_names_are_checked():
    metrics = board().module
    for name in ("a-b", "a b", "a{b}", "ä", "1a", ""):
        assert name in str(raises(ValueError, metrics.gauge, name, "", int))
    metrics.gauge("a_1:B", "", int)
    assert raises(ValueError, metrics.counter, "a_1:B", "")
    metrics.counter("c", "")
    assert raises(ValueError, metrics.gauge, "c", "", int)


def test_there_is_a_limit():
    desk = board(limit=2)
    desk.module.counter("a", "")
    desk.module.counter("b", "")
    log.console.held = True
    one_too_many = desk.module.counter("c", "")
    log.console.held = False
    assert "no room for c" in log.tail(1)[0][3]
    one_too_many.add()
    assert "c" not in shown(desk)
    desk.module.remove("a")
    desk.module.gauge("d", "", int)
    assert "d" in shown(desk)
