"""What differs between MicroPython and CPython, under MicroPython's names.

Everything else in modcore and windup is written once for both interpreters.
"""

import sys

try:
    from sys import print_exception
    from time import ticks_add, ticks_diff, ticks_ms, ticks_us

    from micropython import const
except ImportError:  # CPython
    import time
    import traceback

    def const(value):
        return value

    def print_exception(exc, file=sys.stdout):
        traceback.print_exception(type(exc), exc, exc.__traceback__, file=file)

    def ticks_ms():
        return time.monotonic_ns() // 1000000

    def ticks_us():
        return time.monotonic_ns() // 1000

    def ticks_add(ticks, delta):
        return ticks + delta

    def ticks_diff(end, start):
        return end - start


MICROPYTHON = sys.implementation.name == "micropython"

if MICROPYTHON:
    # It looks in the file system for a module of the same name each time that one of these is imported, and forgets what it
    # found: dozens of reads of flash, and a fifth of a chip's stack, which what is imported in a request has not
    for _name in ("binascii", "errno", "io", "json", "os", "time"):
        sys.modules[_name] = __import__(_name)
