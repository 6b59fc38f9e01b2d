"""Breaks the core in one place at a time; the vectors must notice: mutate.py [--sample N]

A mutant changes an operator, a number, a character or an entry of a table in httptok.c or
httptok_body.c. It is killed when a vector gives another result, or when it crashes or hangs. A mutant
that does not compile, or compiles to the same code, does not count. The exit status is 1 when fewer
than 95 % are killed; the survivors are printed.
"""

import argparse
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import native

HERE = Path(__file__).resolve().parent
FOLDER = native.BUILD / "mutants"
KILLED_MIN = 0.95
# An index out of a table is a crash.
FLAGS = ("-O0", "-w", "-Wno-error", "-fsanitize=bounds", "-fsanitize-undefined-trap-on-error")
SEED = 9112

# What is looked for in code, and what takes its place.
OPERATORS = [
    (r"==", ["!="]),
    (r"!=", ["=="]),
    (r"(?<![<-])<(?![<=])", ["<="]),
    (r"(?<![>-])>(?![>=])", [">="]),
    (r"<=(?!>)", ["<"]),
    (r">=", [">"]),
    (r"&&", ["||"]),
    (r"\|\|", ["&&"]),
    (r"(?<!&)&=", ["|="]),
    (r"\|=", ["&="]),
    (r"(?<=\w) & (?=\w)", [" | "]),
    (r"(?<=\w) \| (?=[\w(])", [" & "]),
    (r"(?<=[\w)\]]) \+ ", [" - "]),
    (r"(?<=[\w)\]]) - ", [" + "]),
    (r"(?<=[( ])!(?=[\w(])", [""]),
    (r"\+\+", [""]),
    (r"(?<!-)--(?!>)", [""]),
    (r"\b\d+\b", ["{+1}", "{-1}"]),
    (r"'[^'\\]'", ["'\\x01'"]),
    (r"\b(CR|LF)\b", ["0"]),
    (r"\breturn 0;", ["return 400;"]),
    (r"\bbreak;", [";"]),
]
# Entries of httptok_class: a class more or less.
CLASSES = {"A": "N", "H": "A", "D": "H", "N": "P", "P": "S", "T": "P", "K": "S", "C": "P", "Q": "P"}
CLASSES |= {"S": "A", "B": "S", "0": "S"}
ENTRIES = [(rf"\b{old}(?=,)", [new]) for old, new in CLASSES.items()]

# SLOTS(0), SLOTS(1) ... only counts; sizes of tables and names of constants do nothing by themselves.
DECLARATIONS = re.compile(r"^ *SLOTS\(|^ *enum \{|^ *char \w+\[|httptok_class\[256\]")


def code_lines(text):
    """(number, line, in the class table) of the lines with code of our own in them."""
    table = False
    for number, line in enumerate(text.split("\n")):
        table = (table or "httptok_class[256]" in line) and line != "};"
        if line.lstrip().startswith(("//", "#")) or DECLARATIONS.search(line):
            continue
        yield number, line.split("//")[0], table


def mutants(text):
    """(line number, new line) of every mutant of a source."""
    for number, line, table in code_lines(text):
        for pattern, replacements in ENTRIES if table else OPERATORS:
            for match in re.finditer(pattern, line):
                for new in replacements:
                    if new in ("{+1}", "{-1}"):
                        new = str(max(0, int(match.group()) + int(new[1:3])))
                    if new != match.group():
                        yield number, line[: match.start()] + new + line[match.end() :]


def compiled(name, sources):
    """Path of the library, None when it does not compile."""
    try:
        return native.build(f"mutants/{name}", FLAGS, sources, capture_output=True)
    except subprocess.CalledProcessError:
        return None


def survives(mutant):
    """True, False, or None when it does not count."""
    index, source, number, line = mutant
    path = FOLDER / f"{index}.c"
    text = (native.CORE / source).read_text().split("\n")
    text[number] = line
    path.write_text("\n".join(text))
    others = [native.CORE / other for other in native.SOURCES if other != source]
    library = compiled(index, [path, *others])
    path.unlink()
    if library is None:
        return None
    command = [sys.executable, HERE / "mutant_runner.py", library]
    code = subprocess.run(command, capture_output=True).returncode
    library.unlink()
    return code == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sample", type=int, help="so many of them, chosen by a fixed seed")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = []
    for source in native.SOURCES:
        text = (native.CORE / source).read_text()
        found += [(source, *mutant) for mutant in mutants(text)]
    if options.sample:
        found = random.Random(SEED).sample(found, options.sample)
    found = [(index, *mutant) for index, mutant in enumerate(found)]
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(survives, found))
    counted = [result for result in results if result is not None]
    for (_, source, number, line), result in zip(found, results, strict=True):
        if result:
            print(f"survived: {source}:{number + 1}: {line.strip()}")
    killed = counted.count(False)
    print(f"{killed} of {len(counted)} mutants killed ({killed / len(counted):.1%})")
    return killed < KILLED_MIN * len(counted)


if __name__ == "__main__":
    sys.exit(main())
