"""What a request costs stays below its ceiling, and does not depend on what else there is."""

import pytest

from bench.web import budget, scale

pytestmark = pytest.mark.usefixtures("alone")

# Instructions that a greeting may cost more with 200 routes than with one
ROUTES_MAX = 1000
# ... and with 200 idle connections than with none: whichever is more
IDLE_MAX = 200
IDLE_SHARE = 0.01
# What a byte may cost that one of 64 slow clients sends: as much, however cheap a greeting becomes
SLOW_CLIENTS = 64
SLOW_BYTE_MAX = 9800
REQUESTS_A_SECOND = 100


@pytest.fixture(scope="module")
def measured():
    """Figures and what they are made of, measured once."""
    return budget.measured()


@pytest.mark.parametrize("name", budget.ceilings())
def test_no_count_is_over_its_ceiling(name, measured, capsys):
    figures, parts = measured
    figure, ceiling = figures[name], budget.ceilings()[name]
    if not budget.holds_here():
        with capsys.disabled():
            print(f"\n{name}: {figure:,}; the ceiling, of another compiler or libc: {ceiling:,}")
        pytest.skip("the ceilings are of another compiler or libc")
    if budget.is_over(figure, ceiling):
        pytest.fail(budget.explanation(name, figure, ceiling, parts.get(name)), pytrace=False)


def test_every_count_has_a_ceiling(measured):
    assert set(measured[0]) == set(budget.ceilings())


def test_a_growth_is_explained():
    name = "hello/keep_alive/instructions"
    ceiling = budget.ceilings()[name]
    more = {"gc_alloc": 10 * ceiling, "nobody": 0}
    text = budget.explanation(name, 2 * ceiling, ceiling, more)
    assert text.startswith(f"{name} grew from {ceiling:,} to {2 * ceiling:,} (+100.0 %)")
    assert f"→ {10 * ceiling:,})" in text and "gc_alloc" in text and "nobody" not in text
    assert budget.is_over(104, 100) and not budget.is_over(103, 100)


def test_routes_cost_nothing():
    one, many = scale.with_routes(1), scale.with_routes(200)
    assert abs(many - one) <= ROUTES_MAX, f"1 route: {one:,.0f}, 200 routes: {many:,.0f}"


def test_idle_connections_cost_nothing():
    none, many = scale.with_idle_connections(0, 200)
    allowed = none + max(IDLE_MAX, IDLE_SHARE * none)
    assert many <= allowed, f"none: {none:,.0f}, 200 idle connections: {many:,.0f}"


def test_slow_clients_cost_others_little():
    alone, beside = scale.with_slow_clients(SLOW_CLIENTS, REQUESTS_A_SECOND)
    byte = (beside - alone) * REQUESTS_A_SECOND / SLOW_CLIENTS
    assert byte <= SLOW_BYTE_MAX, (
        f"alone: {alone:,.0f}, beside slow ones: {beside:,.0f}, a byte: {byte:,.0f}"
    )
