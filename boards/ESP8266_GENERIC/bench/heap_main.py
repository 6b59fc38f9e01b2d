# What LX106_SIM runs to tell the heap of esp8266_default, module by module, in imports and when all is started.
# It prints lines of "heap NAME BYTES". Each module's figure is without those that it imports itself.

import builtins
import gc
import sys

_import = builtins.__import__


class Meter:
    found = ()  # (names, bytes) of each import so far
    nested = 0  # bytes that imports within the present one have taken


meter = Meter()
meter.found = []


def used():
    gc.collect()
    return gc.mem_alloc()


def measured(*args):
    known = len(sys.modules)
    outer, meter.nested = meter.nested, 0
    before = used()
    module = _import(*args)
    after = used()
    if len(sys.modules) > known:
        meter.found.append((args[0], after - before - meter.nested))
        meter.nested = outer + after - before
    else:
        meter.nested = outer + meter.nested
    return module


builtins.__import__ = measured
