# What LX106_SIM runs to tell the heap that each module takes when it is imported. heap.py writes names.py: PACKAGES, and
# MODULES, each after those that it imports. It prints lines of "heap: MODULE BYTES".

import gc
import sys

import httptok
from names import MODULES, PACKAGES


class Shell:
    # In the place of a package whose own __init__ comes last, so that it does not import everything at once.
    tok = httptok  # which windup's chooses

    def __init__(self, name):
        self.__name__ = name
        self.__path__ = ".frozen/" + name


def used():
    gc.collect()
    return gc.mem_alloc()


def measure(names):
    costs = [0] * len(names)
    for at in range(len(names)):
        if isinstance(sys.modules.get(names[at]), Shell):
            sys.modules.pop(names[at])
        before = used()
        __import__(names[at])
        costs[at] = used() - before
    return costs


try:
    for package in PACKAGES:
        sys.modules[package] = Shell(package)
    costs = measure(MODULES)
    for at in range(len(costs)):
        print("heap:", MODULES[at], costs[at])
except Exception as exc:
    sys.print_exception(exc)
print("heap end")
