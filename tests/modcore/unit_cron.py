"""Patterns of times, across the changes of summer time too."""

from check import raises
from modcore.cron import Cron, at
from modcore.port import MICROPYTHON
from modcore.tz import TZ

if MICROPYTHON:
    from time import mktime as timegm
else:
    from calendar import timegm

UTC = TZ("UTC0")
BERLIN = TZ("CET-1CEST,M3.5.0,M10.5.0/3")


def local(*fields, zone=BERLIN, fold=0):
    return zone.mktime((fields + (0,) * 8)[:8], fold)


def times(pattern, start, count, zone=UTC):
    """The next times of `pattern` as `(month, day, hour, minute)` of local time."""
    found = []
    for _ in range(count):
        start = pattern.next(start, zone)
        found.append(tuple(zone.localtime(start))[1:5])
    return found


def test_fields():
    start = timegm((2026, 2, 27, 23, 58, 30, 0, 0))  # a Friday
    for text, expected in (
        ("* * * * *", [(2, 27, 23, 59), (2, 28, 0, 0)]),
        ("*/20 * * * *", [(2, 28, 0, 0), (2, 28, 0, 20), (2, 28, 0, 40), (2, 28, 1, 0)]),
        ("5,1-3 0 * * *", [(2, 28, 0, 1), (2, 28, 0, 2), (2, 28, 0, 3), (2, 28, 0, 5)]),
        ("30 8-12/2 * * *", [(2, 28, 8, 30), (2, 28, 10, 30), (2, 28, 12, 30), (3, 1, 8, 30)]),
        ("0 20/2 * * *", [(2, 28, 20, 0), (2, 28, 22, 0), (3, 1, 20, 0)]),
        ("0 22-1 * * *", [(2, 28, 0, 0), (2, 28, 1, 0), (2, 28, 22, 0)]),
        ("0 12 31 * *", [(3, 31, 12, 0), (5, 31, 12, 0), (7, 31, 12, 0)]),
        ("0 12 1 jan,Mar *", [(3, 1, 12, 0), (1, 1, 12, 0)]),
        ("0 12 * * MON-fri", [(3, 2, 12, 0), (3, 3, 12, 0)]),
        ("0 12 * * fri-mon", [(2, 28, 12, 0), (3, 1, 12, 0), (3, 2, 12, 0), (3, 6, 12, 0)]),
        ("0 12 * * 7", [(3, 1, 12, 0), (3, 8, 12, 0)]),
        ("0 12 * * 0-7", [(2, 28, 12, 0), (3, 1, 12, 0)]),
        # Both kinds of day: either will do
        ("0 0 3 * sun", [(3, 1, 0, 0), (3, 3, 0, 0), (3, 8, 0, 0)]),
        ("0 0 29 2 *", [(2, 29, 0, 0)]),
    ):
        assert times(Cron(text), start, len(expected)) == expected, text
    assert UTC.localtime(Cron("0 0 29 2 *").next(start, UTC))[0] == 2028


def test_at():
    start = timegm((2026, 2, 27, 7, 0, 30, 0, 0))
    assert at("7:00:30").next(start, UTC) == start + 86400
    assert at("07:00:31").next(start, UTC) == start + 1
    assert at("07:00:29").next(start, UTC) == start + 86399
    assert times(at("18:15", "sat,sun"), start, 3) == [
        (2, 28, 18, 15),
        (3, 1, 18, 15),
        (3, 7, 18, 15),
    ]


def test_a_time_that_is_left_out_comes_when_the_gap_is_over():
    start = local(2026, 3, 28, 12)
    for text in ("0 2 * * *", "30 2 * * *", "15,45 2 * * *"):
        gap = local(2026, 3, 29, 3)
        assert Cron(text).next(start, BERLIN) == gap, text
        assert tuple(BERLIN.localtime(Cron(text).next(gap, BERLIN)))[2:4] == (30, 2)
    assert Cron("0 3 * * *").next(start, BERLIN) == local(2026, 3, 29, 3)
    # By the time that is shown there is no such minute
    assert times(Cron("30 * * * *"), local(2026, 3, 29, 1), 2, BERLIN) == [
        (3, 29, 1, 30),
        (3, 29, 3, 30),
    ]
    assert times(Cron("*/30 * * * *"), local(2026, 3, 29, 1), 2, BERLIN) == [
        (3, 29, 1, 30),
        (3, 29, 3, 0),
    ]
    assert times(Cron("*/30 2 * * *"), start, 1, BERLIN) == [(3, 30, 2, 0)]


def test_a_time_that_comes_twice_counts_once():
    daily = Cron("30 2 * * *")
    first = daily.next(local(2026, 10, 24, 12), BERLIN)
    assert first == local(2026, 10, 25, 2, 30)
    assert daily.next(first, BERLIN) == local(2026, 10, 26, 2, 30)
    for after in (local(2026, 10, 25, 2, 45), local(2026, 10, 25, 2, 15, fold=1)):
        assert daily.next(after, BERLIN) == local(2026, 10, 26, 2, 30)
    # By the time that is shown each minute comes twice
    assert times(Cron("30 * * * *"), local(2026, 10, 25, 2), 3, BERLIN) == [
        (10, 25, 2, 30),
        (10, 25, 2, 30),
        (10, 25, 3, 30),
    ]


def test_once_a_day_in_many_zones():
    for rules in (
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "IST-1GMT0,M10.5.0,M3.5.0/1",
        "CST5CDT,M3.2.0/0,M11.1.0/1",
    ):
        zone = TZ(rules)
        for text in ("0 0", "30 0", "30 1", "0 2", "59 2", "0 3", "30 23"):
            pattern = Cron(text + " * * *")
            start = when = pattern.next(timegm((2026, 1, 1, 12, 0, 0, 0, 0)), zone)
            for _ in range(365):
                before, when = when, pattern.next(when, zone)
                assert 22 * 3600 < when - before < 26 * 3600, (rules, text, before)
            assert tuple(zone.localtime(when))[1:5] == tuple(zone.localtime(start))[1:5]


def test_what_is_wrong_is_named():
    for text, message in (
        ("* * * *", "expected minute, hour, day, month and weekday, found 4 fields in '* * * *'"),
        ("60 * * * *", "minute: expected 0 to 59, found '60'"),
        ("* 24 * * *", "hour: expected 0 to 23, found '24'"),
        ("* * 0 * *", "day: expected 1 to 31, found '0'"),
        ("* * * 13 *", "month: expected 1 to 12, found '13'"),
        ("* * * * 8", "weekday: expected 0 to 7, found '8'"),
        ("* * * * funday", "weekday: expected 0 to 7, found 'funday'"),
        ("*/0 * * * *", "minute: step: expected 1 to 59, found '0'"),
        ("1- * * * *", "minute: expected 0 to 59, found ''"),
        ("1,,2 * * * *", "minute: expected 0 to 59, found ''"),
        ("* * 30 2 *", "there is no such day in that month"),
    ):
        assert str(raises(ValueError, Cron, text)) == message
    for time, days, message in (
        ("", "*", "expected HH:MM or HH:MM:SS, found ''"),
        ("7", "*", "expected HH:MM or HH:MM:SS, found '7'"),
        ("24:00", "*", "hour: expected 0 to 23, found '24'"),
        ("7:60", "*", "minute: expected 0 to 59, found '60'"),
        ("7:00:60", "*", "second: expected 0 to 59, found '60'"),
        ("7:00", "mo", "weekday: expected 0 to 7, found 'mo'"),
    ):
        assert str(raises(ValueError, at, time, days)) == message
