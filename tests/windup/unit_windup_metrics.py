"""The page of metrics."""

from modcore import log
from windup import WindUp
from windup.client import TestClient
from windup.metrics import endpoint, lines


class Registry:
    def snapshot(self):
        yield "heap_bytes", "gauge", "Heap, \\ and\nmore", 1 << 40
        yield 'errors_total{module="a"}', "counter", "Errors", 3
        yield 'errors_total{module="b"}', "counter", "Errors", True
        yield "odd", "gauge", "No number", "3"
        yield "level", "gauge", "Level", 0.5


class Modc:
    def __init__(self):
        self.modules = {"metrics": Registry()}


def test_the_text():
    log.console.held = True
    text = "".join(lines(Registry().snapshot()))
    log.console.held = False
    assert text == (
        "# HELP heap_bytes Heap, \\\\ and\\nmore\n# TYPE heap_bytes gauge\nheap_bytes 1099511627776\n"
        '# HELP errors_total Errors\n# TYPE errors_total counter\nerrors_total{module="a"} 3\n'
        'errors_total{module="b"} 1\n'
        "# HELP level Level\n# TYPE level gauge\nlevel 0.5\n"
    )
    assert "odd is '3', and no number" in log.tail(1)[0][3]


def test_numbers_that_are_none():
    values = (float("nan"), float("inf"), -float("inf"), -1.5)
    text = "".join(lines(("n", "gauge", "", value) for value in values))
    assert text == "# HELP n \n# TYPE n gauge\nn NaN\nn +Inf\nn -Inf\nn -1.5\n"


def test_the_route():
    app = WindUp()
    modc = Modc()
    app.get("/metrics")(endpoint(modc))
    with TestClient(app) as client:
        log.console.held = True
        answer = client.get("/metrics")
        log.console.held = False
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.text.endswith("level 0.5\n")
        del modc.modules["metrics"]
        missing = client.get("/metrics")
        assert missing.status == 404 and "/etc/metrics.json" in missing.text
