"""The console: the dashboard's pages and the API behind them."""

from modcore.borrow import borrow
from modcore.module import Module


class Console(Module):
    """Mounts `/api/v1` and the pages on the web server, and greets on the device's console."""

    depends = ("windup", "sysinfo")
    _pages = None

    def mount(self):
        app = self.modc.modules["windup"].app
        app.add_filter(borrow("windup.filters", "security"))
        app.get("/api/v1/status")(self.status)
        app.add_generator(self)

    def start(self):
        borrow("console.banner", "greet", self.modc.modules["windup"].url())

    def handle(self, request):
        """The pages. What serves them is imported with the first one."""
        if self._pages is None:
            from windup.static import StaticFiles

            self._pages = StaticFiles("/rom/www", fixed=True).handle
        return self._pages(request)

    def status(self, request):
        """`GET /api/v1/status`."""
        return self.modc.modules["sysinfo"].status()
