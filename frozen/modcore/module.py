"""`Module`: the unit that the controller starts, watches and stops."""

INIT = "init"
CONFIG = "config"
MOUNT = "mount"
START = "start"
RUNNING = "running"
STOP = "stop"
UMOUNT = "umount"
EJECT = "eject"
FAILED = "failed"


class Module:
    """One part of the firmware with a life of its own.

    Override the states you need; each may be a plain method or an `async def`:

    - `init(self)`: once, before anything else has started.
    - `config(self, values)`: `values` is the validated content of `etc/NAME.json`, by key.
    - `mount(self)`: offer what others use: routes, devices.
    - `start(self)`: begin to work.
    - `run(self)`: an `async def` that works as long as the module runs; a task watches it.
    - `stop(self)`, `umount(self)`, `eject(self)`: the way back, in the reverse order of starting.

    Attributes:
        name: how others name it, and the name of its file under `etc/`; default: the class's name in lower case.
        depends: names of the modules that must run before it does.
        schema: its configuration, one row a key; see `modcore.config`.
        state: one of the states above, `running` or `failed`.
        reason: why it failed, else `None`.
    """

    name = None
    depends = ()
    schema = ()
    state = None
    reason = None
    modc = None  # the controller, set when it is added

    def init(self):
        pass

    def config(self, values):
        pass

    def mount(self):
        pass

    def start(self):
        pass

    run = None

    def stop(self):
        pass

    def umount(self):
        pass

    def eject(self):
        pass
