"""One run of the firmware: QEMU with the plugin, and what it is connected to."""

import mmap
import os
import struct
import subprocess
import tempfile
from pathlib import Path

from .far_end import FarEnd

QEMU = "qemu-system-xtensa"
PANIC_STATUS = 70  # of port/panic.h
_STACK_TOP = 0x40000000
_COUNTERS = struct.Struct("<QQ")


class Counters:
    """What the plugin has counted; exact while the processor waits for its far end."""

    def __init__(self):
        self._file = tempfile.NamedTemporaryFile(prefix="lx106-")  # noqa: SIM115
        self._file.truncate(mmap.PAGESIZE)
        self._page = mmap.mmap(self._file.fileno(), mmap.PAGESIZE)
        self.path = self._file.name

    @property
    def instructions(self):
        """Executed so far on the chip; the simulation's are not among them."""
        return _COUNTERS.unpack_from(self._page)[0]

    @property
    def stack(self):
        """Bytes of stack in use at the deepest, since the start or `forget_stack`."""
        return _STACK_TOP - _COUNTERS.unpack_from(self._page)[1]

    def forget_stack(self):
        """Look for the deepest point anew."""
        _COUNTERS.pack_into(self._page, 0, self.instructions, _STACK_TOP)

    def close(self):
        self._page.close()
        self._file.close()


class Machine:
    """QEMU, from one start to the next.

    Args:
        build: folder with `firmware.elf` and `lx106.so`.
        flash: path of the flash chip, a file.
        network: see `far_end.FarEnd`; if it has `watch`, it is told of the console.
        cause: reset cause, the ESP8266's number.
        heap: bytes of Python heap if not the chip's 38 KiB, at most 1044480.
        still: time passes only while the firmware waits, so that figures repeat.
        on_mark: see `far_end.FarEnd`.
        counters: a `Counters`, for whoever needs it before there is a machine; closed with it.
        functions: path of a file for the instructions of each function, lines of count and name, written when the
            firmware ends by itself.
        chain: path of a file for the frames where the stack was deepest, lines of bytes and function, outermost first.

    Attributes:
        input, output: the console, file descriptors to write to and to read from.
        counters: a `Counters`.
    """

    def __init__(
        self,
        build,
        flash,
        network,
        cause=0,
        heap=0,
        still=False,
        on_mark=None,
        counters=None,
        functions=None,
        chain=None,
    ):
        self.counters = counters or Counters()
        self._far_end = FarEnd(network, still, on_mark)
        self._input_end, self.input = os.pipe()
        self.output, output_end = os.pipe()
        guest = self._far_end.guest.fileno()
        with open(flash, "r+b") as chip:
            options = {"far": guest, "flash": chip.fileno(), "cause": cause, "heap": heap}
            options["still"] = int(still)
            arguments = "".join(f",arg={name}={value}" for name, value in options.items())
            plugin = f"{Path(build, 'lx106.so')},counters={self.counters.path}"
            plugin += f",functions={functions}" if functions else ""
            plugin += f",chain={chain}" if chain else ""
            self._process = subprocess.Popen(
                [
                    *(QEMU, "-machine", "sim", "-cpu", "lx106", "-plugin", plugin),
                    *("-display", "none", "-serial", "none", "-monitor", "none"),
                    *("-semihosting-config", f"enable=on,arg=firmware{arguments}"),
                    *("-kernel", Path(build, "firmware.elf")),
                ],
                stdin=self._input_end,
                stdout=output_end,
                stderr=output_end,
                pass_fds=(guest, chip.fileno()),
            )
        os.close(output_end)
        if hasattr(network, "watch"):
            network.watch(self._far_end.socket)
            network.watch(self._input_end)
        self._far_end.start()

    @property
    def reset(self):
        """`(cause, milliseconds to sleep)` when the firmware asked to be started anew, else None."""
        return self._far_end.reset

    @property
    def failure(self):
        """An exception that ended the far end, and with it the firmware, else None."""
        return self._far_end.failure

    def stop(self):
        """Switch off. Returns QEMU's exit status, or -9 when it still ran."""
        if self._process.poll() is None:
            self._process.kill()  # the processor may wait for its far end: it does not hear SIGTERM
        status = self._process.wait()
        self._far_end.stop()
        for descriptor in (self._input_end, self.input, self.output):
            os.close(descriptor)
        self.counters.close()
        return status

    def read_all(self):
        """What the console shows until QEMU ends."""
        return self._read(lambda _: False)

    def read_until(self, shown):
        """What the console shows up to `shown`, or until QEMU ends."""
        return self._read(lambda output: shown in output)

    def _read(self, enough):
        output = b""
        while not enough(output) and (data := os.read(self.output, 4096)):
            output += data
        return output

    def wait(self):
        """Wait until QEMU ends; its exit status. Then `stop`."""
        return self._process.wait()
