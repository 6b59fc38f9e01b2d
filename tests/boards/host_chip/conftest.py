import pytest
from chip_library import ESP_OK, Chip, build_library, partition_table


@pytest.fixture(scope="session")
def chip_so(tmp_path_factory):
    """The chip's library."""
    return build_library(tmp_path_factory.mktemp("chip"))


@pytest.fixture
def blank_chip(chip_so, tmp_path):
    """A chip whose flash is blank."""
    return Chip(chip_so, tmp_path / "flash.bin")


@pytest.fixture
def chip(blank_chip):
    """A chip with a partition table, which has been read."""
    blank_chip.poke(0x8000, partition_table())
    assert blank_chip.lib.probe_read_table() == ESP_OK
    return blank_chip
