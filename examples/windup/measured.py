"""The device's figures for Prometheus.

Shows: windup.metrics.endpoint.
Run as: /apps/garden.py

    /etc/metrics.json  {}
"""

from modcore import Module
from windup.metrics import endpoint


class Garden(Module):
    depends = ("windup", "metrics")

    def mount(self):
        self.modc.modules["windup"].app.get("/metrics")(endpoint(self.modc))
