"""The opening handshake of WebSocket: RFC 6455 section 4.2, and who may connect at all."""

from check import raises
from windup import HTTPError, WindUp, handshake, tok
from windup.request import Request
from wire import Wire

RIGHT = (
    ("Host", "device"),
    ("Upgrade", "websocket"),
    ("Connection", "keep-alive, Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)


def request_with(*changed, line="GET /ws HTTP/1.1"):
    """The request of RFC 6455 section 1.3, with fields exchanged, taken out (`None`) or added."""
    names = [name for name, _ in changed]
    fields = [pair for pair in RIGHT if pair[0] not in names]
    fields += [pair for pair in changed if pair[1] is not None]
    lines = [line] + ["%s: %s" % pair for pair in fields]
    data = ("\r\n".join(lines) + "\r\n\r\n").encode()
    buffer = bytearray(1024)
    buffer[: len(data)] = data
    head = tok.Head(buffer)
    assert head.parse(0, len(data)) == len(data), data
    app = WindUp()
    return Request(app, head, Wire(app).connection)


def accepted(*changed, protocols=(), origins=()):
    return handshake.accept(request_with(*changed), protocols, origins)


def refused(*changed, origins=(), **keywords):
    return raises(HTTPError, handshake.accept, request_with(*changed, **keywords), (), origins)


def test_the_example_of_the_rfc():
    answer, protocol = accepted()
    assert protocol is None
    assert answer == (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    )


def test_sha1_of_our_own_gives_the_same():
    from modcore.sha1 import sha1

    assert handshake._sha1(b"windup") == sha1(b"windup")


def test_field_values_in_any_case():
    accepted(("Upgrade", "WebSocket"), ("Connection", "UPGRADE"))


def test_what_is_no_upgrade():
    for changed in (
        ("Upgrade", None),
        ("Upgrade", "h2c"),
        ("Connection", None),
        ("Connection", "keep-alive"),
    ):
        error = refused(changed)
        assert error.status == 426 and ("Upgrade", "websocket") in error.headers, changed
    assert refused(line="GET /ws HTTP/1.0").status == 426
    error = refused(line="HEAD /ws HTTP/1.1")
    assert error.status == 405 and error.headers == (("Allow", "GET"),)


def test_other_versions():
    for version in (None, "8", "0", "14", "13, 8", ""):
        error = refused(("Sec-WebSocket-Version", version))
        assert error.status == 426 and ("Sec-WebSocket-Version", "13") in error.headers, version


def test_keys():
    for key in (
        None,
        "",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZQAA",  # 18 bytes
        "dGhlIHNhbXBsZSBub25j",  # 15
        "dGhlIHNhbXBsZSBub25*ZQ==",
        "dGhlIHNhbXBsZSBub25jZR==",  # bits that no 16 bytes have
        "========================",
    ):
        assert refused(("Sec-WebSocket-Key", key)).status == 400, key


def test_a_body_before_it():
    request = request_with(("Content-Length", "2"))
    request.body_pending = True
    assert raises(HTTPError, handshake.accept, request, (), ()).status == 400


def test_the_first_protocol_of_the_client_that_is_spoken():
    offered = ("Sec-WebSocket-Protocol", "soap, wamp , mqtt")
    assert accepted(offered)[1] is None
    answer, protocol = accepted(offered, protocols=("mqtt", "wamp"))
    assert protocol == "wamp" and answer.endswith(b"\r\nSec-WebSocket-Protocol: wamp\r\n\r\n")
    assert accepted(offered, protocols=("MQTT",))[1] is None
    more = ("Sec-WebSocket-Protocol", "xmpp")
    assert accepted(more, offered, protocols=("mqtt",))[1] == "mqtt"
    assert accepted(protocols=("mqtt",))[1] is None


def test_pages_of_others_may_not_connect():
    for origin in (
        "http://evil.example",
        "http://device.evil.example",
        "http://evil.example/device",
        "http://device:81",
        "https://device:80",
        "null",
        "",
        "device",
        "file://device",
    ):
        assert refused(("Origin", origin)).status == 403, origin


def test_pages_of_the_device_may():
    for origin, host in (
        (None, "device"),
        ("http://device", "device"),
        ("http://Device", "dEVICE"),
        ("https://device", "device"),
        ("http://device:80", "device"),
        ("http://device", "device:80"),
        ("https://device", "device:443"),
        ("http://device:8080", "device:8080"),
        ("http://[fe80::1]", "[fe80::1]"),
    ):
        accepted(("Origin", origin), ("Host", host))


def test_pages_that_are_named_may():
    origins = ("https://app.example", "http://localhost:3000")
    accepted(("Origin", "https://app.example"), origins=origins)
    accepted(("Origin", "http://device"), origins=origins)
    assert refused(("Origin", "http://app.example"), origins=origins).status == 403
    accepted(("Origin", "http://anybody.example"), origins=("*",))
    accepted(("Origin", "null"), origins=("*",))
