"""HMAC-SHA256 and PBKDF2: RFC 4231, RFC 7914 section 11."""

from binascii import unhexlify

from check import raises
from windup import tok

try:
    import keyhash
except ImportError:
    from windup import pykeyhash as keyhash


def derived(password, salt, iterations):
    key = b""
    for index in (1, 2):
        work = keyhash.Pbkdf2(password, salt, index)
        work.step(iterations - 1)
        key += work.key()
    return key


def test_rfc_7914():
    assert derived(b"passwd", b"salt", 1) == unhexlify(
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
    )
    assert derived(b"Password", b"NaCl", 80000) == unhexlify(
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
    )


def test_rfc_6070_with_sha_256():
    # The inputs of RFC 6070
    for iterations, key in (
        (2, "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"),
        (4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
    ):
        assert derived(b"password", b"salt", iterations)[:32] == unhexlify(key)
    long = derived(b"passwordPASSWORDpassword", b"saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096)
    assert long[:40] == unhexlify(
        "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9"
    )
    assert derived(b"pass\0word", b"sa\0lt", 4096)[:16] == unhexlify(
        "89b69d0516f829893c696226650a8687"
    )


def test_steps_add_up():
    whole = keyhash.Pbkdf2(b"password", b"salt")
    whole.step(299)
    pieces = keyhash.Pbkdf2(bytearray(b"password"), memoryview(b"salt"))
    for count in (0, 1, 64, 100, 134):
        pieces.step(count)
    assert pieces.key() == whole.key()


def test_rfc_4231():
    for key, message, hash in (
        (
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            b"\xaa" * 131,
            b"This is a test using a larger than block-size key and a larger than block-size data. "
            b"The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ):
        assert keyhash.hmac(key, message) == unhexlify(hash)


def test_equal():
    assert keyhash.equal(b"", b"") and keyhash.equal(b"abc", bytearray(b"abc"))
    for other in (b"abd", b"bbc", b"ab", b"abcd", b""):
        assert not keyhash.equal(b"abc", other)


class Holder:
    def __init__(self, secret):
        self.secret = secret


def test_holder():
    holders = [Holder(b"abcd"), None] + [Holder(b"%04d" % number) for number in range(2, 20)]
    for cookies, number in (
        (b"a=00abcd", 0),
        (b"a=00abcde; b=1", 0),
        (b"x=1; a=03" + b"0003", 3),
        (b"x=1;a=0L0012;", 12),
        (b"x=1;  a=130019", 19),
        (b"aa=1; a=00abcd", 0),
    ):
        assert keyhash.holder(holders, cookies, b"a=") is holders[number], cookies
    for cookies in (
        b"",
        b"a=",
        b"a=0",
        b"a=00",
        b"a=00abc",
        b"a=00abcx",
        b"a=01abcd",
        b"a=OOabcd",
        b"a=14abcd",
        b"xa=00abcd",
        b"x a=00abcd",
        b"A=00abcd",
        b"a=1; a=00abcd",
        b"x=a=00abcd",
    ):
        assert keyhash.holder(holders, cookies, b"a=") is None, cookies


def test_holder_looks_into_a_head():
    holders = [Holder(b"abcd"), None, Holder(b"efgh")]
    for fields, number in (
        ((b"Cookie: a=00abcd",), 0),
        ((b"X: 1", b"cookie:  b=1; a=02efgh", b"Y: a=00abcd"), 2),
        ((b"Cookie: a=02abcd", b"X: a=00abcd"), None),
        ((b"Cookie:",), None),
        ((b"X: a=00abcd",), None),
    ):
        data = b"GET / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % b"\r\n".join(fields)
        head = tok.Head(bytearray(data))
        assert keyhash.holder(holders, head, b"a=") is None, fields  # not before it is whole
        assert head.parse(0, len(data) - 2) == 0
        assert keyhash.holder(holders, head, b"a=") is None, fields
        assert head.parse(0, len(data)) == len(data)
        found = None if number is None else holders[number]
        assert keyhash.holder(holders, head, b"a=") is found, fields
        head.reset()
        assert keyhash.holder(holders, head, b"a=") is None, fields


def test_mistakes():
    raises(ValueError, keyhash.Pbkdf2, b"", b"", 0)
    raises(ValueError, keyhash.Pbkdf2(b"", b"").step, -1)
    raises(TypeError, keyhash.hmac, b"key", None)
