"""Prints where the instructions of a request go: the functions that take most of them, the mean of many requests.

python boards/LX106_SIM/bench/functions.py "hello, 3 headers"
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import figures

SHOWN = 30


def total(request, times):
    """Instructions by function of a boot and so many requests."""

    def script(network, _counters):
        client = network.connect()
        for _ in range(times):
            yield from figures.ask(client, request)

    with tempfile.NamedTemporaryFile() as file:
        app = {"/main.py": (figures.HERE / "app.py").read_bytes()}
        figures.run(app, script, functions=file.name)
        rows = (line.split() for line in Path(file.name).read_text().splitlines())
        return Counter({name: int(count) for count, name in rows})


def main(wanted):
    requests = dict(figures.REQUESTS_MEASURED)
    if wanted not in requests:
        sys.exit(f"{__doc__}\nRequests: {', '.join(map(repr, requests))}")
    counts = total(requests[wanted], figures.WARM_UP + figures.REQUESTS)
    counts.subtract(total(requests[wanted], figures.WARM_UP))
    print(f"{counts.total() / figures.REQUESTS:10,.0f}  {wanted}")
    for name, count in counts.most_common(SHOWN):
        print(f"{count / figures.REQUESTS:10,.0f}  {name}")


main(" ".join(sys.argv[1:]))
