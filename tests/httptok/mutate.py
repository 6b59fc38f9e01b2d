"""Breaks the core in one place at a time; the vectors must notice: mutate.py [--sample N]

A mutant changes an operator, a number, a character or an entry of a table in httptok.c or
httptok_body.c. It is killed when a vector gives another result, or when it crashes or hangs. A mutant
that does not compile does not count. Some change nothing that can be seen: equivalents.txt lists
those and says why; they count as survivors all the same. The exit status is 1 when one survives that
is not listed there, or when fewer than 95 % of all are killed.
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
EQUIVALENTS = HERE / "equivalents.txt"
# An index out of a table is a crash. What survives that is tried once more with the sanitisers, which
# see a byte read behind the end, but take longer to start.
QUICK = ("-O0", "-w", "-Wno-error", "-fsanitize=bounds", "-fsanitize-undefined-trap-on-error")
STRICT = (*native.SANITISERS, "-w", "-Wno-error")
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

# SLOTS(0), SLOTS(1) ... only counts; sizes of arrays and names of constants do nothing by themselves.
DECLARATIONS = re.compile(
    r"^ *(SLOTS|HTTPTOK_SLOTS)\(|^ *enum \{|^ *(char|uint8_t) \w+\[|^(static )?const \w+ \w+\[|\bkey\[4\], size"
)


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


def passes(name, flags, sources, env=None):
    """Whether all vectors give what they should; None when it does not compile."""
    try:
        library = native.build(f"mutants/{name}", flags, sources, capture_output=True)
    except subprocess.CalledProcessError:
        return None
    command = [sys.executable, HERE / "mutant_runner.py", library]
    code = subprocess.run(command, env=env, capture_output=True).returncode
    library.unlink()
    return code == 0


def survives(mutant):
    """True, False, or None when it does not count."""
    index, source, number, line = mutant
    path = FOLDER / f"{index}.c"
    text = (native.CORE / source).read_text().split("\n")
    text[number] = line
    path.write_text("\n".join(text))
    sources = [path, *(native.CORE / other for other in native.SOURCES if other != source)]
    result = passes(index, QUICK, sources)
    if result:
        result = passes(index, STRICT, sources, native.sanitised_env())
    path.unlink()
    return result


def equivalents():
    """ "SOURCE: LINE BEFORE | LINE" of the mutants that are known to change nothing."""
    lines = EQUIVALENTS.read_text().splitlines()
    return {line.strip() for line in lines if line and not line.startswith("#")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    known = equivalents()
    unknown = 0
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
        before = (native.CORE / source).read_text().split("\n")[number - 1]
        if result and f"{source}: {before.strip()} | {line.strip()}" not in known:
            unknown += 1
            print(f"survived: line {number + 1}\n{source}: {before.strip()} | {line.strip()}")
    killed = counted.count(False)
    print(f"{killed} of {len(counted)} mutants killed ({killed / len(counted):.1%})")
    return unknown > 0 or (not options.sample and killed < KILLED_MIN * len(counted))


if __name__ == "__main__":
    sys.exit(main())
