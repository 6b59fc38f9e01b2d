"""The HTTP tokeniser of this firmware: the C module where it is compiled in, else its twin.

All names of either: Head, Chunked, unquote, split_pairs, find_boundary, boundary_tail, unmask, compose, and
the constants of methods, flags and slots. A new slot needs no line here.
"""

# ruff: noqa: F403 - whoever needs a name imports it from here

try:
    from httptok import *
except ImportError:
    from .pytok import *
