"""Everything that is measured of one subject, as plain data."""

from . import live_heap, rates
from .client import WAYS
from .kinds import KINDS
from .rig import FOLDER, HOST, under_callgrind, under_strace

REQUESTS = 100  # N; N against 2 N requests are measured
CALLS = 20  # the same for system calls, which are whole numbers
_BIG_HEAP = ("--heap", "16000000")


def combinations(subject, kinds=None, among=KINDS):
    """Kinds and ways that `subject` is measured with; `kinds`: names of those that are wanted of `among`."""
    for kind in among:
        for way in WAYS:
            if subject.answers(kind, way) and (not kinds or kind.name in kinds):
                yield kind, way


def costs(subject, kinds=None, elf=HOST, among=KINDS):
    """Instructions, heap bytes and their functions: a `Cost` by `KIND/WAY`."""
    # Nothing is collected between two marks; what some servers allocate until then needs room
    options = () if subject.collects else _BIG_HEAP
    with under_callgrind(subject, elf, options=options) as (_, meter):
        return {
            f"{kind.name}/{way.name}": meter.measure(kind, way, round(REQUESTS * kind.share))
            for kind, way in combinations(subject, kinds, among)
        }


def system_calls(subject, kinds=None, elf=HOST):
    """System calls, a dict by name, by `KIND/WAY`."""
    with under_strace(subject, elf) as meter:
        return {
            f"{kind.name}/{way.name}": dict(meter.measure(kind, way, CALLS))
            for kind, way in combinations(subject, kinds)
        }


def heaps(subject, elf):
    """Bytes of live heap, and the smallest that serves; `None` for what does not run on 32 bits."""
    if subject.wide_only:
        return {"live": None, "smallest": None}
    return {
        "live": live_heap.live(subject, FOLDER / "heap", elf),
        "smallest": live_heap.smallest(subject, FOLDER / "heap", elf),
    }


def rated(subject, way):
    """Whether wrk can say something: it cannot make a floor close a connection."""
    if way.name == "keep_alive":
        return subject.keeps_alive
    return not subject.is_floor


def rate_rounds(subjects, rounds, advance):
    """wrk's requests a second: a list by way, by subject's name. `advance` is called after each."""
    found = {}
    for _ in range(rounds):
        for subject in subjects:
            for way in WAYS:
                if rated(subject, way):
                    by_way = found.setdefault(subject.name, {})
                    by_way.setdefault(way.name, []).append(rates.one_round(subject, way))
                    advance()
    return found
