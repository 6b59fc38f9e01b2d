"""littlefs images: MicroPython's parameters, and the same bytes for the same files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from littlefs import LittleFS
from modcore_cli import littlefs_image
from modcore_cli.problem import Problem

SIZE = 128 * 1024
WHEN = 1767225600


def mount(image):
    """`image` with the parameters of MicroPython's VfsLfs2."""
    fs = LittleFS(
        block_size=4096,
        block_count=len(image) // 4096,
        read_size=32,
        prog_size=32,
        cache_size=128,
        lookahead_size=32,
        mount=False,
    )
    fs.context.buffer[:] = image
    fs.mount()
    return fs


def read_all(fs):
    return {
        f"{folder.rstrip('/')}/{name}": fs.open(f"{folder.rstrip('/')}/{name}", "rb").read()
        for folder, _, names in fs.walk("/")
        for name in names
    }


segments = st.text("abcdefgh.-_", min_size=1, max_size=12).filter(lambda name: name.strip("."))
paths = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))


def free_of_conflicts(files):
    return not any(path.startswith(other + "/") for path in files for other in files)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(paths, st.binary(max_size=6000), max_size=6).filter(free_of_conflicts))
def test_files_come_back(files):
    image = littlefs_image.build(files, SIZE, WHEN)
    assert len(image) == SIZE
    assert read_all(mount(image)) == files


def test_order_of_the_files_does_not_matter():
    files = {f"/www/{n}.js": bytes([n]) * 700 * n for n in range(9)}
    backwards = dict(reversed(files.items()))
    assert littlefs_image.build(files, SIZE, WHEN) == littlefs_image.build(backwards, SIZE, WHEN)


def test_mtime_is_stored_as_micropython_stores_it():
    fs = mount(littlefs_image.build({"/a": b"x"}, SIZE, WHEN))
    assert int.from_bytes(fs.getattr("/a", 1), "little") == WHEN * 10**9


def test_inline_files_fit_the_readers_cache():
    # littlefs keeps small files beside their name, and reads them through a cache of 128 bytes here.
    files = {f"/{n}": b"x" * n for n in range(100, 180)}
    assert read_all(mount(littlefs_image.build(files, SIZE * 4, WHEN))) == files


def test_too_big_names_the_biggest():
    files = {"/www/photo.jpg": bytes(90_000), "/www/film.mp4": bytes(50_000), "/www/a.css": b"a"}
    with pytest.raises(Problem) as caught:
        littlefs_image.build(files, SIZE, WHEN)
    text = caught.value.message
    assert "140,001 bytes in a partition of 131,072" in text
    assert text.index("photo.jpg") < text.index("film.mp4") < text.index("a.css")
    assert "90,000  /www/photo.jpg" in text
    assert caught.value.advice


def test_used_counts_whole_blocks():
    empty = littlefs_image.used(littlefs_image.build({}, SIZE, WHEN))
    with_file = littlefs_image.used(littlefs_image.build({"/a": bytes(4096 * 3)}, SIZE, WHEN))
    assert empty % 4096 == 0
    assert with_file - empty >= 4096 * 3
