"""Counters and gauges of the whole device, for a page that a monitoring system reads.

A module that has some registers them in its `mount`, where the device has this module:

    metrics = self.modc.modules.get("metrics")
    if metrics:
        self._requests = metrics.counter("windup_requests_total", "Requests answered")
        metrics.gauge("windup_connections", "Connections open", self._server.count)

What every device has is worked out when somebody looks; between looks nothing is kept.
"""

import gc

from .module import Module

_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_:"


class Metrics(Module):
    """The registry; `schema` is `etc/metrics.json`. Names are Prometheus's: letters, digits, `_` and `:`."""

    schema = (("limit", "int", 64, (0, 1000), "Counters and gauges that modules may register"),)
    _limit = 64

    def init(self):
        self._entries = {}
        self._resets = _count_resets()

    def config(self, values):
        self._limit = values["limit"]

    def counter(self, name, help):
        """A counter, one a name; its `add(n=1)` counts. One too many counts too, but is not shown.

        Raises:
            ValueError: `name` has other characters, or belongs to a gauge.
        """
        entry = self._entries.get(name)
        if entry is None:
            entry = Count(help)
            self._add(name, entry)
        elif not isinstance(entry, Count):
            raise ValueError("metric %s is a gauge" % name)
        return entry

    def gauge(self, name, help, function):
        """Show what `function()` returns, a number, or `None` when there is nothing to show. A second one replaces the first.

        Raises:
            ValueError: `name` has other characters, or belongs to a counter.
        """
        if isinstance(self._entries.get(name), Count):
            raise ValueError("metric %s is a counter" % name)
        self._add(name, (help, function))

    def remove(self, name):
        """Forget the counter or gauge `name`, if there is one."""
        self._entries.pop(name, None)

    def _add(self, name, entry):
        if not name or "0" <= name[0] <= "9" or [c for c in name.lower() if c not in _NAME]:
            raise ValueError("metric %s: only letters, digits, _ and : are allowed" % name)
        if name in self._entries or len(self._entries) < self._limit:
            self._entries[name] = entry
        else:
            from .log import get

            get("metrics").warning(
                "no room for %s: limit in etc/metrics.json is %d", name, self._limit
            )

    def snapshot(self):
        """Iterates over `(name, kind, help, value)`: kind is `counter` or `gauge`, value an int or float.

        A name may have labels behind it, as in `modcore_errors_total{module="wlan"}`; those of one name come together.
        """
        yield from self._device()
        yield from self._modules()
        for name, entry in list(self._entries.items()):
            if isinstance(entry, Count):
                yield name, "counter", entry.help, entry.value
                continue
            try:
                value = entry[1]()
            except Exception as exc:
                from .log import get

                get("metrics").exception(exc, "%s failed", name)
                continue
            if value is not None:
                yield name, "gauge", entry[0], value

    def _device(self):
        yield "modcore_heap_free_bytes", "gauge", "Heap that is free", gc.mem_free()
        yield "modcore_heap_used_bytes", "gauge", "Heap in use, garbage included", gc.mem_alloc()
        collector = self.modc.modules.get("gc")
        if collector is not None and collector.lowest is not None:
            text = "Least heap that was free after a collection"
            yield "modcore_heap_lowest_bytes", "gauge", text, collector.lowest
        sysinfo = self.modc.modules.get("sysinfo")
        if sysinfo is not None:
            yield "modcore_uptime_seconds", "gauge", "Time since the start", sysinfo.uptime()
        yield "modcore_resets_total", "counter", "Starts since power-on, less one", self._resets

    def _modules(self):
        for name, kind, help, value in _OF_MODULES:
            for module in self.modc.modules.values():
                labelled = '%s{module="%s"}' % (name, _escaped(module.name))
                yield labelled, kind, help, value(module)


class Count:
    """A number that grows."""

    value = 0

    def __init__(self, help):
        self.help = help

    def add(self, n=1):
        """Count `n` more."""
        self.value += n


_OF_MODULES = (
    (
        "modcore_busy_seconds_total",
        "counter",
        "Time that the module had the processor",
        lambda module: module.account.busy_s + module.account.busy_us / 1000000,
    ),
    (
        "modcore_longest_seconds",
        "gauge",
        "Longest time for which it let nobody else run",
        lambda module: module.account.longest_us / 1000000,
    ),
    (
        "modcore_errors_total",
        "counter",
        "Exceptions of its handlers",
        lambda module: module.errors,
    ),
    (
        "modcore_events_lost_total",
        "counter",
        "Events that its queue had no room for",
        lambda module: module.subscriber.dropped if module.subscriber else 0,
    ),
    (
        "modcore_restarts_total",
        "counter",
        "How often it was started again",
        lambda module: module.restarts,
    ),
)


def _escaped(label):
    # As Prometheus's text format has it
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _count_resets():
    from . import retained

    before = retained.get("resets")
    count = int(before) + 1 if before else 0
    retained.put("resets", b"%d" % count)
    return count
