"""`Module`: the unit that the controller starts, watches and stops."""


class Module:
    """One part of the firmware with a life of its own.

    Override the states you need; each may be a plain method, a coroutine function or a generator function:

    - `init(self)`: once, before anything else has started.
    - `config(self, values)`: `values` is the validated content of `etc/NAME.json`, by key.
    - `mount(self)`: offer what others use: routes, devices.
    - `start(self)`: begin to work.
    - `run(self)`: works as long as the module runs, as a fiber that the controller watches.
    - `on_event(self, event)`: takes the events that `subscribe` names; what it returns answers an `ask`.
    - `stop(self)`, `umount(self)`, `eject(self)`: the way back, in the reverse order of starting.

    A method `before_STATE` or `after_STATE` is called around that state: `after_mount(self)`, for example.

    Attributes:
        name: how others name it, and the name of its file under `etc/`; default: the class's name in lower case.
        depends: names of the modules that must run before it does.
        schema: its configuration, one row a key; see `modcore.config`.
        items: in place of `schema`: the file holds objects by id, and these are the rows of each.
        version: of its configuration's form, 1 to 255; see `migrate`.
        subscribe: patterns of the events that it wants; see `modcore.events`.
        queue: how many of them may wait, 1 to 255.
        restart: what follows when it has failed: `on-failure` tries again, `always` also when `run` has returned, `never`.
        start_timeout_ms: how long a `start` that gives way may take.
        optional: whether the device is healthy without it.
        state: one of the states above, `running`, `failed`, or `None` when it was not added or is gone.
        reason: why it failed, else `None`.
        restarts: how often it was started again.
        errors: how often a handler of it has raised.
        account: how long it had the processor, an `modcore.events.Account`.
    """

    name = None
    depends = schema = items = subscribe = ()
    version = 1
    queue = 8
    restart = "on-failure"
    start_timeout_ms = 15000
    optional = False
    state = reason = None
    restarts = errors = 0
    modc = None  # the controller, set when it is added
    # The controller's
    since = 0  # ticks_ms() of its last start
    waits = False  # for modules that it depends on
    undone = None  # the state before `start` that it has failed in, and not come through since
    backoff_s = 0
    account = fiber = fibers = subscriber = binder = None
    bindings = None  # actions by event, from its file
    guards = ()

    def _nothing(self, *args):
        pass

    init = config = mount = start = stop = umount = eject = _nothing
    run = on_event = None

    def migrate(self, values, version):
        """`values`, a dict, of an older `version` of its configuration, in today's form."""
        return values

    def fire(self, name, data=None):
        """Fire an event at all other modules that want it; see `modcore.events.Events.fire`."""
        return self.modc.events.fire(name, data, self)

    def spawn(self, work, name=None, timeout_ms=None):
        """Start a fiber that ends, at the latest, when this module stops; see `modcore.fiber.spawn`."""
        if self.fibers is None:
            from .fiber import FiberLoop

            self.fibers = FiberLoop(self)
        return self.fibers.spawn(work, name or self.name, timeout_ms)

    def guard(self, thing):
        """Have `thing.close()` or `thing.deinit()` called when this module has stopped; returns `thing`."""
        self.guards = (thing,) + self.guards
        return thing
