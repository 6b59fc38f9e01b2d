"""The captive name server's answers, byte by byte (RFC 1035, section 4)."""

import struct

from modcore.dns import answer

ADDRESS = bytes([192, 168, 4, 1])
NAME = b"\x07example\x03com\x00"


def query(name=NAME, kind=1, flags=0x0100, counts=(1, 0, 0, 0), network=1, rest=b""):
    return (
        struct.pack(">HHHHHH", 0xBEEF, flags, *counts)
        + name
        + struct.pack(">HH", kind, network)
        + rest
    )


def test_every_name_has_the_address():
    reply = answer(query(), ADDRESS)
    assert reply[:12] == struct.pack(">HHHHHH", 0xBEEF, 0x8500, 1, 1, 0, 0)
    assert reply[12:-16] == NAME + b"\x00\x01\x00\x01"
    assert reply[-16:] == b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x0a\x00\x04" + ADDRESS


def test_other_types_exist_without_records():
    reply = answer(query(kind=28), ADDRESS)
    assert reply == struct.pack(">HHHHHH", 0xBEEF, 0x8500, 1, 0, 0, 0) + query(kind=28)[12:]


def test_an_additional_record_is_passed_over():
    opt = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00"
    assert answer(query(counts=(1, 0, 0, 1), rest=opt), ADDRESS) == answer(query(), ADDRESS)


def test_other_kinds_of_query_are_not_implemented():
    reply = answer(query(flags=0x2800), ADDRESS)
    assert reply == struct.pack(">HHHHHH", 0xBEEF, 0xAC04, 0, 0, 0, 0)


def test_malformed_ones_are_not_answered():
    good = query()
    for bad in (
        b"",
        good[:12],
        good[:20],
        good[:-1],
        query(name=b"\xc0\x0c"),
        query(name=b"\x40" + 64 * b"a" + b"\x00"),
        query(name=20 * (b"\x0f" + 15 * b"a") + b"\x00"),
        query(counts=(0, 0, 0, 0)),
        query(counts=(2, 0, 0, 0)),
        query(counts=(1, 1, 0, 0)),
        query(flags=0x8100),
        query(flags=0x0300),
        query(rest=500 * b"\x00"),
    ):
        assert answer(bad, ADDRESS) is None, bad


def test_each_byte_may_be_wrong():
    good = bytearray(query())
    for at in range(len(good)):
        for value in (0, 1, 63, 64, 0xC0, 0xFF):
            bad = bytearray(good)
            bad[at] = value
            reply = answer(bytes(bad), ADDRESS)
            assert reply is None or len(reply) <= len(bad) + 16
