"""UTF-8 checked as it comes, against a decoder: whatever can follow decides."""

from check import raises
from windup.utf8 import incomplete

# What completes any character that can be completed
ENDS = (
    b"",
    b"\x80",
    b"\xa0",
    b"\x80\x80",
    b"\x90\x80",
    b"\xa0\x80",
    b"\x80\x80\x80",
    b"\x90\x80\x80",
)

# Every class of byte, and the bounds of each
BYTES = (
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
    0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFB, 0xFE, 0xFF,
)  # fmt: skip


def valid(data):
    """Whether `data` is UTF-8, told without a decoder: MicroPython's is too lax."""
    at = 0
    while at < len(data):
        first = data[at]
        size = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        rest = data[at + 1 : at + size]
        if 0x80 <= first < 0xC0 or first > 0xF4 or len(rest) < size - 1:
            return False
        code = first & (0x7F, 0x1F, 0x0F, 0x07)[size - 1]
        for byte in rest:
            if byte & 0xC0 != 0x80:
                return False
            code = code << 6 | byte & 0x3F
        if code < (0, 0x80, 0x800, 0x10000)[size - 1] or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
            return False
        at += size
    return True


def expected(data):
    """What `incomplete` has to say; -1: ValueError."""
    for end in ENDS:
        if valid(data + end):
            return 0 if not end else _tail(data)
    return -1


def _tail(data):
    back = 1
    while data[-back] & 0xC0 == 0x80:
        back += 1
    return back


def found(data):
    try:
        return incomplete(data)
    except ValueError:
        return -1


def test_every_class_of_byte_in_two_and_three():
    for one in BYTES:
        assert found(bytes((one,))) == expected(bytes((one,))), one
        for two in BYTES:
            data = bytes((one, two))
            assert found(data) == expected(data), data
            for three in (0x41, 0x80, 0x9F, 0xBF, 0xC2, 0xF4):
                data = bytes((one, two, three))
                assert found(data) == expected(data), data


def test_longest_characters():
    for first in (0xF0, 0xF1, 0xF3, 0xF4, 0xF5):
        for second in (0x7F, 0x80, 0x8F, 0x90, 0xBF, 0xC0):
            for last in (0x7F, 0x80, 0xBF, 0xC0):
                data = bytes((0x41, first, second, 0x80, last))
                assert found(data) == expected(data), data
                data += b"\xc3"
                assert found(data) == expected(data), data


def test_every_cut_of_a_text():
    text = "κόσμε – €, 𐍈 and \U0010ffff".encode()
    for cut in range(len(text) + 1):
        left = incomplete(text[:cut])
        assert 0 <= left <= 3 and valid(text[: cut - left])
        assert incomplete(text[cut - left :]) == 0


def test_what_is_refused():
    for data in (
        b"\xc0\x80",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90",
        b"\xf5",
        b"a\xff",
        b"\x80",
    ):
        raises(ValueError, incomplete, data)
