"""The vectors against the twin, and against the core with the sanitisers watching."""

import json
import subprocess
import sys
from pathlib import Path

import native
import pytest
import run_vectors

HERE = Path(__file__).parent
FILES = sorted((HERE / "vectors").glob("*.json"))
ARGUMENTS = ("kind", "input", "target_max", "plus", "sep", "decode", "boundary", "key", "offset")


def test_vectors_are_complete_and_differ():
    names, inputs = set(), set()
    for path in FILES:
        for vector in run_vectors.load(path):
            assert vector["reason"] and vector["rfc"] and "expect" in vector, vector["name"]
            names.add(vector["name"])
            inputs.add(json.dumps([vector.get(key) for key in ARGUMENTS]))
    count = sum(len(run_vectors.load(path)) for path in FILES)
    assert count >= 300
    assert len(names) == len(inputs) == count


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_twin(twin, path):
    problems = []
    run_vectors.run(twin, [path], problems.append)
    assert not problems


def test_core_with_sanitisers():
    library = native.build("sanitised", native.SANITISERS)
    code = "import native, run_vectors, sys; m = native.Native(sys.argv[1])\n"
    code += "count, failures = run_vectors.run(m, sys.argv[2:]); sys.exit(failures or not count)"
    process = subprocess.run(
        [sys.executable, "-c", code, library, *FILES],
        cwd=HERE,
        env=native.sanitised_env(),
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.mark.parametrize("module", ["twin", "core"])
def test_a_wrong_expectation_is_noticed(module, request):
    module = request.getfixturevalue(module)
    for path in FILES:
        vector = run_vectors.load(path)[0]
        wrong = {"head": {"status": 1}, "chunked": {"error": False}}
        vector["expect"] = wrong.get(vector["kind"], "wrong")
        assert run_vectors.check(module, vector)


def test_module_and_twin_have_the_same_names(twin, core):
    for name in [*run_vectors.METHODS, *run_vectors.FLAGS, *run_vectors.SLOTS]:
        assert getattr(twin, name) == getattr(core, name), name
    assert list(run_vectors.SLOTS) == core.slots


def test_a_recognised_field_is_one_line(tmp_path):
    line = '    X(n, IF_UNMODIFIED_SINCE, "if-unmodified-since", PLAIN)'
    for path in native.CORE.glob("*.[ch]"):
        (tmp_path / path.name).write_text(path.read_text())
    header = tmp_path / "httptok.h"
    text = header.read_text()
    assert line in text
    header.write_text(text.replace(line, line + ' \\\n    X(n, SEC_GPC, "sec-gpc", ONCE)'))
    sources = [tmp_path / name for name in native.SOURCES]
    module = native.Native(native.build("one-line", sources=sources), header)
    assert module.SEC_GPC == module.IF_UNMODIFIED_SINCE + 1
    data = b"GET / HTTP/1.0\r\nSec-GPC: 1\r\n\r\n"
    head = module.Head(bytearray(data))
    assert head.parse(0, len(data)) == len(data) and head.get(module.SEC_GPC) == b"1"
    twice = data[:-2] + b"SEC-gpc: 1\r\n\r\n"
    assert module.Head(bytearray(twice)).parse(0, len(twice)) == -400
