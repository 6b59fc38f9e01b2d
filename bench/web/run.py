"""One run of the whole benchmark: measures, shows progress and tables, writes the results."""

import json

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.tokenise import figures

from . import live_heap, measure, rates, rig, scale, tables, versions
from .board import BUILD, TOP
from .client import WAYS
from .subjects import SUBJECTS, WINDUP

RESULTS = BUILD / "bench" / "web.json"
COMMITTED = TOP / "bench" / "web" / "results.json"
PAGE = TOP / "docs" / "benchmarks.md"

_HEADING = """# Benchmarks

WindUp beside other web servers for MicroPython, on one HOST firmware, and every answer checked while it was measured:
status, headers, the whole body. `make bench` measures and writes this page; `make bench ONLY=windup` measures a part.

- WindUp has {routes} routes and its security headers on every answer; the others have the measured routes only.
- Each server's files come from the same littlefs. The file of 64 KiB is random, so nobody gains by compressing it.
- Figures are the difference between N and 2 N requests, N = {requests} (a tenth of it for the file, {calls} for system
  calls). The next request is sent when the server sleeps again.
- On a new connection the request comes with the last packet of the handshake. A server that keeps connections does not
  know that the client will close: that it notices it counts too.
- Time stands still while instructions are counted: no timer fires because this computer was busy.
- The bare socket loop and the asyncio loop, `bench/web/apps`, answer anything with the same greeting. They show what
  sockets alone cost.

Missing figures: aioweb and uwebserver have no path parameters. chumicro-http-server sends a file at the pace of a timer.
uhttp 2 is the last that runs on MicroPython, and needs `bytearray.splitlines`, which the 32-bit firmware has not.

Left out: biplane polls without ever sleeping, so that no request has a count. dupgee, gerent, microhttpx,
micropython-picowebrouter, micropythonhttp, microweb and pico-server serve one client at a time and take what one `recv`
brings for the whole request. micro-http-server has no routes, urest-mp serves nothing but REST. MicroWebSrv2 is in no
package index. mhask, pwebserver and the older phew were not tried.

| measured | |
| --- | --- |
"""


def run(console, only=(), rounds=3):
    """Measure the subjects named by `only`, all of them without; a whole run is written to the page and the results.

    Returns:
        The results, as they are written.
    """
    chosen = [subject for subject in SUBJECTS if not only or subject.name in only]
    results = {
        "command": "make bench",
        "commit": versions.commit(),
        "versions": versions.tools(),
        "packages": versions.packages(),
        "requests": measure.REQUESTS,
        "subjects": {},
        "scale": {},
        "tokeniser": {},
    }
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar as progress:
        ways = sum(measure.rated(subject, way) for subject in chosen for way in WAYS)
        task = progress.add_task("", total=3 * len(chosen) + rounds * ways + 2)
        for subject in chosen:
            results["subjects"][subject.name] = _one(subject, progress, task)
        progress.update(task, description="requests a second")
        found = measure.rate_rounds(chosen, rounds, lambda: progress.advance(task))
        for name, ways in found.items():
            summaries = {way: rates.summary(counted) for way, counted in ways.items()}
            results["subjects"][name]["rate"] = summaries
        if WINDUP in chosen:
            progress.update(task, description="WindUp, more of everything")
            results["scale"] = scale_figures()
        progress.advance(task)
        progress.update(task, description="tokeniser")
        results["tokeniser"] = tokeniser_figures()
        progress.advance(task)
    for table in tables.all_of(results):
        console.print(table.rich())
    _write(results, whole=not only)
    return results


def scale_figures():
    """What `scale` measures, by what there is more of."""
    alone, beside = scale.with_slow_clients(64)
    none, many = scale.with_idle_connections(0, 200)
    return {
        "1 route": round(scale.with_routes(1)),
        "200 routes": round(scale.with_routes(200)),
        "no idle connection": round(none),
        "200 idle connections": round(many),
        "no slow client": round(alone),
        "64 slow clients, 100 other requests a second": round(beside),
    }


def tokeniser_figures():
    """Instructions for Chrome's head by word size."""
    figures.BUILD.mkdir(parents=True, exist_ok=True)
    sources = (figures.HERE / "core.c", figures.HEAD, figures.BODY)
    return {
        str(bits): figures.instructions(bits, "core", ["-I", figures.CORE], *sources)
        for bits in (64, 32)
    }


def _one(subject, progress, task):
    figures_of = {"title": subject.title, "version": subject.version}
    progress.update(task, description=f"{subject.title}, instructions")
    costs = measure.costs(subject, elf=rig.ALL)
    figures_of["instructions"] = {name: round(cost.instructions) for name, cost in costs.items()}
    if not subject.collects:
        figures_of["heap_bytes"] = {name: round(cost.heap) for name, cost in costs.items()}
    progress.update(task, advance=1, description=f"{subject.title}, system calls")
    calls = measure.system_calls(subject, elf=rig.ALL)
    figures_of["system_calls"] = {name: sum(found.values()) for name, found in calls.items()}
    progress.update(task, advance=1, description=f"{subject.title}, heap")
    figures_of["heap"] = measure.heaps(subject, live_heap.ALL)
    progress.advance(task)
    return figures_of


def _write(results, whole):
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text)
    if whole:
        COMMITTED.write_text(text)
        PAGE.write_text(page(results))


def page(results):
    """The results as Markdown."""
    text = _HEADING.format(routes=30, requests=results["requests"], calls=measure.CALLS)
    facts = {"command": f"`{results['command']}`", "commit": results["commit"]}
    facts |= results["versions"] | results["packages"]
    text += "".join(f"| {name} | {value} |\n" for name, value in facts.items())
    return text + "".join("\n" + table.markdown() for table in tables.all_of(results))
