"""Runs unit tests on the firmware's own interpreter: `run(names)`, one line a failure, then the totals."""

import os
import sys


def run(names, folder=None):
    """Import each module of `names` and call its `test_…` functions, in alphabetical order.

    A module that was read from `folder` is removed when it has run, to leave the others room for what they write.
    """
    passed = failed = 0
    for name in names:
        module = __import__(name)
        for test in sorted(dir(module)):
            if test.startswith("test_"):
                try:
                    getattr(module, test)()
                    passed += 1
                except Exception as exc:
                    failed += 1
                    print("FAILED %s.%s" % (name, test))
                    sys.print_exception(exc)
        del sys.modules[name]
        if folder:
            os.remove("%s/%s.mpy" % (folder, name))
    print("units: %d passed, %d failed" % (passed, failed))
