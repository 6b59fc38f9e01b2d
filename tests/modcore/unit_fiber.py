"""Fibers: giving way, waiting, ending."""

import asyncio
import gc

from check import raises
from modcore import log
from modcore.channel import Channel, Stream
from modcore.events import running
from modcore.fiber import CancelledError, FiberLoop, TimeoutError, guard, sleep_ms, spawn
from modcore.turns import Waiters


class Thing:
    closed = 0

    def close(self):
        self.closed += 1


def loop(main):
    log.console.held = True
    try:
        return asyncio.run(main())
    finally:
        log.console.held = False


async def error_of(awaitable):
    try:
        await awaitable
    except BaseException as exc:
        return exc
    raise AssertionError("nothing raised")


def test_generators_coroutines_and_functions():
    async def main():
        steps = []

        def generator():
            for number in range(3):
                steps.append(("g", number))
                yield
            return "generator"

        async def coroutine():
            for number in range(3):
                steps.append(("c", number))
                await sleep_ms(0)
            return "coroutine"

        def function():
            return "function"

        def gives_generator():
            return generator()

        assert await spawn(generator()).join() == "generator"
        assert await spawn(generator).join() == "generator"
        assert await spawn(coroutine()).join() == "coroutine"
        assert await spawn(coroutine).join() == "coroutine"
        assert await spawn(function).join() == "function"
        assert await spawn(gives_generator).join() == "generator"
        del steps[:]
        first, second = spawn(generator()), spawn(coroutine())
        await first.join()
        await second.join()
        # They took turns: neither was through before the other had begun
        assert steps.index(("c", 0)) < steps.index(("g", 2))
        assert steps.index(("g", 0)) < steps.index(("c", 2))

    loop(main)


def test_a_generator_that_yields_for_ever_lets_others_run():
    async def main():
        def busy():
            while True:
                yield

        fiber = spawn(busy)
        for _ in range(3):
            await sleep_ms(1)
        assert not fiber.done
        assert fiber.kill()
        assert isinstance(await error_of(fiber.join()), CancelledError)
        assert not fiber.kill()

    loop(main)


def test_yield_of_a_number_sleeps():
    async def main():
        order = []

        def late():
            yield 30
            order.append("late")

        def soon():
            yield 3
            order.append("soon")

        fibers = spawn(late), spawn(soon)
        for fiber in fibers:
            await fiber.join()
        assert order == ["soon", "late"]

    loop(main)


def test_generators_wait_for_what_asyncio_has():
    async def main():
        event = asyncio.Event()
        got = []

        def inner():
            got.append("before")
            yield
            channel = Channel()
            spawn(channel.put("item"))
            item = yield from iterate(channel.get())
            got.append(item)
            yield from iterate(event.wait())
            got.append("after")

        fiber = spawn(inner)
        await sleep_ms(10)
        assert got == ["before", "item"]
        event.set()
        await fiber.join()
        assert got[-1] == "after"

    loop(main)


def iterate(awaitable):
    return awaitable.__await__() if hasattr(awaitable, "__await__") else awaitable


def test_errors():
    async def main():
        def fails():
            yield
            raise ValueError("tired")

        fiber = spawn(fails, "worker")
        assert str(await error_of(fiber.join())) == "tired"
        assert isinstance(fiber.error, ValueError)
        assert "worker failed" not in [line[3] for line in log.tail()]
        spawn(fails, "lonely")
        await sleep_ms(5)
        texts = [line[3] for line in log.tail()]
        assert "lonely failed" in texts and "ValueError: tired" in texts

    loop(main)


def test_join_gives_up_and_the_fiber_goes_on():
    async def main():
        def work():
            yield 50
            return 5

        fiber = spawn(work)
        assert isinstance(await error_of(fiber.join(5)), TimeoutError)
        assert not fiber.done
        assert await fiber.join() == 5
        assert await fiber.join(5) == 5

    loop(main)


def test_timeout_kills():
    async def main():
        async def hangs():
            await sleep_ms(60000)

        exc = await error_of(spawn(hangs, "slow", timeout_ms=5).join())
        assert isinstance(exc, TimeoutError)
        assert str(exc) == "slow: 5 ms are over"
        assert await spawn(lambda: 7, timeout_ms=60000).join() == 7

    loop(main)


def test_kill_runs_finally_and_closes_guards():
    async def main():
        thing, other = Thing(), Thing()
        trace = []

        def work():
            guard(thing)
            guard(other)
            try:
                while True:
                    yield 1
            finally:
                trace.append(thing.closed)

        fiber = spawn(work)
        await sleep_ms(5)
        fiber.kill()
        await error_of(fiber.join())
        assert trace == [0]
        assert (thing.closed, other.closed) == (1, 1)

    loop(main)


