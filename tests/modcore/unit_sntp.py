"""SNTP's messages: what is sent, and every reason not to believe a reply."""

from time import gmtime

from check import raises
from modcore.port import MICROPYTHON
from modcore.sntp import Kiss, reply, request

if MICROPYTHON:
    from time import mktime as timegm
else:
    from calendar import timegm

COOKIE = b"\x01\x02\x03\x04\xa5\xff\x00\x80"
SINCE_1900 = 3155673600  # of 2000-01-01


def message(at=0, **fields):
    """A good reply of a server at 2026-11-21 12:00:00.25, with `fields` at their offsets changed: `b1=0`."""
    seconds = (
        SINCE_1900 + timegm((2026, 11, 21, 12, 0, 0, 0, 0)) - timegm((2000, 1, 1, 0, 0, 0, 0, 0))
    )
    good = bytearray(48)
    good[0:4] = b"\x24\x02\x06\xe9"
    good[6:8] = b"\x01\x00"
    good[12:16] = b"\x7f\x7f\x01\x01"
    good[24:32] = COOKIE
    good[32:40] = seconds.to_bytes(4, "big") + b"\x3f\xf0\x00\x00"
    good[40:48] = seconds.to_bytes(4, "big") + b"\x40\x00\x00\x00"
    for name, value in fields.items():
        good[int(name[1:]) : int(name[1:]) + len(value)] = value
    return bytes(good)


def test_request():
    sent = request(COOKIE)
    assert len(sent) == 48
    assert sent[0] == 0x23  # no warning, version 4, client
    assert sent[1:40] == bytes(39)
    assert sent[40:] == COOKIE


def test_a_good_reply():
    seconds, ms, spent = reply(message(), COOKIE)
    assert tuple(gmtime(seconds))[:6] == (2026, 11, 21, 12, 0, 0)
    assert (ms, spent) == (250, 1)
    reply(message(b0=b"\x1c"), COOKIE)  # version 3
    reply(message(b0=b"\x64"), COOKIE)  # a leap second comes
    reply(message(b1=b"\x0f"), COOKIE)
    reply(message() + bytes(20), COOKIE)  # with an authenticator


def test_the_era_that_begins_in_2036():
    for stamp, since_2000, date in (
        (b"\xe8\xef\xe0\x00", 752360960, (2023, 11, 3, 21, 9, 20)),
        (b"\xff\xff\xff\xff", 1139293695, (2036, 2, 7, 6, 28, 15)),
        (b"\x00\x00\x00\x00", 1139293696, (2036, 2, 7, 6, 28, 16)),
        (b"\x03\xaa\x7e\x7f", 1200798847, (2038, 1, 19, 3, 14, 7)),
        (b"\x03\xaa\x7e\x80", 1200798848, (2038, 1, 19, 3, 14, 8)),
        (b"\x7f\xff\xff\xff", 3286777343, None),  # 2104-02-26 09:42:23
    ):
        text = message(b32=stamp + bytes(4), b40=stamp + b"\x00\x01\x00\x00")
        seconds, ms, _ = reply(text, COOKIE)
        assert (seconds - timegm((2000, 1, 1, 0, 0, 0, 0, 0)), ms) == (since_2000, 0)
        if date:
            assert tuple(gmtime(seconds))[:6] == date


def test_what_is_not_believed():
    for text, why in (
        (b"", "0 bytes are no NTP message"),
        (message()[:47], "47 bytes are no NTP message"),
        (message(b24=bytes(8)), "it answers another request"),
        (message(b24=COOKIE[:7] + b"\x81"), "it answers another request"),
        (message(b0=b"\x23"), "mode 3 is not that of a server"),
        (message(b0=b"\x25"), "mode 5 is not that of a server"),
        (message(b0=b"\x2c"), "version 5"),
        (message(b0=b"\x14"), "version 2"),
        (message(b1=b"\x10"), "stratum 16: it is not synchronised"),
        (message(b0=b"\xe4"), "its clock is not synchronised"),
        (message(b40=bytes(8)), "it gives no time"),
        (message(b4=b"\x00\x01\x00\x00"), "it is more than a second away from its own source"),
        (message(b8=b"\x00\x01\x00\x00"), "it is more than a second away from its own source"),
        (message(b4=b"\xff\xff\x00\x00"), "it is more than a second away from its own source"),
        (
            message(b32=message()[40:48], b40=message()[32:40]),
            "it sent the reply -1 ms after it received the request",
        ),
    ):
        assert str(raises(ValueError, reply, text, COOKIE)) == why


def test_the_kiss_of_death():
    for code in ("RATE", "DENY", "RSTR"):
        assert raises(Kiss, reply, message(b1=b"\0", b12=code.encode()), COOKIE).args == (code,)
    # It unmakes no connection that it does not belong to, and nothing odd gets into the log
    raises(ValueError, reply, message(b1=b"\0", b12=b"DENY", b24=bytes(8)), COOKIE)
    assert raises(Kiss, reply, message(b1=b"\0", b12=b"\n\0\xff "), COOKIE).args == ("????",)
