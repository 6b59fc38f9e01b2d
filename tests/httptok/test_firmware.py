"""The vectors, and what requests allocate, inside the booted firmware."""

from pathlib import Path

import pytest
import run_vectors

HERE = Path(__file__).parent
VECTORS = sorted((HERE / "vectors").glob("*.json"))

RUN = """
import sys
sys.path.append('/units')
import run_vectors
import {module}
module = {module}
count = failures = 0
for path in {paths!r}:
    for vector in run_vectors.load(path):
        count += 1
        problem = run_vectors.check(module, vector, {whole})
        if problem:
            failures += 1
            print(problem)
print('vectors:', count, 'ran,', failures, 'failed')
"""

# No object for a header that nobody asks for: with the heap locked, an allocation is an error.
ALLOCATE = """
import gc, micropython
import httptok
data = open('/units/chrome.http', 'rb').read()

def requests(head, end, times):
    for _ in range(times):
        assert head.parse(0, end) == end
        assert head.method == httptok.GET
        assert head.flags & httptok.KEEP_ALIVE
        assert head.content_length == -1
        assert head.count == 15
        head.reset()

def main():
    buf = bytearray(data)
    head = httptok.Head(buf)
    end = len(buf)
    requests(head, end, 1)
    gc.collect()
    micropython.heap_lock()
    requests(head, end, 3)
    micropython.heap_unlock()
    head.parse(0, end)
    before = gc.mem_alloc()
    head.get('user-agent')
    print('allocated:', gc.mem_alloc() - before)

main()
"""


@pytest.mark.parametrize("bits", [64, 32])
@pytest.mark.parametrize("module", ["httptok", "windup.pytok"])
def test_vectors(make_host, soak, bits, module):
    # The twin takes a minute for all the places to cut at
    whole = module != "httptok" and not soak
    files = {f"/units/{path.name}": path.read_bytes() for path in VECTORS}
    files["/units/run_vectors.py"] = (HERE / "run_vectors.py").read_bytes()
    paths = [f"/units/{path.name}" for path in VECTORS]
    files["/main.py"] = RUN.format(module=module, paths=paths, whole=whole)
    host = make_host(bits=bits, files=files).start(ready=False)
    totals = host.wait_for(r"vectors: (\d+) ran, (\d+) failed", patience=300)
    assert totals[2] == "0", host.output
    assert int(totals[1]) == sum(len(run_vectors.load(path)) for path in VECTORS)


@pytest.mark.parametrize("bits", [64, 32])
def test_no_object_for_a_header_that_nobody_asks_for(make_host, bits):
    chrome = HERE.parents[1] / "bench" / "tokenise" / "chrome.http"
    files = {"/units/chrome.http": chrome.read_bytes(), "/main.py": ALLOCATE}
    host = make_host(bits=bits, files=files).start(ready=False)
    assert int(host.wait_for(r"allocated: (\d+)")[1]) > 0
