"""A rain gauge: a tipping bucket that closes a contact.

Shows: Interrupt, from an interrupt handler to the loop; stop.
Run as: /apps/garden.py
"""

from machine import Pin
from modcore import Module, log
from modcore.interrupt import Interrupt

_log = log.get("garden")


class Rain(Module):
    tips = 0

    def start(self):
        interrupt = self.guard(Interrupt(self._tipped))
        self._pin = Pin(5, Pin.IN, Pin.PULL_UP)
        self._pin.irq(interrupt.ring, Pin.IRQ_FALLING)

    def stop(self):
        self._pin.irq(None)

    def _tipped(self, count):
        # On the loop, soon after; `count` interrupts since the last time
        self.tips += count
        _log.info("%.1f mm", 0.2 * self.tips)
        self.fire("rain", self.tips)
