"""Who has the processor now: what a watchdog looks at, and what each module's time is counted by.

Attributes:
    who: what runs, a fiber, a subscriber or a module, which all have a `name`; `None`: the loop itself.
    since: `ticks_us()` when it was given the processor.
"""

who = None
since = 0


def account(owner, us):
    """Count `us` microseconds as spent by the module `owner`."""
    if us > owner.longest_us:
        owner.longest_us = us
    us += owner.busy_us
    if us >= 1000000:  # an int of more than 30 bits would be an object on the heap
        owner.busy_s += us // 1000000
        us %= 1000000
    owner.busy_us = us
