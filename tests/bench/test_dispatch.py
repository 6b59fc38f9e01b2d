"""What an event costs on its way to its subscribers."""

from host import free_port

from bench.modcore import dispatch

# Instructions from `fire` to `on_event`
FIRST_MAX = 6000
FURTHER_MAX = 2500


def test_dispatch_is_below_its_ceilings():
    first, further = dispatch.measure(free_port())
    assert 0 < first <= FIRST_MAX
    assert 0 < further <= FURTHER_MAX
