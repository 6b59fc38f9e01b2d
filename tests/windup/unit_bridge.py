"""The bridge from modcore's events to event streams and WebSockets."""

import asyncio
from json import loads

from masked import TEXT, closing, frames, masked
from modcore.events import Events, Subscriber
from modcore.poller import poller
from windup import WindUp
from windup.bridge import Bridge
from windup.event_stream import event_stream
from windup.websocket import websocket
from wire import Wire, get

HANDSHAKE = get(
    "/ws",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)


class Device:
    """A controller's events, and an application with a bridge to them."""

    def __init__(self, **options):
        self.events = Events(poller)
        self.app = WindUp()
        bridge = Bridge(self, ("valve.*", "healthy"), **options)
        event_stream(self.app, "/events")(bridge)
        websocket(self.app, "/ws")(bridge)

    def connect(self, request):
        wire = Wire(self.app)
        data = wire.send(request) + wire.drive()
        assert b"\r\n\r\n" in data
        return wire

    async def turn(self):
        """Let subscribers have their events."""
        for _ in range(4):
            if poller.pending is not None and not poller.pending():
                poller.pending = None
            await asyncio.sleep(0)


def running(test):
    def run():
        asyncio.run(test())

    return run


def of_stream(data):
    """The messages in what a stream brought."""
    assert data == b"" or data.endswith(b"\n\n"), data
    return [loads(part[6:]) for part in data.decode().split("\n\n") if part]


def of_socket(data):
    return [loads(payload) for opcode, payload in frames(data) if opcode == TEXT]


@running
async def test_events_come_to_both():
    device = Device()
    stream, ws = device.connect(get("/events")), device.connect(HANDSHAKE)
    device.events.fire("valve.opened", {"flow": 3})
    device.events.fire("wlan.connected")
    device.events.fire("healthy")
    await device.turn()
    expected = [{"name": "valve.opened", "data": {"flow": 3}}, {"name": "healthy", "data": None}]
    assert of_stream(stream.take()) == expected
    assert of_socket(ws.take()) == expected


@running
async def test_any_payload():
    device = Device()
    stream = device.connect(get("/events"))
    for data in (1, "text", [1, 2], (3, 4), None, True, {"a": ['b\n"c']}):
        device.events.fire("valve.x", data)
        await device.turn()
        found = of_stream(stream.take())
        assert found == [
            {"name": "valve.x", "data": list(data) if type(data) is tuple else data}
        ], data


@running
async def test_a_slow_client_loses_the_oldest_and_is_told():
    device = Device(limit=3)
    slow, quick = device.connect(get("/events")), device.connect(get("/events"))
    slow.stuck = True
    got = []
    for number in range(10):
        device.events.fire("valve.n", number)
        await device.turn()
        got += of_stream(quick.take())
    assert [message["data"] for message in got] == list(range(10))
    slow.stuck = False
    data = b""
    for _ in range(10):
        data += slow.take()
        await device.turn()
    found = of_stream(data)
    # The first was on its way, the second waited for it, the last three were in the queue
    assert [(m["name"], m["data"]) for m in found] == [
        ("valve.n", 0),
        ("valve.n", 1),
        ("bridge.dropped", 5),
        ("valve.n", 7),
        ("valve.n", 8),
        ("valve.n", 9),
    ]


@running
async def test_a_slow_websocket_too():
    device = Device(limit=1)
    ws = device.connect(HANDSHAKE)
    ws.stuck = True
    for number in range(6):
        device.events.fire("valve.n", number)
        await device.turn()
    ws.stuck = False
    data = b""
    for _ in range(8):
        data += ws.take()
        await device.turn()
    assert [(m["name"], m["data"]) for m in of_socket(data)] == [
        ("valve.n", 0),
        ("valve.n", 1),
        ("bridge.dropped", 3),
        ("valve.n", 5),
    ]


@running
async def test_who_has_gone_is_forgotten():
    device = Device()
    wires = [device.connect(get("/events")), device.connect(HANDSHAKE)]
    assert device.events.fire("valve.x") == 2
    await device.turn()
    for left, wire in ((1, wires[0]), (0, wires[1])):
        wire.connection.close()
        assert device.events.fire("valve.x") == left
    ws = device.connect(HANDSHAKE)
    assert device.events.fire("valve.x") == 1
    assert ws.send(closing(1000))[:1] and ws.closing
    ws.connection.close()
    assert device.events.fire("valve.x") == 0


@running
async def test_a_client_that_goes_while_it_is_waited_for():
    device = Device(limit=2)
    wire = device.connect(get("/events"))
    wire.stuck = True
    for number in range(5):
        device.events.fire("valve.n", number)
        await device.turn()
    wire.connection.close()
    await device.turn()
    assert device.events.fire("valve.n") == 0


@running
async def test_clients_fire_what_is_accepted_and_nothing_else():
    device = Device(accept=("lamp.set", "test.*"))
    fired = []
    device.events.add(
        Subscriber("test", ("*",), lambda event: fired.append((event.name, event.data)))
    )
    ws = device.connect(HANDSHAKE)

    def say(text):
        return of_socket(ws.send(masked(TEXT, text)))

    assert say('{"name": "lamp.set", "data": 80}') == []
    assert say('{"name": "test.a.b"}') == []
    await device.turn()
    assert fired == [("lamp.set", 80), ("test.a.b", None)]
    for text in (
        '{"name": "restart"}',
        '{"name": "lamp.setting"}',
        '{"name": "test"}',
        '{"name": "testing.x"}',
        '{"name": "*"}',
        '{"name": ["lamp.set"]}',
        '{"name": null}',
        '{"data": 1}',
        '"lamp.set"',
        "[1]",
        "{",
        "",
    ):
        assert [message["name"] for message in say(text)] == ["bridge.error"], text
    await device.turn()
    assert len(fired) == 2
    nothing = device.connect(HANDSHAKE)
    assert of_socket(nothing.send(masked(2, b"\0\xff")))[0]["name"] == "bridge.error"


@running
async def test_without_accept_nothing_may_be_fired():
    device = Device()
    ws = device.connect(HANDSHAKE)
    found = of_socket(ws.send(masked(TEXT, '{"name": "valve.open"}')))
    await device.turn()
    assert [message["name"] for message in found] == ["bridge.error"] and ws.take() == b""
