"""How the modules do."""


def health(modc):
    """A dict by module name, in the order of starting; each is a dict of

    - `state`, `reason`: see `Module`,
    - `restarts`: how often it was started again,
    - `errors`: how often a handler of it raised,
    - `lost`: events that its queue had no room for,
    - `longest_ms`: the longest time for which it let nobody else run, a float,
    - `total_ms`: how long it had the processor in all.
    """
    return {module.name: of(module) for module in modc.modules.values()}


def of(module):
    """The same for one module."""
    return {
        "state": module.state,
        "reason": module.reason,
        "restarts": module.restarts,
        "errors": module.errors,
        "lost": module.subscriber.dropped if module.subscriber else 0,
        "longest_ms": module.account.longest_us / 1000,
        "total_ms": 1000 * module.account.busy_s + module.account.busy_us // 1000,
    }
