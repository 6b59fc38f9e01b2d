"""What close frames say (RFC 6455 sections 5.5.1 and 7.4). Needed once a connection, so it is borrowed."""

BORROWED = ("windup.utf8",)


def parse(payload):
    """What a client's close frame says: `(code, reason, wrong)`.

    Args:
        payload: `bytes`, not empty.

    Returns:
        Its code, its reason as `str`, and 0; or what is wrong with it: 1002 or 1007, as the last of the three.
    """
    code = int.from_bytes(payload[:2], "big")
    if len(payload) < 2 or not _exists(code):
        return code, "", 1002
    try:
        reason = str(payload[2:], "utf-8")
        if len(reason) != len(payload) - 2:
            from .utf8 import incomplete

            incomplete(payload[2:])
        return code, reason, 0
    except ValueError:
        return code, "", 1007


def check(code, reason):
    """ValueError: a server does not close with `code`, or `reason`, a `str`, is too long."""
    if not _exists(code) or code == 1010:
        raise ValueError("close: code %d; use 1000, or 3000 to 4999" % code)
    if len(reason.encode()) > 123:
        raise ValueError("close: the reason has more than 123 bytes")


def is_last(buffer, count):
    """Whether the first `count` bytes of `buffer` end with a close frame, whatever is before it.

    So a client answers ours; after an error of its own nothing else is understood any more.
    """
    for size in range(min(126, count - 5)):
        at = count - 6 - size
        if buffer[at] == 0x88 and buffer[at + 1] == 0x80 | size:
            return True
    return False


def _exists(code):
    # That may stand in a frame: 1004 to 1006 and 1015 may not
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
