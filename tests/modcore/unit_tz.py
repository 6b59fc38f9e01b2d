"""POSIX TZ rules: grammar, offsets, both directions."""

from time import gmtime

from check import raises
from modcore.port import MICROPYTHON
from modcore.tz import TZ

if MICROPYTHON:
    from time import mktime as timegm
else:
    from calendar import timegm

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"


def utc(year, month, day, hour=0, minute=0, second=0):
    return timegm((year, month, day, hour, minute, second, 0, 0))


def changes(text, year):
    """The transitions of `year`, as date and time in UTC, with the offset that follows."""
    zone = TZ(text)
    found = []
    when = utc(year, 1, 1) - 1
    while True:
        when = zone.next_transition(when)
        if when is None or when >= utc(year + 1, 1, 1):
            return found
        found.append((gmtime(when)[1:6], zone.offset(when)))


def test_without_summer_time():
    for text, offset in (
        ("UTC0", 0),
        ("<+03>-3", 10800),
        ("<-03>+3", -10800),
        ("<+0545>-5:45", 20700),
        ("LMT-0:53:28", 3208),
        ("AAA24", -86400),
        ("AAA-24:59:59", 89999),
    ):
        zone = TZ(text)
        assert zone.offset(utc(2026, 7, 1)) == offset, text
        assert zone.next_transition(utc(2026, 7, 1)) is None


def test_month_week_weekday():
    assert changes(BERLIN, 2026) == [((3, 29, 1, 0, 0), 7200), ((10, 25, 1, 0, 0), 3600)]
    # Times beyond the day, as in Jerusalem, Gaza and Nuuk
    assert changes("IST-2IDT,M3.4.4/26,M10.5.0", 2026)[0] == ((3, 27, 0, 0, 0), 10800)
    assert changes("EET-2EEST,M3.4.4/50,M10.4.4/50", 2026) == [
        ((3, 28, 0, 0, 0), 10800),
        ((10, 23, 23, 0, 0), 7200),
    ]
    assert changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026) == [
        ((3, 29, 1, 0, 0), -3600),
        ((10, 25, 1, 0, 0), -7200),
    ]


def test_the_south_and_the_other_way_round():
    assert changes("AEST-10AEDT,M10.1.0,M4.1.0/3", 2026) == [
        ((4, 4, 16, 0, 0), 36000),
        ((10, 3, 16, 0, 0), 39600),
    ]
    zone = TZ("IST-1GMT0,M10.5.0,M3.5.0/1")  # Dublin: winter time is the one that is set
    assert zone.offset(utc(2026, 1, 1)) == 0
    assert zone.offset(utc(2026, 7, 1)) == 3600
    assert (zone.name(utc(2026, 1, 1)), zone.name(utc(2026, 7, 1))) == ("GMT", "IST")


def test_days_of_the_year():
    # J60 is 1 March in every year; 59 is 29 February when there is one
    for year, date in ((2027, (3, 1)), (2028, (2, 29))):
        assert changes("AAA0BBB,J60/0,J365/0", year)[0][0][:2] == (3, 1)
        assert changes("AAA0BBB,59/0,364/0", year)[0][0][:2] == date
    assert changes("AAA0BBB,J1/0,J365/0", 2026)[0][0] == (1, 1, 0, 0, 0)
    assert changes("AAA0BBB,0/0,J365/0", 2026)[0][0] == (1, 1, 0, 0, 0)
    # Hours count across years
    assert changes("AAA0BBB,J365/167,J200/-167", 2026)[0][0] == (1, 6, 23, 0, 0)
    assert changes("AAA0BBB,J365/167,J200/-167", 2026)[1][0] == (7, 12, 0, 0, 0)


def test_defaults():
    # POSIX: a change is at 02:00:00, summer time is one hour ahead; as in glibc, without rules those of the USA
    assert changes("EST5EDT", 2026) == [((3, 8, 7, 0, 0), -14400), ((11, 1, 6, 0, 0), -18000)]
    assert changes("EST5EDT4:30,M3.2.0,M11.1.0", 2026)[0][1] == -16200


def test_summer_time_for_ever():
    zone = TZ("EST5EDT,0/0,J365/25")  # the form of RFC 9636, section 3.3.2
    for when in (utc(2026, 1, 1), utc(2026, 1, 1, 5), utc(2026, 1, 1, 4, 59, 59), utc(2026, 7, 1)):
        assert zone.offset(when) == -14400
        assert zone.next_transition(when) is None


def test_from_local_time():
    zone = TZ(BERLIN)
    twice = (2026, 10, 25, 2, 30, 0, 0, 0)
    assert zone.mktime(twice) == utc(2026, 10, 25, 0, 30)
    assert zone.mktime(twice, 1) == utc(2026, 10, 25, 1, 30)
    never = (2026, 3, 29, 2, 30, 0, 0, 0)
    assert zone.mktime(never) == utc(2026, 3, 29, 1, 30)
    assert zone.mktime(never, 1) == utc(2026, 3, 29, 0, 30)
    for fold in (0, 1):
        assert zone.mktime((2026, 7, 1, 12, 0, 0, 0, 0), fold) == utc(2026, 7, 1, 10)
    assert tuple(zone.localtime(utc(2026, 7, 1, 22)))[:8] == (2026, 7, 2, 0, 0, 0, 3, 183)


def test_years_at_the_edges_of_31_and_32_bits():
    for year in (2000, 2034, 2037, 2038, 2068, 2099):
        found = changes(BERLIN, year)
        assert [(when[0], when[2], offset) for when, offset in found] == [
            (3, 1, 7200),
            (10, 1, 3600),
        ], year


def test_a_wrong_part_is_named():
    for text, message in (
        ("", "name of standard time: expected three letters or more at ''"),
        ("CE-1", "name of standard time: expected three letters or more at 'CE-1'"),
        ("<CET-1", "name of standard time: expected a '>' in '<CET-1'"),
        ("CET", "offset of standard time: hours: expected 0 to 24, found ''"),
        ("CET-25", "offset of standard time: hours: expected 0 to 24, found '25'"),
        ("CET-1:60", "offset of standard time: minutes: expected 0 to 59, found '60'"),
        ("CET-1:0:60", "offset of standard time: seconds: expected 0 to 59, found '60'"),
        ("CET1:2:3:4", "offset of standard time: expected hh:mm:ss, found '1:2:3:4'"),
        ("CET-1CEST-2x,1,2", "offset of summer time: hours: expected 0 to 24, found '2x'"),
        ("CET-1,J1,J2", "rules 'J1,J2' without the name of a summer time"),
        ("CET-1CEST,M3.5.0", "expected two rules, found 1"),
        ("CET-1CEST,M3.5,1", "start of summer time: expected Mmonth.week.weekday, found 'M3.5'"),
        ("CET-1CEST,M13.5.0,1", "start of summer time: month: expected 1 to 12, found '13'"),
        ("CET-1CEST,1,M3.6.0", "end of summer time: week: expected 1 to 5, found '6'"),
        ("CET-1CEST,1,M3.5.7", "end of summer time: weekday: expected 0 to 6, found '7'"),
        ("CET-1CEST,J0,1", "start of summer time: day: expected 1 to 365, found '0'"),
        ("CET-1CEST,1,366", "end of summer time: day: expected 0 to 365, found '366'"),
        (
            "CET-1CEST,1/168,2",
            "start of summer time: time: hours: expected 0 to 167, found '168'",
        ),
        ("CET-1CEST,1/,2", "start of summer time: time: hours: expected 0 to 167, found ''"),
    ):
        assert str(raises(ValueError, TZ, text)) == "time zone %r: %s" % (text, message)
