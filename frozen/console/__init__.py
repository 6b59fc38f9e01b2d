"""The console: the dashboard's pages and the API behind them."""

import gc
import sys

from modcore import VERSION
from modcore.module import Module
from windup.filters import SECURITY, Headers
from windup.static import StaticFiles


class Console(Module):
    """Mounts `/api/v1` and the pages on the web server, and greets on the device's console."""

    depends = ("windup", "sysinfo")

    def mount(self):
        app = self.modc.modules["windup"].app
        app.add_filter(Headers(SECURITY))
        app.get("/api/v1/status")(self.status)
        app.add_generator(StaticFiles("/rom/www", fixed=True))

    def start(self):
        gc.collect()
        print(
            "modcore %s on %s, %d bytes free, %s"
            % (
                VERSION,
                sys.implementation._machine,
                gc.mem_free(),
                self.modc.modules["windup"].url(),
            )
        )

    def status(self, request):
        """`GET /api/v1/status`."""
        return self.modc.modules["sysinfo"].status()
