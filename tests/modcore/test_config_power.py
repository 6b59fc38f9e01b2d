"""Whenever the power fails during a save, the device starts and every file is the old or the new version, whole.

Two proofs share the work. The first cuts at every flash operation of 300 saves, in one boot, on a flash chip in RAM: see
power_cut.py. The second takes the power from whole devices on the emulated flash chip, one boot after the other on the
same flash. `make test` tries a sample of a fixed seed, `make soak` all cuts and many more boots.
"""

import random
import re
import time
from pathlib import Path

import pytest
from host import PATIENCE

HERE = Path(__file__).parent
SEED = 20
POWER_CUT = 4  # exit status of the loader


def program(*lines, helpers=("power_cut.py", "power_cut_config.py")):
    files = {f"/units/{name}": (HERE / name).read_bytes() for name in helpers}
    text = ["import sys", "sys.path.append('/units')", *lines, "print('the end')"]
    return files | {"/main.py": "\n".join(text) + "\n"}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("bits", [64, 32])
def test_cuts_at_the_operations_of_300_saves(make_host, soak, bits):
    share = 1 if soak else 0.03
    files = program(
        "import power_cut_config",
        f"power_cut_config.saves(300, {share}, {SEED})",
        f"power_cut_config.resets({1 if soak else 0.5}, {SEED})",
    )
    host = make_host(bits=bits, files=files).start(ready=False)
    host.wait_for("the end|Traceback|>>>", patience=1700)
    assert "the end" in host.output, host.output
    operations, erased, cuts = map(
        int, re.search(r"saves: (\d+)\D+(\d+)\D+(\d+)", host.output).groups()
    )
    # Compaction and allocation have gone round the chip several times
    assert operations > 2000 and erased > 64
    assert cuts > (4000 if soak else 150)
    assert int(re.search(r"resets: .* (\d+) cuts", host.output)[1]) > 10


DEVICE = """
import power_cut_config as files
from modcore import log

log.sinks[:] = [files.trouble]
files.config.user = "/etc"
newest = max([files.config.load(name, files.ROWS)["number"] for name in "ab"])
files.check(newest + 1, None)
print("found", newest)
for number in range(newest + 1, newest + 400):
    files.save(number)
    print("saved", number)
files.check(number, True)
"""


def wait_for_end(host):
    # Host.wait_for gives up as soon as the loader has ended, and its last words may still be on their way
    deadline = time.monotonic() + PATIENCE
    while not re.search("boot: power cut|>>>", host.output):
        assert time.monotonic() < deadline, host.output
        time.sleep(0.002)


@pytest.mark.timeout(7200)
def test_devices_that_lose_their_power_go_on_where_they_were(make_host, soak):
    host = make_host(files=program(DEVICE))
    rng = random.Random(SEED)
    saved = -1
    for boot in range(5000 if soak else 100):
        how = ["--cut-inside", "--cut"][rng.random() < 0.2], str(rng.randint(1, 150))
        host.start(*how, "--seed", str(rng.randrange(1 << 30)), ready=False)
        wait_for_end(host)
        assert "Traceback" not in host.output, (boot, how, host.output)
        assert host.wait_for_exit() == POWER_CUT, (boot, how, host.output)
        found = re.search(r"found (-?\d+)", host.output)
        if found:  # the boot before may have been cut after its last word
            assert int(found[1]) in (saved, saved + 1), (boot, how, saved, host.output)
            saved = int(found[1])
        for number in re.findall(r"saved (\d+)", host.output):
            assert int(number) == saved + 1
            saved = int(number)
    assert saved > 200


def test_a_full_file_system_costs_nothing(make_host):
    host = make_host(files=program("import power_cut_config", "power_cut_config.full()"))
    host.start(ready=False).wait_for("the end|Traceback|>>>")
    assert "the end" in host.output, host.output
    assert int(re.search(r"full: (\d+)", host.output)[1]) > 20
