"""WebSocket while it is open: messages, control frames, back-pressure, what handlers may do."""

import asyncio

from masked import BINARY, PING, PONG, TEXT, closing, masked
from socket_client import HANDSHAKE, Client, echo, end, running
from windup import WindUp
from windup.websocket import websocket
from wire import Wire, get, parse


@running
async def test_echo():
    client = Client(echo)
    for text in ("a", "", "x" * 125, "x" * 126, "caf\xe9", "x" * 4000, "b"):
        assert await client.say(masked(TEXT, text)) == [(TEXT, text.encode())], text
    for data in (b"", b"\0\xff", b"x" * 4000):
        assert await client.say(masked(BINARY, data)) == [(BINARY, data)]
    assert await client.say(masked(TEXT, "a"), masked(TEXT, "b")) == [(TEXT, b"a"), (TEXT, b"b")]
    both = masked(TEXT, "a") + masked(BINARY, b"b") + masked(TEXT, "c")
    assert await client.say(both) == [(TEXT, b"a"), (BINARY, b"b"), (TEXT, b"c")]
    assert await client.say(closing(1000)) == [end(1000)]
    assert client.closed


@running
async def test_bytes_one_at_a_time():
    client = Client(echo)
    for text in ("a", "caf\xe9" * 50):
        assert await client.say(*[bytes((byte,)) for byte in masked(TEXT, text)]) == [
            (TEXT, text.encode())
        ]
    client = Client(echo, step=1)
    assert await client.say(masked(TEXT, "abc"), masked(TEXT, "x" * 200)) == [
        (TEXT, b"abc"),
        (TEXT, b"x" * 200),
    ]


@running
async def test_frames_right_behind_the_handshake():
    client = Client(echo, masked(TEXT, "early") + masked(PING, "p"))
    assert sorted(await client.come()) == [(TEXT, b"early"), (PONG, b"p")]
    many = [masked(BINARY, b"%d" % number * 40) for number in range(9)]
    client = Client(echo, b"".join(many))
    found = await client.come()
    found += await client.come()
    assert found == [(BINARY, b"%d" % number * 40) for number in range(9)]


@running
async def test_pings_are_answered_with_what_they_say():
    client = Client(echo)
    assert await client.say(masked(PING, "abc")) == [(PONG, b"abc")]
    assert await client.say(masked(TEXT, "a", final=False), masked(PING), masked(0, "b")) == [
        (PONG, b""),
        (TEXT, b"ab"),
    ]
    assert await client.say(masked(PONG, "nobody asked")) == []


@running
async def test_of_many_pings_the_last_is_answered():
    client = Client(echo)
    client.wire.stuck = True
    found = await client.say(b"".join([masked(PING, "%d" % number) for number in range(20)]))
    # Nothing piles up for a client that does not read
    assert found[0] == (PONG, b"0") and found[-1] == (PONG, b"19") and len(found) == 2


@running
async def test_whatever_a_handler_awaits():
    gate = asyncio.Event()

    async def handler(request, ws):
        await ws.send("one")
        await asyncio.sleep(0)
        await ws.send("two")
        await gate.wait()
        while True:
            message = await ws.receive()
            if message is None:
                return
            await asyncio.sleep(0)
            await ws.send(message + "!")
            await ws.send(message + "?")

    client = Client(handler)
    assert await client.come() == [(TEXT, b"one"), (TEXT, b"two")]
    assert await client.say(masked(TEXT, "a"), masked(PING)) == [(PONG, b"")]
    gate.set()
    assert await client.come() == [(TEXT, b"a!"), (TEXT, b"a?")]
    assert await client.say(masked(TEXT, "b")) == [(TEXT, b"b!"), (TEXT, b"b?")]


@running
async def test_a_client_is_held_back_by_a_handler_that_does_not_receive():
    gate = asyncio.Event()
    got = []

    async def handler(request, ws):
        await gate.wait()
        while True:
            message = await ws.receive()
            if message is None:
                return
            got.append(message)

    client = Client(handler)
    await client.say(masked(TEXT, "one"), masked(PING, "seen"))
    sent = client.wire.feed(masked(TEXT, "two"))
    assert sent == 9 and len(client.wire.exchange.get_buffer()) == 0 and got == []
    await client.wait(100)  # no ping is due: nobody reads what answers it
    assert not client.closed
    gate.set()
    await client.come()
    assert got == ["one", "two"]
    await client.say(masked(TEXT, "three"))
    assert got == ["one", "two", "three"]


@running
async def test_a_handler_is_held_back_by_a_client_that_does_not_read():
    sent = []

    async def handler(request, ws):
        await ws.receive()
        for number in range(10):
            await ws.send("%d" % number)
            sent.append(number)

    client = Client(handler)
    await client.come()
    client.wire.stuck = True
    client.wire.feed(masked(TEXT, "go"))
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(sent) <= 2
    client.wire.stuck = False
    found = await client.come()
    for _ in range(5):
        found += await client.come()
    assert found == [(TEXT, b"%d" % number) for number in range(10)] + [end(1000)]


