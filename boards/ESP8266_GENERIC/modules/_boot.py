"""Mounts the file systems: the user's at ``/``, the read-only one at ``/rom``.

A blank user's file system is formatted, with the folders that a user fills. One that holds something
else is left alone: it may be all the user has of the data.
"""

import gc

# Collect before the heap is in pieces: it is small.
# Often: what a request leaves would lie between what stays, and no room would be in one piece
gc.threshold((gc.mem_free() + gc.mem_alloc()) // 16)

import os

import flashbdev
import vfs


def _is_blank():
    block = bytearray(256)
    for offset in range(0, 4096, len(block)):
        flashbdev.bdev.readblocks(0, block, offset)
        for byte in block:
            if byte != 0xFF:
                return False
    return True


try:
    if _is_blank():
        print("boot: formatting the file system")
        vfs.VfsLfs2.mkfs(flashbdev.bdev)
        vfs.mount(vfs.VfsLfs2(flashbdev.bdev), "/")
        os.mkdir("/etc")
        os.mkdir("/apps")
    else:
        vfs.mount(vfs.VfsLfs2(flashbdev.bdev), "/")
except OSError as error:
    print(
        "boot: the file system does not mount (%s): running without it, nothing is saved." % error
    )
    print("      To keep its data, read the flash out first. To start afresh:")
    print("      import vfs, flashbdev; vfs.VfsLfs2.mkfs(flashbdev.bdev)")
try:
    vfs.mount(vfs.VfsLfs2(flashbdev.www), "/rom", readonly=True)
except OSError as error:
    print("boot: the www image does not mount at /rom (%s)" % error)
del _is_blank, os
gc.collect()
