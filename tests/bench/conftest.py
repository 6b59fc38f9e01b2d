"""What the tests of the benchmark share."""

import fcntl

import pytest
from host import TOP


@pytest.fixture(scope="module")
def alone():
    """The benchmark's port and folder for one module's tests: others may run beside them."""
    folder = TOP / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
