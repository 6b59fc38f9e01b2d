"""UTF-8 as RFC 3629 has it, checked as it comes.

MicroPython's `str` looks at the structure only: it takes longer forms than needed, surrogates, and what lies beyond U+10FFFF.
The search for what it lets through runs in C.
"""

# Bytes that stand nowhere in UTF-8
_NEVER = tuple([bytes((byte,)) for byte in (0xC0, 0xC1) + tuple(range(0xF5, 0x100))])

# A first byte, and the bounds of the second where they are narrower than 0x80 to 0xBF
_NARROW = (
    (b"\xe0", 0xA0, 0xBF),
    (b"\xed", 0x80, 0x9F),
    (b"\xf0", 0x90, 0xBF),
    (b"\xf4", 0x80, 0x8F),
)


def incomplete(piece):
    """How many bytes at the end of `piece` begin a character that goes on behind it, 0 to 3.

    Args:
        piece: `bytes`, from the start of a character.

    Raises:
        ValueError: it is no UTF-8, whatever may follow.
    """
    size = len(piece)
    tail = 0
    for back in range(1, min(size, 3) + 1):
        byte = piece[-back]
        if byte >= 0xC0:
            if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4):
                tail = back
            break
        if byte < 0x80:
            break
    str(piece[: size - tail], "utf-8")
    for byte in _NEVER:
        if byte in piece:
            raise ValueError
    for first, low, high in _NARROW:
        at = piece.find(first)
        while at >= 0:
            if at + 1 < size and not low <= piece[at + 1] <= high:
                raise ValueError
            at = piece.find(first, at + 1)
    return tail
