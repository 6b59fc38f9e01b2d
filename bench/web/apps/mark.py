"""The measuring point: what every application answers `/mark` with."""

import gc

from machine import unique_id


def mark():
    """Heap in use at the end of what was measured, and after a collection, as text.

    `unique_id` is called by nobody else: callgrind begins a new profile with each call. What happens between the two,
    the collection above all, belongs to no measurement. From then on nothing is collected, so that heap in use grows by
    what is allocated and not freed at once.
    """
    unique_id()
    used = gc.mem_alloc()
    gc.collect()
    gc.disable()
    left = gc.mem_alloc()
    unique_id()
    return "%d %d" % (used, left)
