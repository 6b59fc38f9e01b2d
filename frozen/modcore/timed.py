"""What `interval`, `timeout` and `alarm` have in common: timers by id, from the module's file or from a program.

Such a module has `timers`, by id, which `configure` makes, and `kind`, the class of its timers. These are `Timer`s, made of
the module, an id and values, one for each row of the module's `items`, and they have

- `begin(boot=False)`: start anew; `cancel()`: stop for good;
- `module`, `id`;
- `work`: a `modcore.callback.Callback`; `None`: it fires events;
- `added`: whether a program has added it.

The functions here are borrowed for each change of the timers.
"""


def configure(module, values):
    """Give `module` the timers of its file; what programs have added stays."""
    if module.timers is None:
        module.timers = {}
    timers = module.timers
    for id in [id for id, timer in timers.items() if not timer.added]:
        del timers[id]
    for id, row in values.items():
        try:
            timers[id] = module.kind(module, id, row)
        except ValueError as exc:
            from .log import get

            get(module.name).error("%s.json: %s: %s; left out", module.name, id, exc)


def control(module, event):
    """Start or stop a timer: `"timeout:fan"` and `"timeout:fan:stop"` are actions for that.

    Raises:
        ValueError: there is no such timer, or it cannot do that.
    """
    id, *what = event.data
    timer = module.timers.get(id)
    if timer is None or what not in ([], ["start"], ["stop"]):
        raise ValueError("%s knows no %s" % (module.name, ":".join(event.data)))
    if what == ["stop"]:
        timer.cancel()
    else:
        timer.begin()


def put(module, id, values, callback):
    """Set the timer `id` to `values`, one for each row of `items`, and begin. Returns it."""
    if id in module.timers:
        module.timers[id].cancel()
    timer = module.timers[id] = module.kind(module, id, values)
    timer.added = True
    if callback is not None:
        from .callback import Callback

        timer.work = Callback(module, id, callback)
    if module.state == "running":
        timer.begin(True)
    return timer
