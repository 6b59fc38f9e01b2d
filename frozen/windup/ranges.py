"""Byte ranges (RFC 9110 section 14)."""

from modcore.port import const

_DIGITS_MAX = const(15)


def part(field, length):
    """The part that `field`, the value of Range, asks for of `length` bytes.

    Returns:
        `(start, count)` with `count` at least 1; `None`: answer with the whole, because it asks for several parts, in
        another unit, or in a form that is none; 0: no byte of it is there, answer 416.
    """
    unit, _, text = _cut(field, b"=")
    if unit.strip().lower() != b"bytes":
        return None
    first, dash, last = _cut(text.strip(), b"-")
    if not dash or not (first + last).isdigit():
        return None
    if not first:
        count = min(_number(last), length)  # a suffix: that many at the end
        return (length - count, count) if count else 0
    start = _number(first)
    end = _number(last) if last else max(start, length)
    if end < start:
        return None  # section 14.1.1: invalid
    if start >= length:
        return 0
    return start, min(end + 1, length) - start


def _number(text):
    # To convert more digits takes long, and no file is that long
    text = text.lstrip(b"0") or b"0"
    return int(text) if len(text) <= _DIGITS_MAX else 10**_DIGITS_MAX


def _cut(data, mark):
    at = data.find(mark)
    if at < 0:
        return data, b"", b""
    return data[:at], mark, data[at + 1 :]
