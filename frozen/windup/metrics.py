"""The device's counters and gauges as a page for Prometheus, in its text format, version 0.0.4.

app.get("/metrics")(endpoint(modc))
"""

from .pieces import Pieces
from .response import HTTPError, Response

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


def endpoint(modc):
    """A handler that shows what module `metrics` of the controller `modc` has; see `modcore.metrics`.

    It is worked out while it is sent, a line at a time. Who may see it is the route's affair: `roles=`.
    """

    def metrics(request):
        module = modc.modules.get("metrics")
        if module is None:
            raise HTTPError(
                404, "The device keeps no metrics: give it an /etc/metrics.json; {} will do"
            )
        return Response(Pieces(b"", None, lines(module.snapshot())), content_type=CONTENT_TYPE)

    return metrics


def lines(snapshot):
    """The page, line by line, for what `modcore.metrics.Metrics.snapshot` yields."""
    shown = None
    for name, kind, help, value in snapshot:
        number = _number(value)
        if number is None:
            from modcore.log import get

            get("metrics").error("%s is %r, and no number: it is left out", name, value)
            continue
        family = name.split("{", 1)[0]
        if family != shown:
            shown = family
            help = help.replace("\\", "\\\\").replace("\n", "\\n")
            yield "# HELP %s %s\n# TYPE %s %s\n" % (family, help, family, kind)
        yield "%s %s\n" % (name, number)


def _number(value):
    if isinstance(value, (int, bool)):  # MicroPython's bool is no int
        return "%d" % value
    if not isinstance(value, float):
        return None
    if value != value:
        return "NaN"
    if value - value != 0:
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)
