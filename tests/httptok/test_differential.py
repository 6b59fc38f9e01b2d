"""The core against the twin on inputs that hypothesis makes up."""

import run_vectors
from hypothesis import given, seed
from hypothesis import strategies as st
from requests_made_up import heads, thorough


def parts(draw_cuts, length):
    return [*sorted({cut % (length + 1) for cut in draw_cuts} - {0}), length]


CUTS = st.lists(st.integers(0, 300), max_size=4)


def head_of(module, data, ends, **limits):
    return run_vectors.run_head(module, limits, data, ends)


@seed(9112)
@thorough
@given(data=heads(), cuts=CUTS, target_max=st.sampled_from([2048, 2048, 5]))
def test_heads_core_and_twin(core, twin, data, cuts, target_max):
    limits = {"target_max": target_max}
    whole = head_of(core, data, [len(data)], **limits)
    assert head_of(core, data, parts(cuts, len(data)), **limits) == whole
    assert head_of(twin, data, [len(data)], **limits) == whole
    assert head_of(twin, data, parts(cuts, len(data)), **limits) == whole


CHUNK_PIECES = st.sampled_from(
    [b"0", b"1", b"3", b"a", b"F", b"10", b"80000000", b"\r\n", b"\r\n", b"\r\n", b"x", b"xyz"]
    + [
        b";a=b",
        b" ",
        b"\t",
        b"A: b",
        b":",
        b"\r",
        b"\n",
        b"\x00",
        b"\xff",
        b"0\r\n\r\n",
        b"1\r\nx\r\n",
    ]
)


@seed(9112)
@thorough
@given(data=st.lists(CHUNK_PIECES, max_size=14).map(b"".join), cuts=CUTS)
def test_chunked_core_and_twin(core, twin, data, cuts):
    whole = run_vectors.run_chunked(core, None, data, [len(data)])
    for module in (core, twin):
        assert run_vectors.run_chunked(module, None, data, parts(cuts, len(data))) == whole


TEXTS = st.lists(
    st.sampled_from(
        [b"%41", b"%", b"%4", b"+", b"a", b"=", b"&", b";", b" ", b"\t", b"%3d", b"\xff"]
    ),
    max_size=12,
).map(b"".join)


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except ValueError:
        return ValueError


@seed(3986)
@thorough
@given(data=TEXTS, flag=st.booleans(), sep=st.sampled_from([b"&", b";"]))
def test_texts_core_and_twin(core, twin, data, flag, sep):
    assert outcome(core.unquote, data, flag) == outcome(twin.unquote, data, flag)
    assert outcome(core.split_pairs, data, sep, flag) == outcome(twin.split_pairs, data, sep, flag)


@seed(2046)
@thorough
@given(
    data=st.text("ab\r", max_size=30).map(str.encode),
    boundary=st.text("ab\r", min_size=1, max_size=5).map(str.encode),
    start=st.integers(0, 30),
    key=st.binary(min_size=4, max_size=4),
    offset=st.integers(0, 9),
)
def test_boundaries_and_masks_core_and_twin(core, twin, data, boundary, start, key, offset):
    start = min(start, len(data))
    for name in ("find_boundary", "boundary_tail"):
        arguments = data, start, len(data), boundary
        assert getattr(core, name)(*arguments) == getattr(twin, name)(*arguments)
    one, other = bytearray(data), bytearray(data)
    core.unmask(one, start, len(one), key, offset)
    twin.unmask(other, start, len(other), key, offset)
    assert one == other
