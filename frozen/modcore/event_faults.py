"""What events seldom need: handlers that fail, answer, give way or are too slow."""

from .log import get


def overflow(subscriber):
    """An event of `subscriber` was lost."""
    get("events").warning(
        "%s is too slow: %d of its events lost so far; raise its `queue`, or fire less often",
        subscriber.name,
        subscriber.dropped,
    )


def failed(subscriber, event, exc):
    """The handler of `subscriber` raised `exc` on `event`."""
    if subscriber.owner is not None:
        subscriber.owner.errors += 1
    get("events").exception(exc, "%s failed on %s", subscriber.name, event.name)


def answer(take, result):
    """A handler answers `result` to an `ask`."""
    take(result)


def spawn(events, subscriber, event, work):
    """Run `work`, which the handler returned, as a fiber; then `subscriber` gets its next event."""
    from .task import Fiber

    def ended(fiber):
        if fiber.error is not None:
            failed(subscriber, event, fiber.error)
        elif event.answer is not None and fiber.result is not None:
            event.answer(fiber.result)
        events.resume(subscriber)

    Fiber(work, subscriber.name, subscriber.owner, ended)
