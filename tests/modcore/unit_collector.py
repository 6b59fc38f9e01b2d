"""The heap's keeper."""

from fake_machine import Board
from modcore import log


class Heap:
    """Stands for `gc`: 1000 bytes."""

    def __init__(self, free, garbage):
        self.free = free
        self.garbage = garbage
        self.collections = 0

    def mem_free(self):
        return self.free

    def mem_alloc(self):
        return 1000 - self.free

    def collect(self):
        self.collections += 1
        self.free += self.garbage
        self.garbage = 0


def board(free, garbage, **values):
    desk = Board("collector", "Collector")
    desk.python.gc = desk.heap = Heap(free, garbage)
    desk.start(**values)
    desk.spawn(desk.module.run)
    desk.run(0)
    return desk


def test_it_collects_when_little_is_free():
    desk = board(260, 500, collect=25)
    desk.run(60000)
    assert desk.heap.collections == 0
    desk.heap.free = 240
    desk.run(60000)
    assert desk.heap.collections == 1
    assert desk.heap.free == 740


def test_100_collects_each_time():
    desk = board(1000, 0, collect=100, interval_s=10)
    desk.run(30000)
    assert desk.heap.collections == 3


def test_the_event_collects_and_answers():
    desk = board(500, 100)
    log.console.held = True
    assert desk.event("gc") == 100
    log.console.held = False
    assert log.tail(1)[0][3] == "100 bytes freed, 600 are free"


def test_too_little_is_told_once():
    desk = board(10, 20, low=5)
    log.console.held = True
    desk.run(180000)
    assert desk.fired == [("gc.low", 30)]
    desk.heap.free = 100
    desk.run(60000)
    desk.heap.free = 20
    desk.run(60000)
    log.console.held = False
    assert desk.fired == [("gc.low", 30), ("gc.low", 20)]


def test_the_lowest_is_kept():
    desk = board(500, 0)
    assert desk.module.lowest is None
    for free in (500, 200, 300):
        desk.heap.free = free
        desk.module.collect()
    assert desk.module.lowest == 200
