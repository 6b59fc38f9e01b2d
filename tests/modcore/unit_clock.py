"""The clock: set, corrected in small steps, held to the ticks."""

import sys
import time as real_time

from modcore import clock, discipline
from modcore.port import MICROPYTHON

if MICROPYTHON:
    from time import mktime as timegm
else:
    from calendar import timegm

START = timegm((2026, 3, 1, 12, 0, 0, 0, 0))


class Board:
    """A board whose RTC counts `unit` in a second, and drifts by `drift` milliseconds in each."""

    def __init__(self, unit=1000000, drift=0):
        self.ticks = 5
        self.rtc_ms = START * 1000 + 400
        self.unit = unit
        self.drift = drift
        self.sets = 0

    def __enter__(self):
        board = self

        class RTC:
            def datetime(self, value):
                year, month, day, _, hour, minute, second, rest = value
                board.sets += 1
                board.rtc_ms = timegm((year, month, day, hour, minute, second, 0, 0)) * 1000
                board.rtc_ms += rest * 1000 // board.unit

        class Machine:
            pass

        class Time:
            gmtime = real_time.gmtime

            def time():
                return board.rtc_ms // 1000

            def time_ns():
                return board.rtc_ms * 1000000

        Machine.RTC = RTC
        self._saved = discipline.ticks_ms, clock.time, sys.modules.get("machine")
        discipline.ticks_ms = lambda: board.ticks
        clock.time = Time
        sys.modules["machine"] = Machine
        return self

    def __exit__(self, *exc):
        discipline.ticks_ms, clock.time, machine = self._saved
        if machine is None:
            del sys.modules["machine"]
        else:
            sys.modules["machine"] = machine
        clock.course = clock.zone = None

    def pass_ms(self, ms):
        self.ticks += ms
        self.rtc_ms += ms + ms * self.drift // 1000

    def error(self):
        """By how much the clock is ahead of one that was right at the start, ms."""
        return self.rtc_ms - (START * 1000 + 400 + self.ticks - 5)

    def follow(self, seconds):
        """Let time go by; whether the clock's seconds never went back."""
        end = self.ticks + seconds * 1000
        again = 0
        while again is not None and self.ticks < end:
            before = self.rtc_ms // 1000
            again = discipline.follow()
            assert self.rtc_ms // 1000 >= before
            if again is not None:
                self.pass_ms(again)
        self.pass_ms(max(0, end - self.ticks))


def test_both_kinds_of_rtc_are_set_to_the_millisecond():
    for unit in (1000, 1000000):
        for ms in (0, 1, 2, 499, 500, 501, 999):
            with Board(unit) as board:
                discipline.step(START + 86400 * 200, ms)
                assert board.rtc_ms == (START + 86400 * 200) * 1000 + ms
                assert clock.now() == (START + 86400 * 200, ms)


def test_large_offsets_step():
    with Board() as board:
        assert discipline.correct(START + 3600, 250, 500) == (3599850, True)
        assert board.rtc_ms == (START + 3600) * 1000 + 250
        assert discipline.correct(START + 3599, 749, 500) == (-501, True)
        assert discipline.follow() == 16000
    with Board() as board:
        board.rtc_ms = timegm((2000, 1, 1, 0, 0, 0, 0, 0)) * 1000
        assert not clock.known()
        off, step = discipline.correct(START, 0, 500)
        assert step and off > 26 * 365 * 86400000
        assert clock.known()


def test_small_offsets_slew():
    for off in (450, 30, -30, -450):
        with Board() as board:
            right = START * 1000 + 400 + off
            assert discipline.correct(right // 1000, right % 1000, 500) == (off, False)
            assert board.rtc_ms == START * 1000 + 400
            assert discipline.follow() == 700
            board.pass_ms(700)
            discipline.follow()
            assert board.error() == max(-35, min(35, off))
            board.follow(100)
            assert board.error() == off


def test_a_second_never_comes_twice():
    with Board() as board:
        board.rtc_ms = START * 1000 + 5
        discipline.correct(START - 1, 605, 500)  # 400 ms less, and the second has just begun
        board.follow(60)
        assert board.error() == -795


def test_the_clock_is_held_to_the_ticks():
    for drift in (-30, -1, 1, 30):
        with Board(1000, drift) as board:
            discipline.correct(START, 400, 500)
            board.follow(7200)
            assert abs(board.error()) <= 16 * abs(drift) + 50, (drift, board.error())


def test_what_is_right_is_not_touched():
    with Board() as board:
        discipline.correct(START, 400, 500)
        board.follow(3600)
        assert board.sets == 0


def test_a_clock_that_somebody_else_sets_is_left_alone():
    with Board() as board:
        discipline.correct(START, 400, 500)
        board.follow(60)
        board.rtc_ms += 3600000
        assert discipline.follow() is None
        assert discipline.follow() is None
        assert board.sets == 0


def test_local_time():
    with Board():
        assert tuple(clock.localtime())[:6] == (2026, 3, 1, 12, 0, 0)
        clock.zone = "CET-1CEST,M3.5.0,M10.5.0/3"
        assert tuple(clock.localtime())[:6] == (2026, 3, 1, 13, 0, 0)
        assert tuple(clock.localtime(START + 86400 * 60))[:6] == (2026, 4, 30, 14, 0, 0)
        assert tuple(clock.localtime())[:6] == (2026, 3, 1, 13, 0, 0)
        clock.zone = "EST5"
        assert tuple(clock.localtime())[:6] == (2026, 3, 1, 7, 0, 0)
