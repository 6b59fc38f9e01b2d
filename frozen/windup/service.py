"""The web server as a module of modcore."""

from modcore.borrow import borrow
from modcore.module import Module

from .app import WindUp
from .limits import Limits, schema
from .server import Server


class WebServer(Module):
    """Serves `app` as `etc/windup.json` says.

    Attributes:
        app: the `WindUp` that other modules add their routes to, in `mount`.
        limits: the `Limits` in force.
    """

    name = "windup"
    schema = schema

    def init(self):
        self.app = WindUp()
        self._server = None

    def config(self, values):
        self.limits = Limits(values)
        self.app.body_max = values["body"]

    def start(self):
        self._server = Server(self.app, self.limits)
        try:
            self._server.listen()
        except OSError as exc:
            raise OSError(
                exc.errno,
                "cannot listen on %s:%d; is another program there? Set port in etc/windup.json"
                % (self.limits.host, self.limits.port),
            )

    async def run(self):
        await self._server.run()

    def url(self):
        """Where a browser finds the server."""
        host = self.limits.host
        if host == "0.0.0.0":
            host = borrow("address", "address")
        scheme, usual = ("https", 443) if self.limits.tls else ("http", 80)
        port = "" if self.limits.port == usual else ":%d" % self.limits.port
        return "%s://%s%s/" % (scheme, host, port)

    def stop(self):
        if self._server:
            return self._server.stop()
