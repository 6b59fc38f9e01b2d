"""Events that wait for an answer."""

from .turns import Waiters, wait_for_ms


async def ask(modc, name, data=None, timeout_ms=1000):
    """Fire an event, and wait for the first answer that a subscriber gives, which is what its handler returns.

    Raises:
        LookupError: nobody has subscribed to it.
        modcore.fiber.TimeoutError: nobody answered within `timeout_ms` milliseconds.
    """
    answered = Waiters()
    answers = []

    def take(answer):
        answers.append(answer)
        answered.wake()

    if not modc.events.fire(name, data, None, take):
        raise LookupError("nobody answers %r" % name)

    async def wait():
        while not answers:
            await answered.wait()

    await wait_for_ms(wait(), timeout_ms)
    return answers[0]
