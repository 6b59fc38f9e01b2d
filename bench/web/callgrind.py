"""callgrind's profiles: how to have them written, and what is in them."""

import re
import subprocess
from collections import Counter
from pathlib import Path

_CLOCK = Path(__file__).with_name("still_clock.c")
_FUNCTION = re.compile(r"^fn=\((\d+)\)(?: (.*))?$")
_CALLED = re.compile(r"^c?fn=\((\d+)\) (.*)$", re.M)


def tool(folder):
    """The command to run the firmware under; it writes `folder`/profile.NUMBER at each measuring point."""
    clock = folder / "still_clock.so"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", clock, _CLOCK], check=True)
    return (
        f"env LD_PRELOAD={clock} valgrind --quiet --tool=callgrind --callgrind-out-file={folder}/profile"
        " --dump-before=machine_unique_id --compress-pos=no --compress-strings=yes"
    )


def instructions_by_function(path):
    """Instructions of one profile by the function that ran them, without those that it called."""
    text = path.read_text()
    names = dict(_CALLED.findall(text))
    counts = Counter()
    name = None
    calls = False
    for line in text.splitlines():
        if match := _FUNCTION.match(line):
            name = names[match[1]].partition("'")[0]  # 'NUMBER: how deep it calls itself
        elif line.startswith("calls="):
            calls = True
        elif line[:1].isdigit() and name is not None:
            if not calls:
                counts[name] += int(line.split()[1])
            calls = False
    return counts


def differences(after, before, divisor):
    """What `after` has more than `before`, divided by `divisor`."""
    result = {name: (after[name] - before[name]) / divisor for name in after | before}
    return Counter({name: count for name, count in result.items() if count})
