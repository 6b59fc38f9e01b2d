"""The two block devices in flash behind the firmware; partitions*.csv have the layouts."""

import esp
from micropython import const

_SECTOR = const(4096)
_SDK_SECTORS = const(5)  # the SDK keeps its parameters at the end of the chip

# Operations of ioctl(), as vfs.AbstractBlockDev names them.
_BLOCK_COUNT = const(4)
_BLOCK_SIZE = const(5)
_BLOCK_ERASE = const(6)


class Sectors:
    """`count` sectors of 4096 bytes from sector `first` on, as `vfs.AbstractBlockDev` has it.

    Args:
        writable: False refuses whatever would change the flash.
    """

    def __init__(self, first, count, writable=True):
        self._first = first
        self._count = count
        self._writable = writable

    def readblocks(self, block, buf, offset=0):
        """Fill `buf` from `offset` in `block` on."""
        esp.flash_read((self._first + block) * _SECTOR + offset, buf)

    def writeblocks(self, block, buf, offset=None):
        """Program `buf`; without an `offset` erase the block first."""
        if not self._writable:
            raise OSError(30)  # EROFS
        if offset is None:
            esp.flash_erase(self._first + block)
            offset = 0
        esp.flash_write((self._first + block) * _SECTOR + offset, buf)

    def ioctl(self, operation, block):
        """Answer what a file system asks of its device."""
        if operation == _BLOCK_COUNT:
            return self._count
        if operation == _BLOCK_SIZE:
            return _SECTOR
        if operation == _BLOCK_ERASE:
            if not self._writable:
                return 30
            esp.flash_erase(self._first + block)
            return 0


def _devices():
    end = esp.flash_size() // _SECTOR
    first = esp.flash_user_start() // _SECTOR
    www_sectors = 32 if end > 256 else 24
    rest = first + www_sectors
    return Sectors(first, www_sectors, writable=False), Sectors(rest, end - _SDK_SECTORS - rest)


www, bdev = _devices()
del _devices
