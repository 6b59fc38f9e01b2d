"""What the benchmark's results say, and where they come from."""

import json

import pytest

from bench.web import budget, callgrind, peers, run
from bench.web.kinds import KINDS
from bench.web.subjects import SUBJECTS

PROFILE = """\
version: 1
positions: line
events: Ir
summary: 100

ob=(1) /firmware
fl=(1) ???
fn=(1) mp_execute_bytecode
0 40
cfn=(2) gc_alloc
calls=3 0
0 30

fn=(2)
0 20

fn=(3) mp_execute_bytecode'2
0 30
cfn=(1)
calls=1 0
0 70

fn=(4) memcpy
0 10
"""


def test_a_profile_is_read(tmp_path):
    path = tmp_path / "profile"
    path.write_text(PROFILE)
    found = callgrind.instructions_by_function(path)
    assert found == {"mp_execute_bytecode": 70, "gc_alloc": 20, "memcpy": 10}
    assert sum(found.values()) == 100


def test_differences_of_profiles():
    after, before = callgrind.Counter(a=50, b=7), callgrind.Counter(a=10, b=7, c=4)
    assert callgrind.differences(after, before, 4) == {"a": 10, "c": -1}


def test_the_page_is_of_the_results():
    results = json.loads(run.COMMITTED.read_text())
    assert run.PAGE.read_text() == run.page(results), "make bench writes both"


def test_the_results_are_whole():
    results = json.loads(run.COMMITTED.read_text())
    assert list(results["subjects"]) == [subject.name for subject in SUBJECTS]
    for subject in SUBJECTS:
        figures = results["subjects"][subject.name]["instructions"]
        kinds = subject.kinds or [kind.name for kind in KINDS]
        assert {name.partition("/")[0] for name in figures} == set(kinds)


def test_everything_from_the_package_index_is_pinned():
    pinned = peers.versions()
    assert {package for subject in SUBJECTS for package, *_ in subject.packages} == set(pinned)


def test_a_package_that_was_changed_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "_CACHE", tmp_path)
    (tmp_path / f"microdot-{peers.versions()['microdot']}").write_bytes(b"something else")
    with pytest.raises(RuntimeError, match="not the file that was expected"):
        peers.sources("microdot", "microdot")


def test_ceilings_have_profiles():
    profiled = json.loads(budget.PROFILE.read_text())
    counted = ("/instructions", "/system_calls")
    assert set(profiled) == {name for name in budget.ceilings() if name.endswith(counted)}
