"""Header fields: RFC 9112 section 5, RFC 9110 sections 5 and 7.2."""

from case import answered, refused, request

LINE = b"GET /seen HTTP/1.1\r\nHost: x\r\n"


def with_field(line):
    return LINE + line + b"\r\n\r\n"


def seen(what):
    return b"GET /seen None host=x x=" + what


def head_of(length):
    """A head of `length` bytes, in fields of up to 200."""
    head = LINE
    while length - len(head) > 2:
        size = min(200, length - len(head) - 2)
        if 0 < length - len(head) - 2 - size < 10:
            size -= 10
        head += b"X-A: " + b"a" * (size - 7) + b"\r\n"
    return head + b"\r\n"


def host(value):
    return f"GET /hello HTTP/1.1\r\nHost:{value}\r\n\r\n".encode("latin-1")


# fmt: off
CASES = [
    answered("9110 5.1", "a name has no case", with_field(b"X-SEEN: 1"), body=seen(b"1")),
    answered("9112 5.1", "white space around a value", with_field(b"X-Seen: \t 1 \t "), body=seen(b"1")),
    answered("9112 5.1", "no white space before a value", with_field(b"X-Seen:1"), body=seen(b"1")),
    answered("9112 5.1", "white space in a value", with_field(b"X-Seen: a \t b"), body=seen(b"a \t b")),
    answered("9110 5.5", "an empty value", with_field(b"X-Seen:"), body=seen(b"")),
    answered("9110 5.5", "a value of white space", with_field(b"X-Seen:  \t "), body=seen(b"")),
    answered("9110 5.5", "a colon in a value", with_field(b"X-Seen: a:b"), body=seen(b"a:b")),
    answered("9110 5.5", "UTF-8 in a value", with_field("X-Seen: ä".encode()), body=seen("ä".encode())),
    answered("9110 5.5", "a byte over 127 in a value", with_field(b"X-Seen: \xe4"), body=seen("ä".encode())),
    answered("9110 5.6.2", "every sign of a token", with_field(b"!#$%&'*+-.^_`|~09AZaz: 1")),
    answered("9110 5.3", "a name twice", with_field(b"X-Seen: 1\r\nX-Seen: 2"), body=seen(b"1")),
    refused("9112 5.1", "a space before the colon", with_field(b"X-Seen : 1")),
    refused("9112 5.1", "a tab before the colon", with_field(b"X-Seen\t: 1")),
    refused("9112 5", "no colon", with_field(b"X-Seen")),
    refused("9112 5", "no name", with_field(b": 1")),
    refused("9112 5", "a space in a name", with_field(b"X Seen: 1")),
    refused("9110 5.6.2", "a bracket in a name", with_field(b"X(Seen: 1")),
    refused("9110 5.6.2", "a quotation mark in a name", with_field(b'X"Seen: 1')),
    refused("9110 5.6.2", "a slash in a name", with_field(b"X/Seen: 1")),
    refused("9110 5.6.2", "an at sign in a name", with_field(b"X@Seen: 1")),
    refused("9110 5.6.2", "a comma in a name", with_field(b"X,Seen: 1")),
    refused("9110 5.6.2", "a NUL in a name", with_field(b"X\0Seen: 1")),
    refused("9110 5.6.2", "a byte over 127 in a name", with_field(b"X\xe4Seen: 1")),
    refused("9110 5.5", "a NUL in a value", with_field(b"X-Seen: a\0b")),
    refused("9110 5.5", "a CR in a value", with_field(b"X-Seen: a\rb")),
    refused("9110 5.5", "a LF in a value", with_field(b"X-Seen: a\nb")),
    refused("9110 5.5", "a DEL in a value", with_field(b"X-Seen: a\x7fb")),
    refused("9110 5.5", "a BEL in a value", with_field(b"X-Seen: a\x07b")),
    refused("9110 5.5", "an escape in a value", with_field(b"X-Seen: a\x1bb")),
    refused("9112 5.2", "a folded line", with_field(b"X-Seen: a\r\n b")),
    refused("9112 5.2", "a line folded by a tab", with_field(b"X-Seen: a\r\n\tb")),
    refused("9112 5.2", "a fold of white space alone", with_field(b"X-Seen: a\r\n  ")),
    refused("9112 5.2", "a folded Host", b"GET /hello HTTP/1.1\r\nHost:\r\n x\r\n\r\n"),
    refused("9112 2.2", "a field that ends with LF", with_field(b"X-A: 1\nX-Seen: 1")),
    refused("9112 2.2", "a field that ends with CR", with_field(b"X-A: 1\rX-Seen: 1")),
    refused("9112 2.2", "a field that ends with CR CR LF", with_field(b"X-A: 1\r\r\nX-Seen: 1")),
    # Host
    refused("9112 3.2", "no Host in HTTP/1.1", request("/hello", host=None)),
    refused("9112 3.2", "no Host in HTTP/1.2", request("/hello", host=None, version="1.2")),
    refused("9112 3.2", "two Hosts", request("/hello", "Host: y")),
    refused("9112 3.2", "two equal Hosts", request("/hello", "Host: x")),
    refused("9112 3.2", "two Hosts in HTTP/1.0", request("/hello", "Host: y", version="1.0")),
    refused("9110 7.2", "an empty Host", host("")),
    refused("9110 7.2", "a Host of white space", host("   ")),
    refused("9110 7.2", "a space in Host", host(" x y")),
    refused("9110 7.2", "a list in Host", host(" x, y")),
    refused("9110 7.2", "a path in Host", host(" x/y")),
    refused("9110 7.2", "a user in Host", host(" user@x")),
    refused("9110 7.2", "a URL in Host", host(" http://x")),
    refused("9110 7.2", "a port that is no number", host(" x:http")),
    refused("9110 7.2", "a negative port", host(" x:-80")),
    refused("9110 7.2", "two ports", host(" x:80:80")),
    refused("9110 7.2", "a port alone", host(" :80")),
    refused("9110 7.2", "an open bracket", host(" [::1")),
    refused("9110 7.2", "a bracket closed only", host(" ::1]")),
    refused("9110 7.2", "empty brackets", host(" []")),
    refused("9110 7.2", "something behind the brackets", host(" [::1]x")),
    refused("9110 7.2", "a byte over 127 in Host", host(" \xe4")),
    refused("9110 7.2", "a backslash in Host", host(" x\\y")),
    answered("9110 7.2", "a port", host(" x:8080")),
    answered("9110 7.2", "an empty port", host(" x:")),
    answered("9110 7.2", "IPv4", host(" 192.0.2.1:80")),
    answered("9110 7.2", "IPv6", host(" [2001:db8::1]:80")),
    answered("9110 7.2", "no white space before it", host("x")),
    # Fields that two readers must not read differently
    refused("9110 8.3", "two Content-Types", with_field(b"Content-Type: a/b\r\nContent-Type: a/c")),
    refused("9110 11.6.2", "two Authorizations", with_field(b"Authorization: a b\r\nAuthorization: a c")),
    refused("6454 7.3", "two Origins", with_field(b"Origin: http://a\r\nOrigin: http://b")),
    # Limits: a head may have 64 fields, and 2048 bytes here
    answered("6585 5", "64 fields", request("/seen", *["X-Seen: a"] * 63), body=seen(b"a")),
    refused("6585 5", "65 fields", request("/seen", *["X-Seen: a"] * 64), 431),
    answered("6585 5", "a head at the limit", head_of(2048)),
    refused("6585 5", "a head over the limit", head_of(2049), 431),
    answered("6585 5", "a head of more than the buffer", head_of(700)),
    refused("6585 5", "a field of 3000 bytes", with_field(b"X-A: " + b"a" * 3000), 431),
    refused("6585 5", "a name of 3000 bytes", with_field(b"a" * 3000 + b": 1"), 431),
    refused("6585 5", "a field without an end", LINE + b"X-A: " + b"a" * 9000, 431),
]
# fmt: on
