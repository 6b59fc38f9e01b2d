"""Events: names, order, overflow, answers."""

import asyncio

from check import raises
from modcore import Controller, log
from modcore.config import Config
from modcore.events import Account, Events, Subscriber
from modcore.fiber import sleep_ms, spawn
from modcore.interrupt import Interrupt
from modcore.poller import poller
from modcore.port import MICROPYTHON


def loop(main):
    """Run the coroutine function `main` on a loop that serves events."""
    log.console.held = True
    try:
        if MICROPYTHON:
            from modcore.loop import install

            install()
        return asyncio.run(main())
    finally:
        log.console.held = False


def collect(events, *patterns, **keywords):
    got = []
    keywords.setdefault("limit", 8)
    subscriber = Subscriber("test", patterns, got.append, keywords.get("owner"), keywords["limit"])
    events.add(subscriber)
    return got, subscriber


def test_patterns():
    async def main():
        events = Events(poller)
        exact, _ = collect(events, "wlan.up")
        below, _ = collect(events, "wlan.*")
        every, _ = collect(events, "*")
        two, _ = collect(events, "ntp", "softap.*")
        for name in ("wlan.up", "wlan.up.late", "wlan", "wlanx.up", "ntp", "softap.down"):
            events.fire(name)
        await sleep_ms(5)
        assert [e.name for e in exact] == ["wlan.up"]
        assert [e.name for e in below] == ["wlan.up", "wlan.up.late"]
        assert len(every) == 6
        assert [e.name for e in two] == ["ntp", "softap.down"]

    loop(main)


def test_nothing_happens_before_the_loops_turn_and_data_is_the_same_object():
    async def main():
        events = Events(poller)
        got, _ = collect(events, "a")
        data = [1]
        assert events.fire("a", data, "me") == 1
        assert got == []
        await sleep_ms(5)
        assert got[0].data is data
        assert (got[0].name, got[0].source) == ("a", "me")

    loop(main)


def test_nobody_wants_it():
    assert Events(poller).fire("a") == 0


def test_source_is_left_out():
    async def main():
        class Owner:
            def __init__(self):
                self.account = Account()

        owner, other = Owner(), Owner()
        events = Events(poller)
        own, _ = collect(events, "a", owner=owner)
        others, _ = collect(events, "a", owner=other)
        assert events.fire("a", 1, owner) == 1
        assert events.fire("a", 2) == 2
        await sleep_ms(5)
        assert [e.data for e in own] == [2]
        assert [e.data for e in others] == [1, 2]
        assert 0 <= owner.account.busy_us < 1000000 and owner.account.busy_s == 0

    loop(main)


def test_order_is_kept():
    async def main():
        events = Events(poller)
        got, _ = collect(events, "*", limit=200)
        for number in range(150):
            events.fire("n", number)
        await sleep_ms(50)
        assert [e.data for e in got] == list(range(150))

    loop(main)


def test_a_storm_loses_the_oldest_and_counts():
    async def main():
        events = Events(poller)
        got, subscriber = collect(events, "storm", limit=4)
        quiet, _ = collect(events, "storm", limit=1)
        for number in range(10000):
            events.fire("storm", number)
        await sleep_ms(20)
        assert [e.data for e in got] == [9996, 9997, 9998, 9999]
        assert [e.data for e in quiet] == [9999]
        assert subscriber.dropped == 9996
        lines = [line[3] for line in log.tail() if "events lost so far" in line[3]]
        assert lines[-1].startswith("test is too slow: 8192 of its events lost so far; raise")

    loop(main)


def test_a_handler_that_fires_for_ever_lets_others_run():
    async def main():
        events = Events(poller)
        rounds = 0

        def again(event):
            nonlocal rounds
            rounds += 1
            if rounds < 100000:
                events.fire("again")

        events.add(Subscriber("again", ("again",), again))
        events.fire("again")
        await sleep_ms(3)
        assert 0 < rounds < 100000
        rounds = 100000
        await sleep_ms(3)

    loop(main)


