"""Incoming WebSocket frames: every rule of RFC 6455 section 5, each cut of the bytes, limits, back-pressure."""

from masked import BINARY, CLOSE, PING, PONG, TEXT, masked
from windup.frames import BUFFER_MIN, Frames, header

GREEK = "κόσμε"
LONG = "x€" * 200  # 800 bytes


class Taker(Frames):
    """Notes what happens; with `waits` somebody always waits for the next message."""

    def __init__(self, message_max=4096, buffer=BUFFER_MIN, waits=True):
        super().__init__(memoryview(bytearray(buffer)), message_max)
        self.waits = waits
        self.seen = []
        self.late = 0

    def deliver(self, message):
        if self.waits:
            self.seen.append(message)
        else:
            assert self.ready is None
            self.ready = message

    def control(self, opcode, payload):
        self.seen.append((opcode, payload))

    def fail(self, code, reason):
        self.seen.append(code)

    def discarded(self, count):
        self.late += count

    def feed(self, data, at_a_time=65536):
        """Read `data` as a transport does; how many bytes were taken."""
        taken = 0
        while taken < len(data):
            buffer = self.get_buffer()
            count = min(len(buffer), at_a_time, len(data) - taken)
            if not count:
                break
            buffer[:count] = data[taken : taken + count]
            taken += count
            self.buffer_updated(count)
        return taken


def seen(data, at_a_time=65536, **options):
    """What happens when `data` comes."""
    taker = Taker(**options)
    assert taker.feed(data, at_a_time) == len(data)
    return taker.seen


# What comes, and what happens
RIGHT = (
    (masked(TEXT, ""), [""]),
    (masked(TEXT, "Hello"), ["Hello"]),
    (masked(TEXT, "Hello", key=b"\0\0\0\0"), ["Hello"]),
    (masked(BINARY, b""), [b""]),
    (masked(BINARY, b"\0\xff"), [b"\0\xff"]),
    (masked(TEXT, GREEK), [GREEK]),
    (masked(TEXT, "x" * 125), ["x" * 125]),
    (masked(TEXT, "x" * 126), ["x" * 126]),
    (masked(BINARY, b"y" * 128), [b"y" * 128]),
    (masked(TEXT, LONG), [LONG]),
    (masked(BINARY, b"z" * 4096), [b"z" * 4096]),
    (masked(TEXT, "a") + masked(TEXT, "b") + masked(BINARY, b"c"), ["a", "b", b"c"]),
    (masked(TEXT, "He", final=False) + masked(0, "llo"), ["Hello"]),
    (masked(TEXT, "", final=False) + masked(0, "", final=False) + masked(0, ""), [""]),
    (masked(TEXT, "", final=False) + masked(0, "x", final=False) + masked(0, ""), ["x"]),
    (masked(BINARY, b"a", final=False) + masked(0, b"b" * 300), [b"a" + b"b" * 300]),
    # A character in two frames, and in three
    (masked(TEXT, b"\xce", final=False) + masked(0, b"\xba"), ["κ"]),
    (masked(TEXT, b"\xf0", final=False) + masked(0, b"\x90\x8d", final=False) + masked(0, b"\x88"), ["𐍈"]),
    # Control frames, also between the parts of a message
    (masked(PING), [(PING, b"")]),
    (masked(PING, b"x" * 125), [(PING, b"x" * 125)]),
    (masked(PONG, b"\xff"), [(PONG, b"\xff")]),
    (
        masked(TEXT, "a", final=False) + masked(PING, "p") + masked(0, "b") + masked(CLOSE),
        [(PING, b"p"), "ab", (CLOSE, b"")],
    ),
)  # fmt: skip

WRONG = (
    (b"\x81\x05Hello", 1002),  # not masked
    (b"\x89\x00", 1002),
    (masked(TEXT, "x", reserved=1), 1002),
    (masked(TEXT, "x", reserved=2), 1002),
    (masked(TEXT, "x", reserved=4), 1002),
    (masked(PING, "x", reserved=4), 1002),
    (masked(3, "x"), 1002),
    (masked(7), 1002),
    (masked(11), 1002),
    (masked(15, "x"), 1002),
    (masked(PING, "x" * 126), 1002),
    (masked(CLOSE, "x" * 126), 1002),
    (masked(PING, "x", final=False), 1002),
    (masked(CLOSE, final=False), 1002),
    (masked(0, "x"), 1002),  # nothing to continue
    (masked(0, "x", final=False), 1002),
    (masked(TEXT, "a", final=False) + masked(TEXT, "b"), 1002),
    (masked(TEXT, "a", final=False) + masked(BINARY, "b" * 200), 1002),
    (masked(TEXT, "a", final=False) + masked(0, "b") + masked(0, "c"), 1002),
    (masked(TEXT, "x" * 125, size=2), 1002),  # lengths longer than they need to be
    (masked(TEXT, "", size=8), 1002),
    (masked(TEXT, "x" * 65535, size=8), 1002),
    (masked(TEXT, length=1 << 63, size=8), 1002),
    (masked(TEXT, length=(1 << 63) - 1, size=8), 1009),
    (masked(TEXT, length=65536), 1009),
    (masked(TEXT, "x" * 4097), 1009),
    (masked(TEXT, "x" * 4000, final=False) + masked(0, "x" * 97), 1009),
    (masked(TEXT, b"\xff"), 1007),
    (masked(TEXT, b"abc\xc3"), 1007),
    (masked(TEXT, b"\xce", final=False) + masked(0, b""), 1007),
    (masked(TEXT, b"\xce", final=False) + masked(0, b"x"), 1007),
    (masked(TEXT, b"\xed\xa0\x80"), 1007),
    (masked(TEXT, b"\xc0\x80"), 1007),
    (masked(TEXT, b"\xf4\x90\x80\x80"), 1007),
    (masked(TEXT, b"x" * 300 + b"\xff" + b"x" * 300), 1007),
)


