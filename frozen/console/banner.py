"""What the device says on its console when it has started."""

import gc
import sys

from modcore.version import VERSION

BORROWED = ("modcore.version",)


def greet(url):
    """Tell who is there, and that the pages are at `url`."""
    gc.collect()
    print(
        "modcore %s on %s, %d bytes free, %s"
        % (VERSION, sys.implementation._machine, gc.mem_free(), url)
    )
