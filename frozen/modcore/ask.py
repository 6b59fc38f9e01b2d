"""Events that wait for an answer."""

import asyncio

from .turns import wait_for_ms


async def ask(events, name, data, timeout_ms):
    """The first answer to the event `name`; see `Controller.ask`."""
    answered = asyncio.Event()
    answers = []

    def take(answer):
        answers.append(answer)
        answered.set()

    if not events.fire(name, data, answer=take):
        raise LookupError("nobody answers %r" % name)
    await wait_for_ms(answered.wait(), timeout_ms)
    return answers[0]
