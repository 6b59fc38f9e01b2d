"""A HOST board for tests: a flash chip of its own, booted by the real boot loader."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
from control import Control
from modcore_cli import flash_file, image_content, littlefs_image, partition_table

TOP = Path(__file__).parents[2]
BUILD = TOP / "build" / "HOST"
LOADER = BUILD / "loader"
CSV = TOP / "boards" / "ESP32_PSRAM" / "partitions.csv"
FLASH_SIZE = 4 * 1024 * 1024

# How long a step may take before the test gives up; none of them is an assertion about speed.
PATIENCE = 60


class Host:
    """One board.

    Args:
        folder: where its flash chip and console link go.
        bits: 64 or 32.
        profile: `esp32` or `esp8266`, whose limits it keeps.
        files: what lies in its read-write file system, content by path.
        image: what lies in its read-only one besides, content by path.
        settings: factory configuration to change, `"FILE.KEY=VALUE"`.
        options: more options of the boot loader.

    Attributes:
        control: the world around the board, a `control.Control`.
    """

    control = None
    _listener = None

    def __init__(
        self, folder, bits=64, profile="esp32", files=None, settings=(), options=(), image=None
    ):
        self.port = free_port()
        self.flash = folder / "flash.bin"
        self.pty = folder / "pty"
        self.control = Control(folder / "control")
        self.app = (BUILD / str(bits) / "app.bin").read_bytes()
        chip = "ESP8266_GENERIC" if profile == "esp8266" else "ESP32_PSRAM"
        self._etc = [TOP / "etc", TOP / "boards" / chip / "etc", TOP / "boards/HOST/etc"]
        self._settings = [f"windup.port={self.port}", *settings]
        self._options = ["--profile", profile, *options]
        self._process = None
        self._output = bytearray()
        self._heard = threading.Condition()
        self._write_flash(files, image)

    def _write_flash(self, files, image):
        table = partition_table.read_csv(CSV)
        content = image_content.compressed(image_content.tree(TOP / "www_fs", "/www"))
        content |= image_content.configuration(self._etc, self._settings)
        content |= _as_bytes(image or {})
        content = image_content.tagged(content, "/www")
        www = littlefs_image.build(content, partition_table.find(table, "www_0").size, 0)
        prepared = None
        if files:
            size = partition_table.find(table, "vfs").size
            prepared = littlefs_image.build(_as_bytes(files), size, 0)
        flash_file.create(self.flash, table, FLASH_SIZE, self.app, www, prepared)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self):
        """What the console has shown since the start, a `str`."""
        return self._output.decode(errors="replace")

    def start(self, *options, ready=True):
        """Boot. With `ready` wait for the banner, which comes when the web server listens."""
        self._output.clear()
        self._process = subprocess.Popen(
            [
                LOADER,
                "--flash",
                self.flash,
                "--pty-link",
                self.pty,
                "--control",
                self.control.path,
                "--no-terminal",
                *self._options,
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._listener = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._listener.start()
        if ready:
            self.wait_for(re.escape(f":{self.port}/"))
        return self

    def _listen(self, process):
        while chunk := process.stdout.read1(65536):
            with self._heard:
                self._output += chunk
                self._heard.notify_all()
        with self._heard:
            self._heard.notify_all()

    def wait_for(self, pattern, count=1, patience=PATIENCE):
        """Wait until the console has shown `pattern`, a regular expression, `count` times; the last match."""
        deadline = time.monotonic() + patience
        with self._heard:
            while True:
                found = list(re.finditer(pattern, self.output))
                if len(found) >= count:
                    return found[-1]
                left = deadline - time.monotonic()
                ended = self._process.poll() is not None
                if left <= 0 or (ended and not self._listens()):
                    raise AssertionError(f"{pattern!r} not shown; the console has:\n{self.output}")
                self._heard.wait(min(left, 0.2))

    def _listens(self):
        return self._listener is not None and self._listener.is_alive()

    def wait_for_exit(self):
        """Wait until the boot loader ends; its exit status."""
        return self._process.wait(PATIENCE)

    def stop(self):
        """Ctrl-C; the exit status."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        status = self.wait_for_exit()
        self._off()
        return status

    def unplug(self):
        """Kill the boot loader, as when the power fails."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._off()

    def _off(self):
        self._process = None
        if self.control:
            self.control.close()

    @property
    def pid(self):
        """The boot loader's process."""
        return self._process.pid

    def get(self, path, **keywords):
        """GET `path` on a new connection; an `httpx.Response`."""
        return httpx.get(self.url + path, timeout=PATIENCE, **keywords)

    def connect(self):
        """A TCP connection to the web server."""
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def mpremote(self, *words, check=True, stdin=None):
        """Run unmodified mpremote on the console's pty; what it prints."""
        result = subprocess.run(
            [Path(sys.executable).parent / "mpremote", "connect", self.pty.resolve(), *words],
            capture_output=True,
            timeout=PATIENCE,
            input=stdin,
            check=False,
        )
        if check and result.returncode:
            raise AssertionError(
                f"mpremote {words}: {result.stdout!r} {result.stderr!r}\n{self.output}"
            )
        return result.stdout.decode()


def _as_bytes(files):
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}


def free_port():
    """A TCP port that nobody listens on now."""
    with contextlib.closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
