"""WebSocket from the handshake to the end: handlers, control frames, back-pressure, who closes when."""

import asyncio

from masked import BINARY, CLOSE, PING, PONG, TEXT, closing, frames, masked
from windup import WindUp
from windup.websocket import websocket
from wire import Wire, get, parse

HANDSHAKE = get(
    "/ws",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)


class Client:
    """One WebSocket to `handler`; it is used within a running loop.

    Attributes:
        notes: for the handler to leave something in.
    """

    def __init__(self, handler, ahead=b"", step=65536, limits=None, **options):
        self.app = WindUp()
        websocket(self.app, "/ws", **options)(handler)
        self.wire = Wire(self.app, step, **(limits or {}))
        self.data = self.wire.send(HANDSHAKE + ahead)
        self.data += self.wire.drive()
        at = self.data.find(b"\r\n\r\n")
        self.head, self.data = self.data[:at], self.data[at + 4 :]
        assert self.head.startswith(b"HTTP/1.1 101 "), self.head

    async def come(self):
        """Let handlers go on; the frames that have come since the last call."""
        for _ in range(6):
            await asyncio.sleep(0)
            self.data += self.wire.take()
        data, self.data = self.data, b""
        return frames(data)

    async def say(self, *parts):
        """Send `parts`, each by itself; the frames that come back."""
        for part in parts:
            self.data += self.wire.send(part)
        return await self.come()

    async def wait(self, seconds):
        """Let time pass; the frames that come."""
        for _ in range(seconds):
            self.data += self.wire.wait(1)
        return await self.come()

    @property
    def closed(self):
        return self.wire.closing

    def gone(self):
        """The transport has lost the client."""
        self.wire.connection.close()


def running(test):
    """`test`, a coroutine function, as a function that runs it."""

    def run():
        asyncio.run(test())

    return run


async def echo(request, ws):
    while True:
        message = await ws.receive()
        if message is None:
            break
        await ws.send(message)


def end(code):
    return (CLOSE, code.to_bytes(2, "big"))


def reasons(found):
    """Codes of the close frames in `found`."""
    return [int.from_bytes(payload[:2], "big") for opcode, payload in found if opcode == CLOSE]


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
async def test_errors_of_the_client_are_told():
    for data, code in (
        (b"\x81\x01a", 1002),
        (masked(3), 1002),
        (masked(TEXT, "x", reserved=1), 1002),
        (masked(0, "x"), 1002),
        (masked(TEXT, b"\xff"), 1007),
        (masked(TEXT, b"\xff" * 300), 1007),
        (masked(TEXT, "x" * 4097), 1009),
        (masked(CLOSE, b"\x03"), 1002),
        (closing(999), 1002),
        (closing(1004), 1002),
        (closing(1005), 1002),
        (closing(1006), 1002),
        (closing(1015), 1002),
        (closing(2999), 1002),
        (closing(5000), 1002),
        (closing(65535), 1002),
        (masked(CLOSE, b"\x03\xe8\xff"), 1007),
        (masked(CLOSE, b"\x03\xe8\xce"), 1007),
    ):
        codes = []

        async def handler(request, ws):
            while await ws.receive() is not None:
                pass
            codes.append(ws.close_code)

        client = Client(handler)
        found = await client.say(data)
        assert reasons(found) == [code] and len(found) == 1, data
        assert codes == [code], data
        if (
            not client.closed
        ):  # our last words would be lost if we closed before the client has read them
            assert await client.say(masked(TEXT, "late")) == []
            assert await client.say(closing(code)) == []
        assert client.closed, data


@running
async def test_a_client_that_broke_a_rule_and_is_silent_is_dropped():
    client = Client(echo)
    assert reasons(await client.say(masked(3))) == [1002]
    assert not client.closed
    assert await client.wait(3) == [] and client.closed
    client = Client(echo)
    await client.say(masked(3))
    for _ in range(70):
        if not client.closed:
            await client.say(b"\xff" * 1024)
    assert client.closed


@running
async def test_closing_codes_of_the_client_come_back():
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1011, 1012, 1014, 3000, 3999, 4000, 4999):
        client = Client(echo)
        both = code.to_bytes(2, "big") + "κόσμε".encode()
        assert await client.say(masked(CLOSE, both)) == [(CLOSE, both)], code
        assert client.closed
    client = Client(echo)
    assert await client.say(closing()) == [(CLOSE, b"")]
    assert client.closed


@running
async def test_what_a_handler_learns_of_the_end():
    for frame, code, reason in (
        (closing(3001, "a reason"), 3001, "a reason"),
        (closing(), 1005, ""),
        (None, 1006, ""),
    ):
        learnt = []

        async def handler(request, ws):
            learnt.append(await ws.receive())
            learnt.append(await ws.receive())
            learnt.append((ws.close_code, ws.close_reason))
            try:
                await ws.send("late")
            except OSError:
                learnt.append("error")

        client = Client(handler)
        if frame:
            await client.say(frame)
        else:
            client.gone()
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert learnt == [None, None, (code, reason), "error"], learnt


