"""The results as tables, for the terminal and for docs/benchmarks.md."""

from dataclasses import dataclass

from rich.table import Table as RichTable

from .client import WAYS
from .kinds import KINDS

NOTHING = "–"


@dataclass
class Table:
    """A title, a sentence or two, and rows of cells; the first column is text, the others are numbers."""

    title: str
    note: str
    columns: list
    rows: list

    def rich(self):
        """For the terminal."""
        table = RichTable(title=self.title, title_justify="left", caption_justify="left")
        for number, column in enumerate(self.columns):
            heading = column.replace(", ", ",\n")
            table.add_column(heading, justify="right" if number else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*row, style="bold" if row[0].startswith("WindUp") else "")
        return table

    def markdown(self):
        """For a page."""
        lines = [f"## {self.title}", "", self.note, "", _line(self.columns)]
        lines.append(_line(["---"] + ["---:"] * (len(self.columns) - 1)))
        for row in self.rows:
            bold = row[0].startswith("WindUp")
            lines.append(_line([f"**{cell}**" for cell in row] if bold else row))
        return "\n".join(lines) + "\n"


def all_of(results):
    """Every table for which `results` has figures."""
    subjects = results["subjects"].values()
    tables = [_instructions(subjects, way) for way in WAYS]
    tables += [_both_ways(subjects, *what) for what in (_CALLS, _BYTES)]
    tables += [_heaps(subjects), _rates(subjects), _scale(results), _tokeniser(results)]
    return [table for table in tables if table and table.rows]


_CALLS = (
    "system_calls",
    "System calls a request",
    "What strace counts. First on a connection that is kept, then on a new one.",
)
_BYTES = (
    "heap_bytes",
    "Heap bytes a request",
    "By how much the heap grows, 64 bits: what is allocated and not given back at once, with the collector off. Servers "
    "that call the collector themselves cannot be measured so.",
)


def _instructions(subjects, way):
    note = (
        "User-space instructions as callgrind counts them, 64 bits; collecting garbage is left out"
    )
    note += ", except where a server calls the collector for each request, as tinyweb, phew and uwebserver do."
    rows = []
    for subject in subjects:
        figures = subject.get("instructions", {})
        cells = [_number(figures.get(f"{kind.name}/{way.name}")) for kind in KINDS]
        if any(cell != NOTHING for cell in cells):
            rows.append([_title(subject), *cells])
    columns = ["", *[kind.title for kind in KINDS]]
    return Table(f"Instructions a request, {way.title}", note, columns, rows)


def _both_ways(subjects, key, title, note):
    rows = []
    for subject in subjects:
        figures = subject.get(key)
        if figures:
            cells = [
                _pair([figures.get(f"{kind.name}/{way.name}") for way in WAYS]) for kind in KINDS
            ]
            rows.append([_title(subject), *cells])
    return Table(title, note, ["", *[kind.title for kind in KINDS]], rows)


def _heaps(subjects):
    note = (
        "One page, frozen, 32 bits, the limits of an ESP8266, no file system mounted. In use: while the handler works, "
        "after a collection. Smallest: the heap in which 50 requests of Chrome's are answered, each on a new connection; "
        "the boot loader gives no less than 4,096."
    )
    rows = [
        [_title(subject), _number(subject["heap"]["live"]), _number(subject["heap"]["smallest"])]
        for subject in subjects
        if subject.get("heap")
    ]
    return Table("Heap of the smallest program", note, ["", "bytes in use", "smallest heap"], rows)


def _rates(subjects):
    note = (
        "wrk with 4 connections on the computer that serves, hello with 3 headers; median, least and most of the rounds, "
        "which took turns. They depend on that computer and on what else it did."
    )
    rows = []
    for subject in subjects:
        if subject.get("rate"):
            cells = [_spread(subject["rate"].get(way.name)) for way in WAYS]
            rows.append([_title(subject), *cells])
    return Table("Requests a second", note, ["", *[way.title for way in WAYS]], rows)


def _scale(results):
    note = (
        "Instructions of a hello with 3 headers, keep-alive, where there is more of something else."
    )
    rows = [[f"WindUp, {what}", _number(count)] for what, count in results["scale"].items()]
    return Table("More of everything", note, ["", "instructions"], rows)


def _tokeniser(results):
    note = "Instructions for Chrome's head, 745 bytes, by the C tokeniser alone; `bench/tokenise` has more."
    rows = [[f"httptok, {bits} bits", _number(n)] for bits, n in results["tokeniser"].items()]
    return Table("Tokenising", note, ["", "instructions"], rows)


def _title(subject):
    return f"{subject['title']} {subject['version']}".strip()


def _number(value):
    if value is None:
        return NOTHING
    return f"{value:,.0f}"


def _pair(values):
    if all(value is None for value in values):
        return NOTHING
    return " / ".join(map(_number, values))


def _spread(value):
    if value is None:
        return NOTHING
    return f"{value['median']:,.0f} ({value['least']:,.0f}–{value['most']:,.0f})"


def _line(cells):
    return "| " + " | ".join(cells) + " |"
