"""Cuts the power at the flash operations of a program, on the firmware's interpreter, and looks at what is left.

`Chip` is a block device in RAM that follows the rules of HOST's flash chip (boards/HOST/chip/flash.c): pages of 256
bytes, programming clears bits, erasing sets a sector, and a cut leaves a prefix of a page, or a sector that is erased
in part. littlefs, its parameters and the code that saves are the firmware's own.
"""

import gc
import random
import sys

import vfs

SECTOR = 4096
PAGE = 256
MOUNT = "/cut"
# As _boot.py has it where there is room, and where there is not: littlefs keeps files of up to 512 or 128 bytes inline
_READ_SIZE = 32 if sys.maxsize < 1 << 32 else 256


_EIO = -5  # what a chip without power answers


class Chip:
    """A flash chip.

    Args:
        memory: what it holds, a bytearray of sectors; it keeps it.
        cut: number of the operation at which the power goes, 1 is the first; 0: never.
        inside: whether a part of that operation happens.
    """

    def __init__(self, memory, cut=0, inside=False):
        self.memory = memory
        self.operations = 0
        self.erased = 0
        self._cut = cut
        self._inside = inside
        self.off = False

    def readblocks(self, block, buf, offset=0):
        if self.off:
            return _EIO
        start = block * SECTOR + offset
        buf[:] = memoryview(self.memory)[start : start + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        start = block * SECTOR + offset
        at = 0
        while at < len(buf):
            size = min(PAGE - (start + at) % PAGE, len(buf) - at)
            done = self._operation(size)
            for i in range(at, at + done):
                self.memory[start + i] &= buf[i]
            if self.off:
                if self._inside and done >= 0:
                    self.memory[start + at + done] &= buf[at + done] | random.getrandbits(8)
                return _EIO
            at += size

    def ioctl(self, request, block):
        if request == 4:
            return len(self.memory) // SECTOR
        if request == 5:
            return SECTOR
        if request == 6:
            start = block * SECTOR
            done = self._operation(SECTOR)
            self.erased += 1
            if self.off and done > 0 and random.getrandbits(1):
                for i in range(start, start + SECTOR):
                    self.memory[i] |= random.getrandbits(8)
            elif done > 0:
                self.memory[start : start + done] = b"\xff" * done
            return _EIO if self.off else 0

    def _operation(self, size):
        # Bytes of the operation that happen; -1: it has no power
        if self.off:
            return -1
        self.operations += 1
        if self.operations != self._cut:
            return size
        self.off = True
        return random.getrandbits(16) % size if self._inside else -1


def mounted(chip):
    """Mount `chip`, in the place of what was mounted before."""
    try:
        vfs.umount(MOUNT)
    except OSError:
        pass
    vfs.mount(vfs.VfsLfs2(chip, readsize=_READ_SIZE), MOUNT)


def prove(steps, act, check, share, seed, sectors=16, prepare=None):
    """Run `act(step)` for each step, and again with a cut at its operations; `check(step, done)` looks at what is left.

    `done` is `True` after a step without a cut, else `None`. After each cut `act(step)` has to work once more. `prepare` is
    called first. `share` is the part of all cuts that is tried, 0 to 1, chosen by `seed`.

    Returns `(operations, erased sectors, cuts)`.
    """
    random.seed(seed)
    whole = Chip(bytearray(b"\xff" * (SECTOR * sectors)))
    vfs.VfsLfs2.mkfs(whole)
    mounted(whole)
    if prepare:
        prepare()
    cuts = 0
    for step in range(steps):
        before = bytes(whole.memory)
        chip = Chip(bytearray(before))
        mounted(chip)
        first = chip.operations
        act(step)
        check(step, True)
        for operation in range(first + 1, chip.operations + 2):
            for inside in (False, True):
                if random.getrandbits(10) >= share * 1024:
                    continue
                cut = Chip(bytearray(before), operation, inside)
                try:
                    mounted(cut)
                    act(step)
                except Exception:
                    if not cut.off:
                        raise
                left = Chip(cut.memory)
                mounted(left)
                check(step, None)
                act(step)
                check(step, True)
                cuts += 1
        # The chip that is never cut goes on without a restart, so that littlefs keeps what it has in RAM
        vfs.umount(MOUNT)
        vfs.mount(keep(whole), MOUNT)
        act(step)
        gc.collect()
    vfs.umount(MOUNT)
    return whole.operations, whole.erased, cuts


_kept = []


def keep(chip):
    if not _kept or _kept[0] is not chip:
        _kept[:] = [chip, vfs.VfsLfs2(chip, readsize=_READ_SIZE)]
    return _kept[1]
