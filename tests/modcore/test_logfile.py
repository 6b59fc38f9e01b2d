"""The log on the device's flash: over restarts, power cuts and a full file system."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent

MAIN = """
from modcore import Controller, Module, log
from modcore.fiber import sleep_ms
from modcore.logfile import LogFile

class Talker(Module):
    async def run(self):
        logger = log.get("talker")
        for number in range(COUNT):
            logger.info("line %d", number)
            await sleep_ms(0)
        END

modc = Controller()
modc.add(LogFile())
modc.add(Talker())
modc.run()
print("bytes written", sum([os.stat("/log/" + name)[6] for name in os.listdir("/log")]))
for name in sorted(os.listdir("/log")):
    print("FILE", name)
    print(open("/log/" + name).read())
print("the end")
"""


def main(count, end):
    return "import os\n" + MAIN.replace("COUNT", str(count)).replace("END", end)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("bits", [64, 32])
def test_cuts_at_the_operations_of_the_log(make_host, soak, bits):
    names = ("power_cut.py", "power_cut_log.py")
    files = {f"/units/{name}": (HERE / name).read_bytes() for name in names}
    share = 1 if soak else 0.1
    files["/main.py"] = (
        "import sys\nsys.path.append('/units')\nfrom modcore import log\nlog.sinks[:] = []\n"
        f"import power_cut_log\npower_cut_log.writes(60, {share}, 20)\nprint('the end')\n"
    )
    host = make_host(bits=bits, files=files).start(ready=False)
    host.wait_for("the end|Traceback|>>>", patience=1700)
    assert "the end" in host.output, host.output
    operations, erased, cuts = map(
        int, re.search(r"writes: (\d+)\D+(\d+)\D+(\d+)", host.output).groups()
    )
    assert operations > 400 and erased > 16 and cuts > 50


def test_a_stop_writes_what_waits_and_the_quota_holds(make_host):
    settings = '{"size": 4096, "count": 2, "flush_s": 3600}'
    files = {"/main.py": main(600, "self.modc.shutdown()"), "/etc/logfile.json": settings}
    host = make_host(files=files).start(ready=False)
    host.wait_for("the end|>>>")
    kept = host.output.split("bytes written ")[1]
    assert 4096 < int(kept.split()[0]) <= 2 * 4096
    numbers = [int(number) for number in re.findall(r"talker: line (\d+)", kept)]
    old, new = kept.split("FILE device.log.1")[::-1]
    assert "line 599" in new and "line 599" not in old
    assert sorted(numbers) == list(range(min(numbers), 600))


def test_a_device_that_is_unplugged_keeps_what_was_flushed(make_host):
    end = "logger.error('flushed now'); logger.info('not yet'); print('un' + 'plug')"
    show = "print(open('/log/device.log').read())\nprint('sho' + 'wn')\n"
    first = "import os\nif 'log' in os.listdir('/'):\n    " + show.replace("\n", "\n    ")
    files = {
        "/main.py": first + "\n" + main(5, end),
        "/etc/logfile.json": '{"flush_s": 3600}',
    }
    host = make_host(files=files).start(ready=False)
    host.wait_for("unplug")
    host.unplug()
    host.start(ready=False).wait_for("shown")
    kept = host.output.split("shown")[0]
    assert re.findall(r"I talker: line (\d)", kept) == list("01234")
    assert "E talker: flushed now" in kept
    assert "not yet" not in kept
