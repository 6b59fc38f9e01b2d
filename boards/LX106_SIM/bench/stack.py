"""Prints who called whom where the stack was deepest: bytes so far, bytes of the frame, function of the firmware.

python boards/LX106_SIM/bench/stack.py boot
python boards/LX106_SIM/bench/stack.py "64 KiB file, Chrome"
"""

import sys
import tempfile
from pathlib import Path

import figures


def frames(wanted):
    """`(bytes, function)` of each frame, the outermost first, at the deepest point of a boot or of the first request."""
    request = dict(figures.REQUESTS_MEASURED).get(wanted)

    def script(network, counters):
        client = network.connect()
        if request is None:
            yield from figures.ask(client, figures.chrome(b"GET", b"/api/v1/status"))
        else:
            counters.forget_stack()
            yield from figures.ask(client, request)

    files = request and {"/main.py": (figures.HERE / "app.py").read_bytes()}
    with tempfile.NamedTemporaryFile() as file:
        figures.run(files, script, chain=file.name)
        rows = [line.split() for line in Path(file.name).read_text().splitlines()]
    return [(int(size), name) for size, name in rows]


def main(wanted):
    known = ["boot"] + [name for name, _ in figures.REQUESTS_MEASURED]
    if wanted not in known:
        sys.exit(f"{__doc__}\nKnown: {', '.join(map(repr, known))}")
    deep = 0
    for size, name in frames(wanted):
        deep += size
        print(f"{deep:6,} {size:6,}  {name}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
