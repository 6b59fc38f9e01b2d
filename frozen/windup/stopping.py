"""How a server stops: what is in progress comes to its end, within a bound."""

from asyncio import sleep

from modcore.port import const

_TURN_MS = const(20)


async def drain(channels, seconds, tick):
    """Have `channels` close when they have said what they are saying.

    Args:
        channels: those that are open; who closes leaves it.
        seconds: how long they have.
        tick: called each second with 1000, for the deadlines.
    """
    await sleep(
        _TURN_MS / 1000
    )  # requests that have come are answered, as the last ones of their connections
    first = True
    left = 1000 * seconds
    while channels:
        for channel in list(channels):
            channel.stop(first)
        first = False
        if left <= 0:
            break
        await sleep(_TURN_MS / 1000)
        left -= _TURN_MS
        if left % 1000 == 0:
            tick(1000)
