"""The unit tests once more, on the firmware's own interpreter."""

import pytest
import units


@pytest.mark.parametrize("bits", [64, 32])
def test_units_pass_on_the_firmware(make_host, tmp_path, bits):
    files = units.files(units.UNITS, tmp_path)
    host = make_host(bits=bits, files=files).start(ready=False)
    totals = host.wait_for(r"units: (\d+) passed, (\d+) failed")
    assert totals[2] == "0", host.output
    assert int(totals[1]) == units.count(units.UNITS)
