"""How a WebSocket ends: who closes when, with which code, and who is not waited for."""

import asyncio

from masked import BINARY, CLOSE, PING, PONG, TEXT, closing, frames, masked
from socket_client import Client, echo, end, reasons, running


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
