"""asyncio's loop on the poller that callbacks use.

asyncio wakes a task for each readable socket; switching to it costs more than answering a small request. Callbacks are
called straight from the loop's own wait instead, and tasks wait for streams as they always did.
"""

from asyncio import core

from .poller import poller


class Queue:
    """Takes the place of asyncio's `IOQueue`, with the same four methods."""

    def __init__(self):
        self.map = poller.map  # asyncio looks whether it is empty

    # Most programs of callbacks have no task that waits for a stream
    def queue_read(self, stream):
        from .streams import enqueue

        enqueue(self, stream, 0, core.cur_task)

    def queue_write(self, stream):
        from .streams import enqueue

        enqueue(self, stream, 1, core.cur_task)

    def remove(self, task):
        from .streams import remove

        remove(task)

    def wait_io_event(self, timeout_ms):
        # The task that ran last is not running now; it may be cancelled like any other
        core.cur_task = None
        # As long as the same task is the next one there is nothing for the loop to do
        peek = core._task_queue.peek
        poller.wait(timeout_ms, peek)
        # It takes a task to wake the loop from a wait for ever; a callback need not bring one
        while timeout_ms < 0 and self.map and not peek():
            poller.wait(timeout_ms)


_queue = Queue()


def install():
    """Make asyncio's loop use the poller, from now on, or again after `asyncio.new_event_loop()`.

    Tasks that wait for streams already are taken over.
    """
    before = core._io_queue
    if before is _queue:
        return
    core._io_queue = _queue
    if before.map or poller.map:
        from .streams import take_over

        take_over(_queue, before)
