"""Runs the vectors against a library until one differs: mutant_runner.py LIBRARY. Status 1: differs.

A library that hangs is killed by the limit on processor time: all vectors whole take 0.02 s of it,
all of their splits 6 s.
"""

import resource
import sys
from pathlib import Path

import native
import run_vectors

module = native.Native(sys.argv[1])
paths = sorted((Path(__file__).parent / "vectors").glob("*.json"))
vectors = [vector for path in paths for vector in run_vectors.load(path)]
# Most mutants already fall when each vector is given whole.
for whole, seconds in ((True, 2), (False, 300)):
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    for vector in vectors:
        if run_vectors.check(module, vector, whole):
            sys.exit(1)
