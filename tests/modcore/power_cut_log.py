"""What must hold of the log's files, whenever the power goes; see `power_cut`."""

import os

from modcore import log
from modcore.logfile import LogFile
from power_cut import MOUNT, prove

FOLDER = MOUNT + "/log"
PATH = FOLDER + "/device.log"
SIZE = 2048
COUNT = 3
LINES = 6  # written by each step


def write(step):
    module = LogFile()
    module.config({"path": PATH, "size": SIZE, "count": COUNT, "flush_s": 30, "level": "info"})
    module.start()
    log.sinks[:] = [module.write]
    logger = log.get("power")
    for number in range(step * LINES, (step + 1) * LINES):
        (logger.error if number % 3 == 2 else logger.info)(
            "line %d %s", number, "x" * (number % 80)
        )
    module.stop()
    assert module.dropped == 0


def lines():
    found = []
    names = os.listdir(FOLDER) if "log" in os.listdir(MOUNT) else []
    assert len(names) <= COUNT, names
    for number in range(COUNT - 1, -1, -1):
        name = "device.log.%d" % number if number else "device.log"
        if name in names:
            with open(FOLDER + "/" + name) as file:
                text = file.read()
            assert len(text) <= SIZE, name
            assert text == "" or text.endswith("\n"), name
            found.extend(
                [int(line.split("line ")[1].split(" ")[0]) for line in text.split("\n")[:-1]]
            )
    return found


def check(step, done):
    found = lines()
    end = (step + 1) * LINES
    # After a cut, `write` has written this step's lines once more
    assert found == sorted(found) or len(found) > len(set(found)), found
    newest = found[-1] + 1 if found else 0
    if done:
        assert newest == end, (step, found)
    else:
        assert newest in [end - LINES + written for written in range(0, LINES + 1, 3)], (
            step,
            found,
        )
    # No line is missing between the oldest and the newest
    assert set(found) == set(range(min(found), newest)) if found else newest == 0, found


def writes(steps, share, seed):
    """Prove it of `steps` starts of the module."""
    operations, erased, cuts = prove(steps, write, check, share, seed)
    log.sinks[:] = []
    print("writes: %d operations, %d sectors erased, %d cuts" % (operations, erased, cuts))
