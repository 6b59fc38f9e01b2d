"""What `button` needs while somebody presses one, and when it starts and stops."""

import select

import machine

from .gpio import gpio, report
from .poller import poller
from .port import const, ticks_diff, ticks_ms
from .task import Fiber

try:
    from micropython import RingIO
except ImportError:  # CPython, which has no interrupts
    RingIO = None

BORROWED = ("gpio",)

# A button is a list of these
_PIN = const(0)
_FIRST = const(1)  # ticks_ms() of the first edge since it was looked at, or None
_LAST = const(2)  # and of the last one
_PRESS = const(3)  # the fiber that follows it, or None
_ID = const(4)
_PRESSED = const(5)  # the level that means it
_DEBOUNCE_MS = const(6)
_LONG_MS = const(7)
_DOUBLE_MS = const(8)
_RESET_MS = const(9)

_LOOK_MS = const(10)  # how often a button is looked at while something is going on


def configure(module, values):
    """The buttons that `values` describes, a tuple; what is wrong with the others is logged."""
    buttons = []
    for id, item in values.items():
        pin = gpio(module, id, item)
        if pin is not None:
            button = [pin, None, 0, None, id, int(item["active"] == "high")]
            for key in ("debounce_ms", "long_ms", "double_ms", "reset_ms"):
                button.append(item[key])
            buttons.append(button)
    return tuple(buttons)


def listen(module):
    """Have `edge` of the module called in the interrupts of all buttons, and `look` soon after."""
    # Edges keep their own time, so a stream that an interrupt writes a byte to will do in place of an Interrupt, which counts
    module.bell = RingIO(1)
    poller.watch(module.bell, module.look, select.POLLIN)
    edge = module.edge
    for button in module.buttons:
        try:
            button[_PIN].irq(edge, machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
        except (OSError, ValueError) as exc:
            report(module, button[_ID], "%s; a button needs interrupts, so another GPIO", exc)


def stop(module):
    """No more interrupts; nobody is followed, and a press that lasts is forgotten."""
    for button in getattr(
        module, "buttons", ()
    ):  # a module that failed before it had any is stopped too
        button[_PIN].irq(None)
        if button[_PRESS] is not None:
            button[_PRESS].kill()
            button[_PRESS] = None
        button[_FIRST] = None
    poller.unwatch(getattr(module, "bell", None))


def follow(module, button):
    """The fiber that looks after `button` until nothing more can come."""
    return Fiber(_follow(module, button), "button." + button[_ID], module)


def _follow(module, button):
    press = _Press(module.fire, button)
    while press.look():
        yield _LOOK_MS
    button[_PRESS] = None


class _Press:
    # down: whether it is pressed; since: when that began; clicks: that wait for another one; told: of the press that lasts,
    # 1 that it is long, 2 that it asks for a reset

    def __init__(self, fire, button):
        self.fire = fire
        self.button = button
        self.down = False
        self.since = self.clicks = self.told = 0

    def tell(self, what, data=None):
        self.fire("%s.%s" % (self.button[_ID], what), data)

    def look(self):
        # Fires what has happened; whether there may be more to come
        now = ticks_ms()
        button = self.button
        first = button[_FIRST]
        if first is not None:
            last = button[_LAST]
            if ticks_diff(now, last) < button[_DEBOUNCE_MS]:
                return True
            button[_FIRST] = None  # before the level is read: an edge after that counts again
            if (button[_PIN].value() == button[_PRESSED]) != self.down:
                self.turn(last)
            elif ticks_diff(last, first) >= button[_DEBOUNCE_MS]:
                # There and back while the loop was busy
                self.turn(first)
                self.turn(last)
        lasts = ticks_diff(now, self.since)
        if self.down:
            self.hold(lasts)
            return True
        self.give_up_a_double(lasts)
        return self.clicks or button[_FIRST] is not None

    def turn(self, at):
        lasted = ticks_diff(at, self.since)
        if self.down:
            self.hold(lasted)
        else:
            self.give_up_a_double(lasted)
        self.down = not self.down
        self.since = at
        if self.down:
            self.told = 0
            self.tell("press")
            return
        self.tell("release", lasted)
        if not self.told:
            self.clicks += 1
            if self.clicks == 2:
                self.clicks = 0
                self.tell("double")

    def give_up_a_double(self, lasted):
        if self.clicks and lasted >= self.button[_DOUBLE_MS]:
            self.clicks = 0
            self.tell("click")

    def hold(self, lasts):
        if self.told < 1 and 0 < self.button[_LONG_MS] <= lasts:
            self.told = 1
            if self.clicks:
                self.clicks = 0
                self.tell("click")
            self.tell("long")
        if self.told < 2 and 0 < self.button[_RESET_MS] <= lasts:
            self.told = 2
            self.fire("factory_reset", self.button[_ID])
