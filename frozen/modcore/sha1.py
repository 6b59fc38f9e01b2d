"""SHA-1 (FIPS 180-4, section 6.1), for the handshake of WebSocket where `hashlib` lacks it, as on the ESP8266.

Nothing that must be safe against forgery may use it.
"""

from .port import const

_MASK = const(0xFFFFFFFF)


def sha1(data):
    """The digest of `data`, 20 bytes."""
    size = len(data)
    data = data + b"\x80" + b"\0" * ((55 - size) % 64) + (size * 8).to_bytes(8, "big")
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
    for at in range(0, len(data), 64):
        words = [int.from_bytes(data[i : i + 4], "big") for i in range(at, at + 64, 4)]
        a, b, c, d, e = state
        for i in range(80):
            if i >= 16:
                # Only the last 16 words are needed again
                word = words[i - 3 & 15] ^ words[i - 8 & 15] ^ words[i - 14 & 15] ^ words[i & 15]
                words[i & 15] = (word << 1 | word >> 31) & _MASK
            if i < 20:
                mixed = (b & c | ~b & _MASK & d) + 0x5A827999
            elif i < 40:
                mixed = (b ^ c ^ d) + 0x6ED9EBA1
            elif i < 60:
                mixed = (b & c | b & d | c & d) + 0x8F1BBCDC
            else:
                mixed = (b ^ c ^ d) + 0xCA62C1D6
            mixed += (a << 5 | a >> 27) + e + words[i & 15]
            a, b, c, d, e = mixed & _MASK, a, (b << 30 | b >> 2) & _MASK, c, d
        mixed = (a, b, c, d, e)
        state = [(state[i] + mixed[i]) & _MASK for i in range(5)]
    return b"".join([word.to_bytes(4, "big") for word in state])
