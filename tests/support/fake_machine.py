"""A board for unit tests on both interpreters: pins that a test drives and time that it lets pass."""

import sys
from collections import namedtuple

import modcore.interrupt

try:
    from types import coroutine
except ImportError:  # MicroPython, where a generator is one

    def coroutine(function):
        return function


try:
    from micropython import heap_lock, heap_unlock
except ImportError:

    def heap_lock():
        pass

    heap_unlock = heap_lock

Event = namedtuple("Event", ("name", "data", "source"))


class Pin:
    """`machine.Pin` of one chip after the other; `GPIOS` holds the states by number, `history` the levels driven."""

    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_UP, PULL_DOWN = 2, 1
    IRQ_RISING, IRQ_FALLING = 1, 2
    WAKE_LOW, WAKE_HIGH = 4, 5

    def __init__(self, number, mode=-1, pull=-1, value=None):
        if not 0 <= number < 40:
            raise ValueError("invalid pin")
        self.number = number
        self.gpio = GPIOS.setdefault(number, _Gpio())
        if mode != -1:
            self.gpio.mode = mode
            self.gpio.pull = pull
            if value is not None:
                self.value(value)

    def value(self, level=None):
        if level is None:
            return self.gpio.level
        self.gpio.level = int(level)
        self.gpio.history.append(int(level))

    def irq(self, handler=None, trigger=3, wake=None):
        if self.number == 16 and handler:
            raise OSError("Pin does not have IRQ capabilities")
        self.gpio.handler = handler
        self.gpio.trigger = trigger
        self.gpio.wake = wake
        self.gpio.pin = self


class _Gpio:
    mode = pull = handler = wake = None
    level = 0

    def __init__(self):
        self.history = []


GPIOS = {}


class Machine:
    """Stands for the module `machine`; a test sets what else it needs."""

    Pin = Pin
    DEEPSLEEP = 4
    SLEEP = 2


class Board:
    """A module under test, and what it does: `fired` holds `(name, data)` of its events, oldest first.

    Args:
        name: of the Python module below `modcore`.
        kind: name of its class.
        part: the Python module with what that one borrows, if it has such a one.
    """

    def __init__(self, name, kind, part=None):
        GPIOS.clear()
        self.machine = Machine()
        self.us = 0
        self.fired = []
        self.fibers = []
        # One that is there is not borrowed anew, so it keeps the clock of the test
        self._part = part and self._prepared(part)
        self.python = self._prepared(name)
        _Interrupt.rung = _Bell.rung = self.rung = []
        self.module = getattr(self.python, kind)()
        self.module.modc = self
        self.module.start = self._start
        self.module.fire = self.fire
        self.module.spawn = self.spawn
        self.module.guard = lambda thing: thing
        self.modules = {}

    def _prepared(self, name):
        python = load(name, self.machine)
        for clock in ("ticks_ms", "ticks_us", "sleep_ms"):
            if hasattr(python, clock):
                setattr(python, clock, getattr(self, clock))
        if hasattr(python, "ticks_diff"):
            python.ticks_diff = lambda end, start: end - start
        if hasattr(python, "RingIO"):
            python.RingIO = _Bell
            python.poller = self
        if hasattr(python, "Fiber"):
            python.Fiber = lambda work, name, owner: self.spawn(work, name)
        return python

    def start(self, **values):
        """Configure and start the module: by items, if `values` are dicts; missing keys get their defaults."""
        module = self.module
        module.name = module.name or type(module).__name__.lower()
        if module.items:
            values = {id: _filled(module.items, item) for id, item in values.items()}
        else:
            values = _filled(module.schema, values)
        module.config(values)
        module.start()
        return module

    def _start(self):
        real = modcore.interrupt.Interrupt
        modcore.interrupt.Interrupt = _Interrupt
        try:
            type(self.module).start(self.module)
        finally:
            modcore.interrupt.Interrupt = real

    def fire(self, name, data=None, source=None):
        self.fired.append((name, data))

    def names(self):
        """Names of the events fired since the last call."""
        names = [name for name, _ in self.fired]
        self.fired.clear()
        return names

    def event(self, name, data=None):
        """Have the module handle an event; what it answers."""
        return self.module.on_event(Event(name, data, None))

    def drive(self, number, level, loop=True):
        """Put a GPIO on `level`. Its interrupt handler must not allocate; without `loop` the loop is blocked."""
        gpio = GPIOS[number]
        before = gpio.level
        gpio.level = level
        if gpio.handler and level != before and gpio.trigger & (1 if level else 2):
            heap_lock()
            try:
                gpio.handler(gpio.pin)
            finally:
                heap_unlock()
        if loop:
            self.run(0)

    def run(self, ms):
        """Let `ms` milliseconds pass, and every fiber do what is due in them."""
        end = self.us + ms * 1000
        while self.rung:
            self.rung.pop(0).answer()
        while True:
            due = [fiber for fiber in self.fibers if not fiber.done and fiber.due <= end]
            if not due:
                break
            fiber = min(due, key=lambda fiber: fiber.due)
            self.us = max(self.us, fiber.due)
            try:
                fiber.due = self.us + (fiber.work.send(None) or 0) * 1000
            except StopIteration:
                fiber.done = True
        self.us = end

    def idle(self):
        """Whether no fiber is left that would wake the processor."""
        return all(fiber.done for fiber in self.fibers)

    def spawn(self, work, name=None, timeout_ms=None):
        self.fibers.append(_Fiber(work, name, self.us))
        return self.fibers[-1]

    def watch(self, bell, callback, events):
        bell.callback = callback

    def unwatch(self, bell):
        bell.callback = None

    def ticks_ms(self):
        return self.us // 1000

    def ticks_us(self):
        return self.us

    @coroutine
    def sleep_ms(self, ms):
        yield ms


class _Interrupt:
    rung = None

    def __init__(self, handler):
        self.handler = handler
        self.count = 0
        self.ring = self._ring

    def _ring(self, source):
        self.count += 1
        if self.count == 1:
            heap_unlock()  # the real one does without this list
            self.rung.append(self)
            heap_lock()

    def answer(self):
        count, self.count = self.count, 0
        self.handler(count)


class _Bell:
    # `micropython.RingIO` of one byte, on a poller that is the board
    rung = callback = None
    full = False

    def __init__(self, size):
        assert size == 1

    def write(self, byte):
        if not self.full:
            heap_unlock()  # the real one does without this list
            self.full = True
            self.rung.append(self)
            heap_lock()

    def read(self, size):
        self.full = False

    def answer(self):
        if self.callback:
            self.callback(1)


class _Fiber:
    done = False

    def __init__(self, work, name, now):
        self.work = work if hasattr(work, "send") else work()
        self.name = name
        self.due = now

    def kill(self):
        if not self.done:
            self.done = True
            self.work.close()


def _filled(rows, values):
    unknown = set(values) - {row[0] for row in rows}
    assert not unknown, unknown
    filled = {key: {"list": [], "dict": {}}.get(kind, default) for key, kind, default, _, _ in rows}
    filled.update(values)
    return filled


def load(name, machine):
    """The module `modcore.NAME`, with `machine` in the place of the real one."""
    if sys.implementation.name != "micropython":
        sys.modules.setdefault("machine", machine)
    python = __import__("modcore." + name, None, None, ("x",))
    for module in (python, sys.modules.get("modcore.gpio")):
        if hasattr(module, "machine"):
            module.machine = machine
    return python
