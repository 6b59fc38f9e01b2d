"""What the firmware tells Prometheus, read by Prometheus's own client."""

import httpx
from host import PATIENCE
from prometheus_client.parser import text_string_to_metric_families

MAIN = """
from modcore import Controller, Module, devices
from windup.metrics import endpoint
from windup.service import WebServer

class Odd(Module):
    name = 'a "quoted" \\\\ name'

    def mount(self):
        metrics = modc.modules['metrics']
        metrics.counter('odd_total', 'Odd \\\\ things\\nhappened').add(3)
        metrics.gauge('level', 'Level', lambda: -2.5)
        for n in range(40):
            metrics.gauge('many_%d' % n, 'One of many', lambda: n)
        modc.modules['windup'].app.get('/metrics')(endpoint(modc))

    def start(self):
        print('ready', modc.modules['windup'].url())

modc = Controller()
devices.add(modc, ('metrics', 'gc'))
web = modc.add(WebServer())
modc.add(Odd())
modc.run()
"""


def test_prometheus_reads_every_line(make_host):
    files = {"/main.py": MAIN, "/etc/metrics.json": "{}", "/etc/gc.json": "{}"}
    host = make_host(files=files).start()
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        answer = client.get("/metrics")
        assert client.head("/metrics").status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.text))
    found = {family.name: family for family in families}
    assert len(found) == len(families)  # each family once
    assert found["odd"].type == "counter" and found["odd"].samples[0].value == 3
    assert found["odd"].documentation == "Odd \\ things\nhappened"
    assert found["level"].type == "gauge" and found["level"].samples[0].value == -2.5
    assert found["many_39"].samples[0].value == 39
    modules = {sample.labels["module"] for sample in found["modcore_errors"].samples}
    assert modules >= {'a "quoted" \\ name', "windup", "metrics", "gc"}
    assert found["modcore_heap_free_bytes"].samples[0].value > 10000
    samples = [sample for family in families for sample in family.samples]
    assert len(samples) == len([line for line in answer.text.splitlines() if line[0] != "#"])
