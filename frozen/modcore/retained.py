"""What survives a reset: a few small values in the real-time clock's memory, which only a power failure clears.

An ESP32 has 2048 bytes there, an ESP8266 492; the record is the same on both. Whatever else is found there, and a
record that was damaged, counts as empty. A program that wants room for itself uses `put` and `get`; where one writes
`machine.RTC().memory()` itself, that is left alone, and nothing is kept here.

The record: `MAGIC`, the first 4 bytes of the SHA-256 of the rest, then for each value the lengths of its key and of
itself, a byte each, its key and itself. Not a CRC: no board lacks SHA-256 in C, while an ESP8266 has no CRC-32.
"""

import hashlib
import io

from .port import const, print_exception

MAGIC = b"mcr\x01"

_HEADER = const(8)
_VALUE_MAX = const(255)
_HEAD_MAX = const(160)  # bytes of an exception's class and text; the rest is for its traceback
_OTHERS_MAX = const(112)  # bytes for everybody but modcore

# What modcore itself keeps: boots that did not reach healthy and the one under way (see `modcore.boot`), why safe mode
# is wanted, what ran when the watchdog bit, and the last exception. With what they take at most, 492 bytes hold all.
BOOTS = "boots"
SAFE = "safe"
BLAME = "blame"
EXCEPTION = "exception"
_LIMITS = ((BOOTS, 6), (SAFE, 40), (BLAME, 32), (EXCEPTION, _VALUE_MAX))

_volatile = b""  # where there is no such memory the values live as long as the program


def get(key, default=b""):
    """The `bytes` kept as `key`, a `str`, or `default`."""
    return _load().get(key, default)


def put(key, value):
    """Keep `value`, at most 255 bytes, as `key`, a `str`; `b""` forgets it.

    Raises:
        ValueError: no room: everybody but modcore shares 112 bytes, and each value takes 2 more and those of its key.
    """
    for name, limit in _LIMITS:
        if name == key:
            value = value[:limit]
    values = _load()
    if values.get(key, b"") == value:
        return
    values[key] = bytes(value)
    _save(values)


def note(exc, where=""):
    """Keep `exc`, the last exception: class and text, then where it was raised, what is nearest first, in 254 bytes.

    Args:
        where: what failed, put before it.

    Never raises; without memory for its traceback the class has to do.
    """
    try:
        put(EXCEPTION, b"\x00" + _describe(exc, where))
    except Exception:
        try:
            put(EXCEPTION, b"\x00" + type(exc).__name__.encode())
        except Exception:
            pass


def last_exception():
    """`(text, boots)`: the last exception that was noted, and how many boots ago; `None`: there was none."""
    value = get(EXCEPTION)
    return (str(value[1:], "utf-8"), value[0]) if value else None


def age_exception():
    """Tell `last_exception` that there was a boot since."""
    value = get(EXCEPTION)
    if value and value[0] < 255:
        put(EXCEPTION, bytes((value[0] + 1,)) + value[1:])


def cut(text, size):
    """As much of `text`, a `str`, as its UTF-8 form fits in `size` bytes; `bytes`."""
    data = text.encode()
    if len(data) > size:
        while size and data[size] & 0xC0 == 0x80:
            size -= 1
        data = data[:size]
    return data


def _describe(exc, where):
    text = type(exc).__name__
    if str(exc):
        text += ": " + str(exc)
    result = cut(where + ": " + text if where else text, _HEAD_MAX)
    trace = io.StringIO()
    print_exception(exc, trace)
    for line in reversed(trace.getvalue().split("\n")):
        line = line.strip()
        if line.startswith('File "'):
            line = b"\n" + line[5:].encode()
            if len(result) + len(line) >= _VALUE_MAX:
                break
            result += line
    return result


def _load():
    values = {}
    try:
        record = _memory()
        if record[:4] == MAGIC and record[4:_HEADER] == _digest(record[_HEADER:]):
            at = _HEADER
            while at < len(record):
                start = at + 2
                middle = start + record[at]
                end = middle + record[at + 1]
                values[str(record[start:middle], "utf-8")] = record[middle:end]
                at = end
    except (IndexError, OSError, ValueError):
        pass
    return values


def _save(values):
    body = b""
    others = 0
    known = [name for name, _ in _LIMITS]
    for key, value in values.items():
        if value:
            name = key.encode()
            if len(name) > _VALUE_MAX or len(value) > _VALUE_MAX:
                raise ValueError("retained: %r: more than %d bytes" % (key, _VALUE_MAX))
            entry = bytes((len(name), len(value))) + name + value
            body += entry
            if key not in known:
                others += len(entry)
    if others > _OTHERS_MAX:
        raise ValueError(
            "retained: no room: %d of %d bytes; put(key, b'') frees some" % (others, _OTHERS_MAX)
        )
    before = _memory()
    if not before or before[:4] == MAGIC:  # else it is a program's own
        _memory(MAGIC + _digest(body) + body if body else b"")


def _digest(body):
    return hashlib.sha256(body).digest()[:4]


def _memory(*record):
    global _volatile
    try:
        from machine import RTC

        return RTC().memory(*record)
    except (ImportError, AttributeError):
        if record:
            _volatile = record[0]
        return _volatile
