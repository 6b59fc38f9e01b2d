"""A WebSocket message costs no more than a page."""

import pytest

from bench.web import budget, echo

pytestmark = pytest.mark.usefixtures("alone")

INSTRUCTIONS_MAX = 20000
HEAP_MAX = 256  # bytes, until the next collection: the text, and what waits for the next one


def test_an_echo_of_32_bytes(capsys):
    cost = echo.cost()
    if not budget.holds_here():
        with capsys.disabled():
            print(
                f"\nWebSocket echo: {cost.instructions:,.0f} instructions, another compiler or libc"
            )
    assert cost.instructions <= INSTRUCTIONS_MAX
    assert cost.heap <= HEAP_MAX
