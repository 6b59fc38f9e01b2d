"""Messages of RFC 5424, and what happens to lines that the network does not take."""

from check import raises
from modcore import log, syslog


class Network:
    """A socket that takes `room` datagrams."""

    def __init__(self, room=1000):
        self.room = room
        self.sent = []

    def sendto(self, data, address):
        if not self.room:
            raise OSError(101)
        self.room -= 1
        self.sent.append(data)


def made(**changes):
    values = {row[0]: row[2] for row in syslog.Syslog.schema}
    values["host"] = "127.0.0.1"
    values["hostname"] = "garden"
    values.update(changes)
    module = syslog.Syslog()
    module.config(values)
    return module


def message(name, level, text, stamp=None, **changes):
    real = syslog.stamp
    syslog.stamp = lambda ticks: stamp
    try:
        return made(**changes)._message((12345, level, name, text))
    finally:
        syslog.stamp = real


def test_message():
    when = "2026-05-04T03:02:01.123Z"
    assert (
        message("wlan", log.INFO, "connected", when)
        == b"<134>1 2026-05-04T03:02:01.123Z garden modcore - wlan "
        b'[meta sequenceId="1" sysUpTime="1234"] connected'
    )
    assert (
        message("wlan", log.ERROR, "a\nb\0c", facility=0)
        == b'<3>1 - garden modcore - wlan [meta sequenceId="1" sysUpTime="1234"] a b c'
    )


def test_severities():
    for level, number in ((log.DEBUG, 7), (log.INFO, 6), (log.WARNING, 4), (log.ERROR, 3)):
        assert message("x", level, "", facility=23).startswith(b"<%d>1 " % (184 + number))


def test_names_have_no_space_and_a_limit():
    assert b" modcore - twowords [" in message("two words\xe4", log.INFO, "")
    assert b" modcore - - [" in message(" ", log.INFO, "")
    assert b" modcore - " + b"x" * 32 + b" [" in message("x" * 40, log.INFO, "")


def test_no_message_is_longer_than_every_receiver_takes():
    text = message("x", log.INFO, "y" * 200)
    assert text.endswith(b"y" * 200) and len(text) < 480
    for character in ("ä", "€", "😀"):
        data = message("x", log.INFO, character * 200)
        assert len(data) <= 480
        body = data[data.index(b"] ") + 2 :]
        assert body[:3] == b"\xef\xbb\xbf"
        assert character * 70 in body[3:].decode()


def test_an_address_is_wanted():
    for host in ("", "log.example.net", "1.2.3", "a.b.c.d", "::1"):
        assert "host: expected an IPv4 address" in str(raises(ValueError, lambda: made(host=host)))


def run(body, room=1000, ring=8):
    log.console.held = True
    log.configure({"level": "info", "levels": {}, "ring": ring})
    module = made()
    module._socket = network = Network(room)
    log.sinks.append(module.write)
    try:
        body(module, network)
    finally:
        module.stop()
        log.configure({"level": "info", "levels": {}, "ring": 32})
        log.console.held = False


def numbers(network):
    return [int(data.split(b"number ")[1]) for data in network.sent]


def test_lines_wait_for_the_network_in_order():
    logger = log.get("unit")

    def body(module, network):
        for number in range(7):
            logger.info("number %d", number)
        assert numbers(network) == [0, 1]
        assert module._waiting == 5
        network.room = 1000
        while module._waiting:
            module._send()
        logger.info("number %d", 7)
        assert numbers(network) == list(range(8))
        assert module.dropped == 0
        assert b'sequenceId="8"' in network.sent[-1]

    run(body, 2)


def test_what_the_ring_lost_is_counted():
    logger = log.get("unit")

    def body(module, network):
        for number in range(20):
            logger.info("number %d", number)
        network.room = 1000
        while module._waiting:
            module._send()
        assert numbers(network) == list(range(12, 20))
        assert module.dropped == 12

    run(body, 0)


def test_a_ring_that_shrinks_loses_lines_and_the_module_goes_on():
    logger = log.get("unit")

    def body(module, network):
        for number in range(8):
            logger.info("number %d", number)
        log.configure({"level": "info", "levels": {}, "ring": 2})
        network.room = 1000
        module._send()
        assert module._waiting == 0 and module.dropped == 6
        assert numbers(network) == [6, 7]

    run(body, 0)


def test_level():
    def body(module, network):
        module._level = log.WARNING
        log.get("unit").info("number 1")
        log.get("unit").warning("number 2")
        assert numbers(network) == [2]
        assert b'sequenceId="1"' in network.sent[0]

    run(body)


def test_what_is_left_at_the_stop_is_tried_once_more():
    modules = []

    def body(module, network):
        modules.append(module)
        log.get("unit").info("number 1")
        assert network.sent == []

    run(body, 0)
    assert modules[0].dropped == 1
    assert modules[0].write not in log.sinks
