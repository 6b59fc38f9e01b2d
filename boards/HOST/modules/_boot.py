"""Mounts the file systems: the user's at ``/``, the running app's read-only one at ``/rom``.

A blank ``vfs`` partition is formatted, with the folders that a user fills. One that holds something
else is left alone: it may be all the user has of the data. Runs in ``__main__``, and leaves nothing
behind there.
"""

import gc

# Garbage is collected before the heap is in pieces, as on the ESP8266.
# Often: what a request leaves would lie between what stays, and no room would be in one piece
gc.threshold((gc.mem_free() + gc.mem_alloc()) // 16)


def boot(readsize):
    import os

    import vfs
    from esp32 import Partition

    def partition(label):
        found = Partition.find(Partition.TYPE_DATA, label=label)
        if not found:
            print("boot: there is no partition", label)
            return None
        return found[0]

    def is_blank(part):
        chunk = bytearray(256)
        for offset in range(0, 4096, len(chunk)):
            part.readblocks(0, chunk, offset)
            if chunk.count(b"\xff") != len(chunk):
                return False
        return True

    def mount_root(part):
        try:
            blank = is_blank(part)
            if blank:
                print("boot: formatting vfs")
                vfs.VfsLfs2.mkfs(part)
            vfs.mount(vfs.VfsLfs2(part, readsize=readsize), "/")
            if blank:
                os.mkdir("/etc")
                os.mkdir("/apps")
        except OSError as error:
            print("boot: vfs does not mount (%s): nothing can be saved." % error)
            print("  If its data matters, read the flash out first. To start afresh:")
            print("  import vfs; from esp32 import Partition")
            print("  vfs.VfsLfs2.mkfs(Partition.find(Partition.TYPE_DATA, label='vfs')[0])")

    def mount_rom(part):
        try:
            vfs.mount(vfs.VfsLfs2(part, readsize=readsize), "/rom", readonly=True)
        except OSError as error:
            print("boot: /rom is missing: %s does not mount (%s)" % (part.info()[4], error))

    root = partition("vfs")
    if root:
        mount_root(root)
    rom = partition("www_" + Partition(Partition.RUNNING).info()[4][-1])
    if rom:
        mount_rom(rom)


# littlefs reads through buffers of four times this size, two for a file system and one for each open
# file: where there is room, folders and files take a fraction of the reads.
boot(256 if gc.mem_free() > 100000 else 32)
del boot
gc.collect()
del gc
