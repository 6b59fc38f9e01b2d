"""The application of the suite, served by the firmware and by CPython."""

import asyncio
import contextlib
import threading
from pathlib import Path
from types import SimpleNamespace

from app import make_app
from cases_files import FILES
from host import PATIENCE, Host, free_port
from windup.aio import Server
from windup.limits import Limits

LIMITS = {"buffer": 512, "head": 2048, "target": 200, "body": 1000, "connections": 16}
# More than the client waits: to be answered by a deadline is no answer
LIMITS["between_bytes"] = 60

MAIN = """
import sys
sys.path.append('/lib')
from modcore import Controller
from modcore.repl import Repl
from app import make_app
from windup.service import WebServer

class Sample(WebServer):
    def init(self):
        super().init()
        self.app = make_app('/rom/www/files')
    def start(self):
        super().start()
        print('ready', self.url())

modc = Controller()
modc.add(Sample())
modc.add(Repl())
modc.run()
"""


def make_firmware(folder, bits, options=(), **limits):
    """A HOST board that serves the suite's application, not started; `limits` as in etc/windup.json."""
    settings = [f"windup.{key}={value}" for key, value in (LIMITS | limits).items()]
    return Host(
        folder,
        bits=bits,
        files={
            "/main.py": MAIN,
            "/lib/app.py": Path(__file__).with_name("app.py").read_bytes(),
        },
        image={"/www/files/" + name: content for name, content in FILES.items()},
        settings=[*settings, "windup.host=127.0.0.1"],
        options=options,
    )


@contextlib.contextmanager
def on_firmware(folder, bits, options=(), **limits):
    """A running HOST board that serves the suite's application."""
    host = make_firmware(folder, bits, options, **limits)
    try:
        host.start()
        yield host
    finally:
        host.stop()


@contextlib.contextmanager
def on_cpython(folder):
    """The same under asyncio."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    port = free_port()
    ready = threading.Event()
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def main():
        limits = Limits(LIMITS | {"host": "127.0.0.1", "port": port})
        async with Server(make_app(str(folder)), limits):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield SimpleNamespace(port=port, url=f"http://127.0.0.1:{port}")
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
