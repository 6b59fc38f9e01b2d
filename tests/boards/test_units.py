"""The unit tests once more, on the firmware's own interpreter."""

import re

import pytest
from units import HELPERS, UNITS


@pytest.mark.parametrize("bits", [64, 32])
def test_units_pass_on_the_firmware(make_host, bits):
    files = {f"/units/{path.name}": path.read_bytes() for path in UNITS + HELPERS}
    names = [path.stem for path in UNITS]
    files["/main.py"] = (
        f"import sys\nsys.path.append('/units')\nimport run_units\nrun_units.run({names!r})\n"
    )
    host = make_host(bits=bits, files=files).start(ready=False)
    totals = host.wait_for(r"units: (\d+) passed, (\d+) failed")
    assert totals[2] == "0", host.output
    expected = sum(len(re.findall(r"^ *def test_", path.read_text(), re.M)) for path in UNITS)
    assert int(totals[1]) == expected