def test_guards_close_at_a_normal_end_too():
    async def main():
        thing = Thing()

        async def work():
            guard(thing)

        await spawn(work).join()
        assert thing.closed == 1
        assert "guard() is called from within a fiber" in str(raises(RuntimeError, guard, thing))

    loop(main)


def test_kill_before_it_began():
    async def main():
        started = []

        def work():
            started.append(1)
            yield

        fiber = spawn(work)
        fiber.kill()
        assert isinstance(await error_of(fiber.join()), CancelledError)
        await sleep_ms(5)
        assert started == []

    loop(main)


def test_a_fiber_may_end_itself():
    async def main():
        box = []

        def work():
            yield
            box[0].kill()
            yield
            box.append("went on")

        box.append(spawn(work))
        assert isinstance(await error_of(box[0].join()), CancelledError)
        assert len(box) == 1

    loop(main)


def test_what_has_ended_is_freed():
    async def main(start, cancel, wait):
        begun = Waiters()
        rounds = used = 0

        async def sleeper():
            begun.wake()
            await sleep_ms(100000)

        async def worker():
            nonlocal rounds, used
            one = start(sleeper())
            for rounds in range(300):
                await begun.wait()
                cancel(one)
                one = start(sleeper())  # nobody else sleeps: one comes right behind the other
                if rounds == 20:
                    used = memory()
            used = memory() - used
            await begun.wait()
            cancel(one)
            idle.kill()

        async def waits():
            spawn(worker)
            await sleep_ms(0)  # with the first sleeper behind it
            await wait()

        idle = spawn(waits)
        await error_of(idle.join())
        assert rounds == 299
        assert used < 8192, used

    def memory():
        gc.collect()
        return gc.mem_alloc() if hasattr(gc, "mem_alloc") else len(gc.get_objects())

    # Fibers whoever waits meanwhile, and asyncio's own tasks while fibers wait for each other
    loop(lambda: main(spawn, lambda fiber: fiber.kill(), asyncio.Event().wait))
    loop(lambda: main(asyncio.create_task, lambda task: task.cancel(), Waiters().wait))


def test_who_runs():
    async def main():
        names = []

        def work():
            names.append(running.who.name)
            yield
            names.append(running.who.name)

        await spawn(work, "me").join()
        assert names == ["me", "me"]
        assert running.who is None

    loop(main)


def test_loop_of_fibers():
    async def main():
        group = FiberLoop()
        done = []

        def work(number):
            yield number
            done.append(number)

        for number in (1, 3):
            group.spawn(work(number))
        await group.join(5000)
        assert done == [1, 3]
        hanging = [group.spawn(work(60000)) for _ in range(3)]
        assert isinstance(await error_of(group.join(5)), TimeoutError)
        group.kill()
        await group.join(5000)
        assert all(fiber.done for fiber in hanging)
        assert done == [1, 3]

    loop(main)


def test_channel():
    async def main():
        channel = Channel(2)
        got = []

        async def producer():
            for number in range(10):
                await channel.put(number)
                assert len(channel) <= 2
            channel.close()

        async def consumer():
            async for item in channel:
                got.append(item)
                await sleep_ms(0)

        fibers = spawn(producer), spawn(consumer)
        for fiber in fibers:
            await fiber.join(5000)
        assert got == list(range(10))
        assert isinstance(await error_of(channel.put(1)), EOFError)
        assert isinstance(await error_of(channel.get()), EOFError)

    loop(main)


def test_channel_wakes_all_that_wait():
    async def main():
        channel = Channel()
        fibers = [spawn(channel.get()) for _ in range(3)]
        await sleep_ms(2)
        channel.close()
        for fiber in fibers:
            assert isinstance(await error_of(fiber.join(5000)), EOFError)
        raises(ValueError, Channel, 0)

    loop(main)


def test_stream():
    async def main():
        stream = Stream(7)
        text = b"one\ntwo\n" + bytes(range(256)) + b"\nrest"

        async def writer():
            await stream.write(text)
            stream.close()

        async def reader():
            lines = [await stream.readline(), await stream.readline()]
            body = await stream.read(256)
            return lines, body, await stream.read(100)

        fiber = spawn(reader)
        await spawn(writer).join(5000)
        lines, body, rest = await fiber.join(5000)
        assert lines == [b"one\n", b"two\n"]
        assert body == bytes(range(256))
        assert rest == b"\nrest"
        assert isinstance(await error_of(stream.write(b"x")), EOFError)

    loop(main)