@running
async def test_a_handler_that_returns_says_goodbye():
    async def handler(request, ws):
        await ws.send("hello")

    client = Client(handler)
    assert await client.come() == [(TEXT, b"hello"), end(1000)]
    assert not client.closed
    assert await client.say(masked(TEXT, "unheard") + masked(BINARY, b"x" * 3000)) == []
    assert await client.say(masked(PING)) == []
    assert await client.say(closing(1000)) == []
    assert client.closed


@running
async def test_a_client_that_never_says_goodbye_is_not_waited_for():
    async def handler(request, ws):
        pass

    client = Client(handler)
    assert await client.come() == [end(1000)]
    await client.wait(9)
    assert not client.closed
    await client.wait(3)
    assert client.closed


@running
async def test_a_handler_that_fails_is_1011():
    async def handler(request, ws):
        if await ws.receive() == "sleep":
            await asyncio.sleep(0)
        raise ValueError("no")

    for text in ("now", "sleep"):
        client = Client(handler)
        assert await client.say(masked(TEXT, text)) == [end(1011)]
        await client.say(closing(1011))
        assert client.closed


@running
async def test_close_with_code_and_reason():
    async def handler(request, ws):
        for code, reason in (
            (999, ""),
            (1005, ""),
            (1006, ""),
            (1010, ""),
            (1015, ""),
            (2000, ""),
            (5000, ""),
            (1000, "x" * 124),
        ):
            try:
                await ws.close(code, reason)
                raise AssertionError(code)
            except ValueError:
                pass
        await ws.close(4001, "é" * 61)
        await ws.close(4002)
        assert await ws.receive() is None and ws.close_code == 4001

    client = Client(handler)
    assert await client.come() == [(CLOSE, (4001).to_bytes(2, "big") + ("é" * 61).encode())]
    assert await client.say(closing(4001)) == [] and client.closed


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
async def test_a_client_that_takes_nothing_is_dropped():
    client = Client(echo, limits={"between_bytes": 5})
    await client.come()
    client.wire.feed(masked(PING))
    assert client.wire.exchange.out is not None
    for _ in range(4):
        client.wire.limits.now += 1
        assert not client.wire.connection.timed_out()
    client.wire.limits.now += 1
    assert client.wire.connection.timed_out() and client.closed


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
async def test_a_handler_ends_with_its_client():
    ended = []

    async def waits(request, ws):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waits")

    async def sends(request, ws):
        try:
            while True:
                await ws.send("x")
                await asyncio.sleep(0)
        finally:
            ended.append("sends")

    async def awaits_afterwards(request, ws):
        await ws.receive()
        ended.append("told")
        try:
            await asyncio.sleep(60)
            ended.append("never")
        finally:
            ended.append("afterwards")

    for handler in (waits, sends, awaits_afterwards):
        client = Client(handler)
        await client.come()
        client.gone()
        for _ in range(5):
            await asyncio.sleep(0)
    assert ended == ["waits", "sends", "told", "afterwards"], ended


@running
async def test_a_handler_may_await_when_the_client_has_said_goodbye():
    done = []

    async def handler(request, ws):
        await ws.receive()
        await asyncio.sleep(0)
        done.append(1)

    client = Client(handler)
    found = client.wire.send(closing(1000))
    assert not client.closed and not done
    assert frames(found) == [end(1000)]
    await client.come()
    assert done and client.closed


@running
async def test_a_handler_that_does_not_end_holds_the_connection_for_a_while_only():
    ended = []

    async def handler(request, ws):
        await ws.receive()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    client = Client(handler)
    assert await client.say(closing(1000)) == [end(1000)]
    await client.wait(12)
    assert client.closed
    client.gone()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert ended


@running
async def test_silent_clients_are_asked_whether_they_are_there():
    client = Client(echo, ping=5)
    await client.come()
    assert await client.wait(4) == []
    assert await client.wait(1) == [(PING, b"")]
    await client.say(masked(PONG))
    assert await client.wait(5) == [(PING, b"")]
    await client.say(masked(TEXT, "x"))
    assert await client.wait(5) == [(PING, b"")]
    assert not client.closed
    await client.wait(5)
    assert client.closed
    client = Client(echo, ping=0)
    await client.come()
    assert await client.wait(200) == [] and not client.closed


@running
async def test_the_server_stops():
    client = Client(echo)
    await client.come()
    client.wire.exchange.intake.stop()
    assert await client.come() == [end(1001)]
    assert await client.say(closing(1001)) == [] and client.closed


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
