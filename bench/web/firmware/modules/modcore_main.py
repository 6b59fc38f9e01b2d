"""Runs the program whose name lies at the start of the `vfs` partition."""


def _name():
    from esp32 import Partition

    buffer = bytearray(32)
    Partition.find(Partition.TYPE_DATA, label="vfs")[0].readblocks(0, buffer, 0)
    return str(buffer[: buffer.find(b"\xff")], "ascii")


__import__(_name())
