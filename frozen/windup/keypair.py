"""Certificates and private keys, as far as the server looks into them."""

from binascii import a2b_base64


def belong_together(cert, key):
    """Whether the public key that private key `key` brings along is the one in `cert`; both PEM or DER.

    Keys that bring none are believed.
    """
    cert, key = _der(cert), _der(key)
    # Elliptic curves: an uncompressed point in a bit string (RFC 5915); P-256, P-384
    for mark, size in ((b"\x03\x42\x00\x04", 64), (b"\x03\x62\x00\x04", 96)):
        at = key.find(mark)
        if at >= 0:
            return key[at + 3 : at + 4 + size] in cert
    # RSA: version 0, then the modulus (RFC 8017, appendix A.1.2)
    at = key.find(b"\x02\x01\x00\x02\x82")
    if at >= 0:
        size = key[at + 5] << 8 | key[at + 6]
        return key[at + 7 : at + 7 + size] in cert
    return True


def _der(data):
    begin = data.find(b"-----BEGIN ")
    # OpenSSL may write the parameters of the curve into a file of their own, before the key
    if data[begin + 11 : begin + 24] == b"EC PARAMETERS":
        begin = data.find(b"-----BEGIN ", begin + 1)
    if begin < 0:
        return data
    begin = data.find(b"-----", begin + 11) + 5
    end = data.find(b"-----END", begin)
    try:
        return a2b_base64(data[begin:end].replace(b"\r", b"").replace(b"\n", b""))
    except ValueError:
        return b""