def test_a_handler_that_raises_keeps_getting_events():
    async def main():
        events = Events(poller)
        calls = []

        def bad(event):
            calls.append(event.data)
            raise ValueError("no %s" % event.data)

        events.add(Subscriber("bad", ("a",), bad))
        events.fire("a", 1)
        events.fire("a", 2)
        await sleep_ms(5)
        assert calls == [1, 2]
        texts = [line[3] for line in log.tail()]
        assert "bad failed on a" in texts
        assert "ValueError: no 2" in texts

    loop(main)


def test_handlers_that_give_way_keep_the_order():
    async def main():
        events = Events(poller)
        got = []

        async def coroutine(event):
            await sleep_ms(2)
            got.append(("coroutine", event.data))

        def generator(event):
            yield
            got.append(("generator", event.data))
            yield 1

        events.add(Subscriber("c", ("a",), coroutine))
        events.add(Subscriber("g", ("a",), generator))
        for number in range(3):
            events.fire("a", number)
        await sleep_ms(60)
        assert [d for kind, d in got if kind == "coroutine"] == [0, 1, 2]
        assert [d for kind, d in got if kind == "generator"] == [0, 1, 2]

    loop(main)


def test_a_removed_subscriber_gets_nothing_more():
    async def main():
        events = Events(poller)
        got, subscriber = collect(events, "a")
        events.fire("a")
        events.remove(subscriber)
        events.fire("a")
        await sleep_ms(5)
        assert got == []

    loop(main)


def test_ask():
    async def main():
        modc = Controller(Config("unit_none", "unit_none"))
        events = modc.events
        collect(events, "sum")

        async def late(event):
            await sleep_ms(3)
            return sum(event.data)

        events.add(Subscriber("late", ("sum",), late))
        assert await modc.ask("sum", (1, 2), 1000) == 3
        events.add(Subscriber("quick", ("sum",), lambda event: 0))
        assert await modc.ask("sum", (1, 2), 1000) == 0
        try:
            await modc.ask("nobody", None, 1000)
            raise AssertionError("answered")
        except LookupError as exc:
            assert "nobody answers 'nobody'" in str(exc)
        collect(events, "silent")
        try:
            await modc.ask("silent", None, 5)
            raise AssertionError("answered")
        except asyncio.TimeoutError:
            pass

    loop(main)


if MICROPYTHON:

    def test_interrupts_allocate_nothing_and_are_counted():
        import micropython

        async def main():
            counts = []
            first, second = Interrupt(counts.append), Interrupt(lambda count: counts.append(-count))
            ring = first.ring
            micropython.heap_lock()
            ring(None)
            ring(None)
            ring(None)
            micropython.heap_unlock()
            second.ring(None)
            await sleep_ms(30)
            assert sorted(counts) == [-1, 3]  # which of them is called first is not said
            counts.clear()
            first.close()
            second.ring(None)
            await sleep_ms(30)
            assert counts == [-1]
            second.close()

        loop(main)

    def test_an_interrupt_wakes_the_loop():
        import micropython

        async def main():
            done = asyncio.Event()
            interrupt = Interrupt(lambda count: done.set())
            micropython.schedule(interrupt.ring, None)
            await asyncio.wait_for_ms(done.wait(), 5000)
            interrupt.close()

        loop(main)


def test_many_names_are_not_remembered_for_ever():
    events = Events(poller)
    for number in range(1000):
        events.fire("name.%d" % number)
    assert not hasattr(events, "_routes") or len(events._routes) <= 32


def test_unknown_arguments():
    raises(TypeError, Events(poller).fire)


def test_fire_from_a_fiber():
    async def main():
        events = Events(poller)
        got, _ = collect(events, "a")

        def work():
            for number in range(3):
                events.fire("a", number)
                yield 1

        await spawn(work).join()
        await sleep_ms(5)
        assert [e.data for e in got] == [0, 1, 2]

    loop(main)
