"""A littlefs2 image that MicroPython mounts as if it had written it itself."""

from littlefs import LittleFS, LittleFSError

from .problem import Problem

BLOCK_SIZE = 4096  # the flash chip's erase sector
_IO_SIZE = 32  # MicroPython's readsize, progsize and lookahead
# MicroPython gives littlefs four I/O units of cache, and a file kept inline must fit the reader's cache.
_CACHE_SIZE = 4 * _IO_SIZE
_ATTRIBUTE_MTIME = 1
_NO_SPACE = -28
_NAMED_IN_ERROR = 8


def build(files, size, when):
    """The image of `files` for a partition of `size` bytes.

    Args:
        files: dict of absolute path to content; folders are made as needed.
        size: bytes, a multiple of 4096.
        when: modification time of every file, seconds since 1970.

    Raises:
        Problem: it does not fit; the text lists the biggest files.
    """
    fs = LittleFS(
        block_size=BLOCK_SIZE,
        block_count=size // BLOCK_SIZE,
        read_size=_IO_SIZE,
        prog_size=_IO_SIZE,
        cache_size=_CACHE_SIZE,
        lookahead_size=_IO_SIZE,
    )
    mtime = (when * 10**9).to_bytes(8, "little")
    try:
        for path in sorted(files):
            fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            with fs.open(path, "wb") as file:
                file.write(files[path])
            fs.setattr(path, _ATTRIBUTE_MTIME, mtime)
    except LittleFSError as exc:
        if exc.code != _NO_SPACE:
            raise
        raise _too_big(files, size) from None
    return bytes(fs.context.buffer)


def used(image):
    """Bytes of `image` that are taken, in whole blocks."""
    fs = LittleFS(
        block_size=BLOCK_SIZE,
        block_count=len(image) // BLOCK_SIZE,
        read_size=_IO_SIZE,
        prog_size=_IO_SIZE,
        cache_size=_CACHE_SIZE,
        lookahead_size=_IO_SIZE,
        mount=False,
    )
    fs.context.buffer[:] = image
    fs.mount()
    return fs.used_block_count * BLOCK_SIZE


def _too_big(files, size):
    total = sum(map(len, files.values()))
    biggest = sorted(files, key=lambda path: (-len(files[path]), path))[:_NAMED_IN_ERROR]
    lines = "".join(f"\n  {len(files[path]):>9,}  {path}" for path in biggest)
    return Problem(
        f"the files do not fit: {len(files)} files of {total:,} bytes in a partition of {size:,}. "
        f"The biggest:{lines}",
        "Remove or shrink some of them (images: smaller or WebP/SVG), or keep big files on the read-write "
        "file system of the device instead.",
    )
