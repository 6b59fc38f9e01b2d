"""Time zones held to Python's zoneinfo, on CPython and on the firmware, for all years that a board's clock has."""

import io
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from modcore.tz import TZ

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "America/Asuncion",
    "America/Havana",
    "America/Miquelon",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Hebron",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Norfolk",
]
FIRST, LAST = 2000, 2105
EPOCH_2000 = 946684800


def footer(name):
    """The POSIX TZ string in the last line of a zone's TZif file."""
    return (Path("/usr/share/zoneinfo") / name).read_bytes().split(b"\n")[-2].decode()


def oracle(text):
    """zoneinfo's zone whose rules are `text` in all years: a TZif file that has nothing but this footer."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = b"TZif2" + bytes(15) + counts + bytes(6) + b"UTC\0"
    return ZoneInfo.from_file(io.BytesIO(block * 2 + b"\n" + text.encode() + b"\n"))


def offset(zone, utc):
    return int(datetime.fromtimestamp(utc, zone).utcoffset().total_seconds())


def transitions(zone):
    """All changes of `zone`'s offset between the years FIRST and LAST: `(utc, before, after)`."""
    low = int(datetime(FIRST, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(LAST + 1, 1, 1, tzinfo=UTC).timestamp())
    found = []
    before = offset(zone, low)
    while low < end:
        high = low + 10 * 86400
        after = offset(zone, high)
        if after != before:
            step = low, high
            while step[1] - step[0] > 1:
                middle = sum(step) // 2
                step = (step[0], middle) if offset(zone, middle) == after else (middle, step[1])
            found.append((step[1], before, after))
        low, before = high, after
    return found


@pytest.fixture(scope="module")
def expected():
    """By zone: its rules and zoneinfo's transitions."""
    return {name: (footer(name), transitions(oracle(footer(name)))) for name in ZONES}


@pytest.mark.parametrize("name", ZONES)
def test_every_transition_is_that_of_zoneinfo(expected, name):
    text, changes = expected[name]
    zone = TZ(text)
    other = oracle(text)
    for place, (when, before, after) in enumerate(changes):
        for utc in (when - 1, when, when + 1):
            assert zone.offset(utc) == offset(other, utc) == (before if utc < when else after)
            local = datetime.fromtimestamp(utc, other)
            assert zone.localtime(utc)[:8] == local.timetuple()[:8]
            assert zone.name(utc) == local.tzname()
        assert zone.next_transition(when - 1) == when
        if place + 1 < len(changes):
            assert zone.next_transition(when) == changes[place + 1][0]
        # Gap and overlap: PEP 495 tells what zoneinfo does there
        for seconds in range(-5400, 5401, 600):
            for fold in (0, 1):
                wall = datetime(2000, 1, 1) + timedelta(seconds=when - EPOCH_2000 + after + seconds)
                utc = int(wall.replace(tzinfo=other, fold=fold).timestamp())
                assert zone.mktime(wall.timetuple(), fold) == utc, (name, wall, fold)
    if not changes:
        assert zone.next_transition(EPOCH_2000) is None


@pytest.mark.parametrize("name", ZONES)
def test_the_rules_are_those_of_the_zone(name):
    zone = TZ(footer(name))
    other = ZoneInfo(name)
    # Those of Morocco and Palestine list their Ramadans until 2087
    start = 2090 if name in ("Africa/Casablanca", "Asia/Gaza", "Asia/Hebron") else 2037
    utc = int(datetime(start, 1, 1, tzinfo=UTC).timestamp())
    while datetime.fromtimestamp(utc, UTC).year <= LAST:
        assert zone.offset(utc) == offset(other, utc)
        utc += 43201


@pytest.mark.parametrize("bits, last", [(64, LAST), (32, 2099)])
def test_the_same_on_the_firmware(make_host, expected, bits, last):
    end = int(datetime(last + 1, 1, 1, tzinfo=UTC).timestamp())
    lines = []
    count = 0
    for text, changes in expected.values():
        lines.append(text)
        for when, before, after in changes:
            if when < end - 1:
                lines.append(f" {when - EPOCH_2000} {before} {after}")
                count += 1
    program = """
from modcore.tz import TZ
count = 0
for line in open('/vectors'):
    if line[0] != ' ':
        zone = TZ(line.strip())
        continue
    when, before, after = map(int, line.split())
    assert zone.next_transition(when - 1) == when, (zone.text, when)
    for utc, offset in ((when - 1, before), (when, after), (when + 1, after)):
        assert zone.offset(utc) == offset, (zone.text, utc)
        local = zone.localtime(utc)
        ambiguous = after < before and utc >= when
        assert zone.mktime(local, ambiguous) == utc, (zone.text, utc)
    count += 1
print('transitions', count)
"""
    files = {"/main.py": program, "/vectors": "\n".join(lines) + "\n"}
    host = make_host(bits=bits, files=files).start(ready=False)
    assert int(host.wait_for(r"transitions (\d+)|Error")[1] or 0) == count, host.output
    assert count > 3000
