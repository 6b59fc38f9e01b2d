"""Sleep: the device as good as off, until a time or a pin wakes it.

Both kinds stop the modules first, the last started first, so that every output has the level that it has when the device
stops. From a light sleep they start again, with all that they know; a deep sleep ends in a reset.
"""

import sys

import machine

from . import log
from .borrow import borrow
from .module import Module
from .port import const
from .task import Fiber
from .turns import sleep_ms

_ASK_MS = const(200)
_LOOK_MS = const(10)
_LEFT = (
    "asleep"  # milliseconds of a deep sleep that are left, when the chip cannot sleep for so long
)
# Seconds that the chip can sleep, deep and light: an ESP8266's clocks wrap, an ESP32 has no such limit
_LONGEST = (4200, 2) if sys.platform == "esp8266" else (604800, 604800)

_log = log.get("power")


class Power(Module):
    """Puts the device to sleep; `schema` is `etc/power.json`. Add it before the modules that use pins.

    The events `sleep` and `deepsleep` do so, with `(SECONDS,)`, or without data until a timer is due or the pin wakes it.
    Before, `power.sleep` is fired with `light` or `deep`; after a light sleep `power.wake` with `timer`, `pin` or another
    reason. Whoever answers the event `timer.next` with milliseconds, 0 or more, is woken for it; -1: there is nothing.
    `alarm` does, and `timeout` for those that are persistent.

    An ESP8266 wakes from a deep sleep by time only, and only with GPIO16 connected to RST.
    """

    subscribe = ("sleep", "deepsleep")
    schema = (
        ("wake_pin", "int", -1, (-1, 99), "GPIO that wakes it; -1: none. Its resistor is outside"),
        ("wake_level", "str", "low", ("low", "high"), "Level of that pin that wakes it"),
        (
            "longest_s",
            "int",
            0,
            (0, 2000000),
            "Longest deep sleep, more is had in parts; 0: what the chip can",
        ),
        ("longest_light_s", "int", 0, (0, 2000000), "The same for light sleep"),
    )

    def init(self):
        left = int(borrow("retained", "get", _LEFT) or 0)
        if left:
            borrow("retained", "put", _LEFT, b"")
            woken = borrow("chip", "wake_reason") not in ("timer", None)
            if machine.reset_cause() == machine.DEEPSLEEP_RESET and not woken:
                self.config(self.modc.load(self))
                self._sleep_deep(left)

    def config(self, values):
        self._values = values

    async def sleep(self, seconds=None, deep=False):
        """Sleep. Of a deep sleep there is no return, nor does one come back into a module that was stopped for it.

        Args:
            seconds: for how long, more than 0; `None`: until the pin wakes it. A timer that is due earlier wakes it too.
            deep: with everything off but the clock.

        Raises:
            ValueError: `seconds` is out of range, nothing would wake it, or the pin cannot.
        """
        ms = None if seconds is None else int(seconds * 1000)
        if ms is not None and not 0 < ms < 1 << 40:
            raise ValueError("expected more than 0 seconds, found %r" % seconds)
        due = await self._next_timer()
        if due is not None and (ms is None or due < ms):
            ms = max(due, 1)
        if not self._arm() and ms is None:
            raise ValueError("nothing would wake it: give seconds, or wake_pin in etc/power.json")
        # A fiber of no module: the caller's ends with its module
        await Fiber(self._sleep(ms, deep), "power").join()

    async def _next_timer(self):
        # The first of all answers
        due = []
        asked = self.modc.events.fire("timer.next", None, self, due.append)
        left = _ASK_MS
        while len(due) < asked and left > 0:
            await sleep_ms(_LOOK_MS)
            left -= _LOOK_MS
        return min([ms for ms in due if ms >= 0], default=None)

    def _arm(self):
        # Whether a pin will wake it
        number = self._values["wake_pin"]
        if number < 0:
            return False
        kind = machine.Pin
        if not hasattr(kind, "WAKE_LOW"):
            raise ValueError("etc/power.json: wake_pin: this chip is woken by time alone")
        trigger = kind.WAKE_HIGH if self._values["wake_level"] == "high" else kind.WAKE_LOW
        kind(number, kind.IN).irq(trigger=trigger, wake=machine.SLEEP | machine.DEEPSLEEP)
        return True

    async def _sleep(self, ms, deep):
        modc = self.modc
        self.fire("power.sleep", "deep" if deep else "light")
        await sleep_ms(0)
        for module in reversed(modc.started):
            if module is not self and module.state == "running":
                await modc.halt(module)
        _log.info("asleep until %s", "woken" if ms is None else "%d s are over" % (ms // 1000))
        if deep:
            for state in ("umount", "eject"):
                for module in reversed(modc.started):
                    if module is not self:
                        await modc.leave(module, state)
            return self._sleep_deep(ms)
        self._sleep_light(ms)
        reason = borrow("chip", "wake_reason")
        _log.info("woken by %s", reason)
        for module in modc.started:
            if module.state == "stop":
                await modc.start(module)
        self.fire("power.wake", reason)

    def _sleep_light(self, ms):
        if ms is None:
            machine.lightsleep()
            return
        watchdog = self.modc.modules.get("watchdog")
        longest = (self._values["longest_light_s"] or _LONGEST[1]) * 1000
        while ms > 0:
            if watchdog is not None:
                watchdog.feed()
            machine.lightsleep(min(ms, longest))
            ms -= longest
            if borrow("chip", "wake_reason") not in ("timer", None):
                return

    def _sleep_deep(self, ms):
        self._arm()
        if ms is None:
            return machine.deepsleep()
        longest = (self._values["longest_s"] or _LONGEST[0]) * 1000
        if ms > longest:
            borrow("retained", "put", _LEFT, b"%d" % (ms - longest))
        machine.deepsleep(min(ms, longest))

    def on_event(self, event):
        try:
            seconds = float(event.data[0]) if event.data else None
        except (IndexError, TypeError, ValueError):
            _log.error("event %s %r: expected seconds", event.name, event.data)
            return None
        return self._on_event(seconds, event.name == "deepsleep")

    async def _on_event(self, seconds, deep):
        try:
            await self.sleep(seconds, deep)
        except ValueError as exc:
            _log.error("cannot sleep: %s", exc)
