"""What a program has done at certain times."""


class Callback:
    """Calls `work`, a function, coroutine function or generator function, on behalf of `module`; `name` is for the log."""

    _fiber = None

    def __init__(self, module, name, work):
        self._module = module
        self._name = name
        self._work = work

    def call(self):
        """Call it, unless what it has started runs still; returns whether it was called."""
        if self._fiber is not None and not self._fiber.done:
            return False
        self._fiber = None
        result = self._work()
        if hasattr(result, "send"):
            self._fiber = self._module.spawn(result, self._name)
        return True
