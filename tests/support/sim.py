"""A LX106_SIM board for tests: QEMU with a flash chip of its own."""

import os
import re
import subprocess
import sys
import threading

from host import TOP, Host, free_port
from lx106 import flash
from modcore_cli import image_content, littlefs_image

BUILD = TOP / "build" / "LX106_SIM"
WWW_SIZE = 128 * 1024
ETC = [TOP / "etc", TOP / "boards/ESP8266_GENERIC/etc", TOP / "boards/LX106_SIM/etc"]


class Sim(Host):
    """One board; what can be done with it is told in `host.Host`.

    Args:
        folder: where its flash chip and console link go.
        files: content by path of the user's file system; None leaves that to be formatted.
        heap: bytes; 0 is the ESP8266's 38 KiB.
    """

    def __init__(self, folder, files=None, heap=0):
        self.port = free_port()
        self.flash = folder / "flash.bin"
        self.pty = folder / "pty"
        self._heap = heap
        self._process = None
        self._output = bytearray()
        self._heard = threading.Condition()
        content = image_content.compressed(image_content.tree(TOP / "www_fs", "/www"))
        content |= image_content.configuration(ETC, [f"windup.port={self.port}"])
        files = {
            path: text.encode() if isinstance(text, str) else text
            for path, text in (files or {}).items()
        }
        flash.create(self.flash, littlefs_image.build(content, WWW_SIZE, 0), files)

    def start(self, *options, ready=True):
        """Boot. With `ready` wait for the banner, which comes when the web server listens."""
        self._output.clear()
        command = [sys.executable, "-m", "lx106", "--build", BUILD, "--flash", self.flash]
        command += ["--pty-link", self.pty, "--no-terminal", "--heap", str(self._heap), *options]
        path = os.pathsep.join([str(TOP / "tools"), str(TOP / "boards" / "LX106_SIM")])
        self._process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        if ready:
            self.wait_for(re.escape(f":{self.port}/"))
        return self