def test_what_is_right_arrives_however_it_is_cut():
    for data, expected in RIGHT:
        for at_a_time in (65536, 1, 2, 3, 7, 100):
            assert seen(data, at_a_time) == expected, (data, at_a_time)
            assert seen(data, at_a_time, buffer=1000) == expected, (data, at_a_time)


def test_what_is_wrong_ends_it_however_it_is_cut():
    for data, code in WRONG:
        for at_a_time in (65536, 1, 3, 100):
            assert seen(data, at_a_time)[-1] == code, (data, at_a_time)


def test_nothing_is_looked_at_after_an_error():
    for data, code in WRONG:
        assert seen(data + masked(TEXT, "late") + masked(CLOSE))[-1] == code
        assert seen(data + b"\xff" * 5000, 50)[-1] == code


def test_wrong_frames_are_refused_by_their_first_bytes():
    for data in (b"\x81\x05", b"\xc1\x80", b"\x83\x80", b"\x80\x80", b"\x89\xfe", b"\x09\x80"):
        assert seen(data) == [1002], data


def test_text_is_checked_before_its_end():
    # RFC 6455 section 8.1: as soon as it cannot be UTF-8 any more
    start = masked(TEXT, b"x" * 200 + b"\xf4\x90" + b"x" * 100)
    taker = Taker()
    taker.feed(start[: 8 + 201])
    assert taker.seen == []
    taker.feed(start[8 + 201 : 8 + 202])
    assert taker.seen == [1007]
    assert seen(masked(TEXT, b"\xc0", final=False)) == [1007]


def test_a_long_frame_is_refused_before_its_payload():
    assert seen(masked(BINARY, length=101, size=0), message_max=100) == [1009]
    assert seen(masked(BINARY, length=4097)) == [1009]
    assert seen(masked(BINARY, b"x" * 100), message_max=100) == [b"x" * 100]


def test_no_more_is_held_than_the_limit():
    taker = Taker(message_max=1000)
    taker.feed(masked(BINARY, b"x" * 600, final=False))
    taker.feed(masked(0, length=400)[:8])
    assert taker.seen == []
    taker = Taker(message_max=1000)
    taker.feed(masked(BINARY, b"x" * 600, final=False) + masked(0, length=401)[:8])
    assert taker.seen == [1009]


def test_a_message_that_nobody_takes_stops_the_reading():
    taker = Taker(waits=False)
    data = (
        masked(TEXT, "one")
        + masked(PING, "p")
        + masked(TEXT, "two")
        + masked(PING, "q")
        + masked(TEXT, "three")
    )
    taker.feed(data)
    assert taker.ready == "one"
    assert taker.seen == [(PING, b"p")]  # what comes before the next message is seen
    assert len(taker.get_buffer()) == 0
    assert taker.taken() is True
    assert taker.ready == "two"
    assert taker.seen[1:] == [(PING, b"q")]
    assert taker.taken() is True
    assert taker.ready == "three"
    assert taker.taken() is False
    assert len(taker.get_buffer()) == BUFFER_MIN


def test_a_long_message_waits_for_the_one_before():
    taker = Taker(waits=False)
    data = masked(TEXT, "one") + masked(BINARY, b"x" * 2000)
    done = taker.feed(data)
    assert done < len(data) and taker.ready == "one"
    assert taker.taken() is True and taker.ready is None
    taker.feed(data[done:])
    assert taker.ready == b"x" * 2000


def test_an_error_forgets_what_waits():
    taker = Taker(waits=False)
    taker.feed(masked(TEXT, "one") + masked(3))
    assert taker.seen == [1002] and taker.ready is None
    taker.feed(b"x" * 1000)
    assert taker.seen == [1002]


def test_headers_of_what_goes_out():
    assert header(TEXT, 0) == b"\x81\0"
    assert header(BINARY, 125) == b"\x82\x7d"
    assert header(TEXT, 126) == b"\x81\x7e\0\x7e"
    assert header(TEXT, 65535) == b"\x81\x7e\xff\xff"
    assert header(BINARY, 65536) == b"\x82\x7f" + (65536).to_bytes(8, "big")