@running
async def test_several_tasks_send_whole_messages():
    async def talk(ws, letter):
        for _ in range(5):
            await ws.send(letter * 200)

    async def handler(request, ws):
        await ws.receive()
        tasks = [asyncio.create_task(talk(ws, letter)) for letter in "abc"]
        for task in tasks:
            await task

    client = Client(handler, step=7)
    found = await client.say(masked(TEXT, "go"))
    for _ in range(10):
        found += await client.come()
    found += await client.say(closing(1000))
    texts = sorted([payload for opcode, payload in found if opcode == TEXT])
    assert texts == [letter * 200 for letter in (b"a", b"b", b"c") for _ in range(5)]


@running
async def test_another_task_receives():
    got = []

    async def reader(ws):
        got.append(await ws.receive())

    async def handler(request, ws):
        task = asyncio.create_task(reader(ws))
        await task
        await ws.send("%s" % got)

    client = Client(handler)
    await client.come()
    found = await client.say(masked(TEXT, "for the reader"))
    found += await client.come()
    assert (TEXT, b"['for the reader']") in found


@running
async def test_receive_with_a_timeout_loses_nothing():
    got = []

    async def handler(request, ws):
        for _ in range(3):
            try:
                got.append(await asyncio.wait_for(ws.receive(), 0.01))
            except asyncio.TimeoutError:
                got.append("late")
        got.append(await ws.receive())

    client = Client(handler)
    await asyncio.sleep(0.1)
    await client.say(masked(TEXT, "a"))
    for _ in range(50):
        await asyncio.sleep(0.005)
        if len(got) > 3:
            break
    assert got == ["late", "late", "late", "a"]


@running
async def test_plain_functions_and_what_they_leave():
    seen = []

    def handler(request, ws):
        ws.on_message = seen.append
        ws.on_close = lambda: seen.append("closed")
        seen.append(ws)
        assert ws.push("welcome")

    client = Client(handler)
    assert await client.come() == [(TEXT, b"welcome")]
    assert await client.say(masked(TEXT, "a") + masked(BINARY, b"b"), masked(TEXT, "c")) == []
    assert seen[1:] == ["a", b"b", "c"]
    ws = seen[0]
    assert ws.push("x") and ws.push("y") and await client.come() == [(TEXT, b"x"), (TEXT, b"y")]
    client.wire.stuck = True
    assert ws.push("z") and not ws.push("too early")
    client.wire.stuck = False
    assert await client.come() == [(TEXT, b"z")]
    client.gone()
    assert seen[-1] == "closed" and not ws.push("late")

    def nothing(request, ws):
        pass

    assert await Client(nothing).come() == [end(1000)]

    def breaks(request, ws):
        ws.on_message = lambda message: {}[message]

    client = Client(breaks)
    await client.come()
    assert await client.say(masked(TEXT, "a")) == [end(1011)]


@running
async def test_an_answer_keeps_its_place():
    # The first goes with the turn that brought the message, the others have to wait for it
    async def handler(request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                return
            await ws.send("1" + message)
            await ws.send(b"2")
            await ws.send("3" * 200)
            if message == "end":
                await ws.close(4000)

    client = Client(handler)
    await client.come()
    expected = [(TEXT, b"1go"), (BINARY, b"2"), (TEXT, b"3" * 200)]
    assert await client.say(masked(TEXT, "go")) == expected
    assert await client.say(masked(TEXT, "go")) == expected
    found = await client.say(masked(TEXT, "end"))
    assert found[0] == (TEXT, b"1end") and found[-1] == end(4000) and len(found) == 4


@running
async def test_parameters_protocols_and_refusals():
    app = WindUp()
    seen = []

    @websocket(app, "/room/<name>", protocols=("chat",))
    async def room(request, ws, name):
        seen.append((name, ws.protocol, request.header("x-id")))

    fields = HANDSHAKE.decode().split("\r\n")[2:-2]
    wire = Wire(app)
    data = wire.send(get("/room/attic", "X-Id: 7", "Sec-WebSocket-Protocol: chat, x", *fields))
    data += wire.drive()
    assert b"\r\nSec-WebSocket-Protocol: chat\r\n" in data
    for _ in range(3):
        await asyncio.sleep(0)
    assert seen == [("attic", "chat", "7")]
    for request, status in (
        (get("/room/attic"), 426),
        (get("/room/attic", "Origin: http://evil", *fields), 403),
        (get("/room/attic", *fields, method="POST"), 405),
    ):
        assert parse(Wire(app).send(request))[0][0] == status, request


@running
async def test_the_connection_serves_others_afterwards():
    client = Client(echo)
    await client.say(masked(TEXT, "a"))
    await client.say(masked(TEXT, "a"))
    client.gone()
    wire = client.wire
    wire.connection.open(("192.0.2.2", 1))
    assert parse(wire.send(get("/nothing")))[0][0] == 404
    cut = get("/nothing")
    assert wire.send(cut[:20]) == b""
    assert parse(wire.send(cut[20:]))[0][0] == 404
