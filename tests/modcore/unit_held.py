"""A button that is held while the device starts."""

import modcore.held
from modcore.held import held


class Button:
    def __init__(self, *levels):
        self.levels = list(levels)

    def value(self):
        return self.levels.pop(0) if len(self.levels) > 1 else self.levels[0]


def slept(pin, ms, *active):
    """What `held` returns, and for how long it slept."""
    naps = []
    before = modcore.held.sleep_ms
    modcore.held.sleep_ms = naps.append
    try:
        return held(pin, ms, *active), sum(naps)
    finally:
        modcore.held.sleep_ms = before


def test_nobody_at_the_button_costs_no_time():
    assert slept(Button(1), 3000) == (False, 0)
    assert slept(Button(0), 3000, 1) == (False, 0)


def test_held_long_enough():
    assert slept(Button(0), 3000) == (True, 3000)
    assert slept(Button(1), 25, 1) == (True, 30)


def test_let_go_too_early():
    assert slept(Button(0, 0, 0, 1), 3000) == (False, 30)
