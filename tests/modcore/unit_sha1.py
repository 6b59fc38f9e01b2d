"""SHA-1 without hashlib."""

import binascii

from modcore.sha1 import sha1


def test_digests():
    # FIPS 180 and RFC 6455, section 1.3; then lengths on both sides of a block's end
    for data, digest in (
        (b"", b"da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (b"abc", b"a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            b"84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        ),
        (
            b"dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
            b"b37a4f2cc0624f1690f64606cf385945b2bec4ea",
        ),
        (b"a" * 55, b"c1c8bbdc22796e28c0e15163d20899b65621d65a"),
        (b"a" * 56, b"c2db330f6083854c99d4b5bfb6e8f29f201be699"),
        (b"a" * 63, b"03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
        (b"a" * 64, b"0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ):
        assert binascii.hexlify(sha1(data)) == digest, data
