"""Events that wait for an answer."""

from .turns import Waiters, wait_for_ms


async def ask(events, name, data, timeout_ms):
    """The first answer to the event `name`; see `Controller.ask`."""
    answered = Waiters()
    answers = []

    def take(answer):
        answers.append(answer)
        answered.wake()

    if not events.fire(name, data, answer=take):
        raise LookupError("nobody answers %r" % name)

    async def wait():
        while not answers:
            await answered.wait()

    await wait_for_ms(wait(), timeout_ms)
    return answers[0]
