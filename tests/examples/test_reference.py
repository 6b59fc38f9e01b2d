"""docs/modcore.md says what the code says.

The tables of settings are those of the firmware; `RECORD=1 pytest tests/examples/test_reference.py` writes them anew.
"""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from host import TOP

PAGE = TOP / "docs" / "modcore.md"
FROZEN = TOP / "frozen" / "modcore"
EXAMPLES = TOP / "examples" / "modcore"
BEGIN = "<!-- settings: written by tests/examples/test_reference.py -->"
END = "<!-- end of settings -->"

# File in etc, module of Python, class; "" where the rows belong to the module of Python. In the order of the page.
PLACES = (
    ("log", "modcore.log", ""),
    ("plugins", "modcore.plugins", ""),
    ("boot", "modcore.boot", ""),
    ("sysinfo", "modcore.sysinfo", "SysInfo"),
    ("power", "modcore.power", "Power"),
    ("watchdog", "modcore.watchdog", "Watchdog"),
    ("pin", "modcore.pin", "Pin"),
    ("button", "modcore.button", "Button"),
    ("counter", "modcore.counter", "Counter"),
    ("adc", "modcore.adc", "Adc"),
    ("interval", "modcore.interval", "Interval"),
    ("timeout", "modcore.timeout", "Timeout"),
    ("alarm", "modcore.alarm", "Alarm"),
    ("wlan", "modcore.wlan", "Wlan"),
    ("softap", "modcore.softap", "SoftAp"),
    ("ntp", "modcore.ntp", "Ntp"),
    ("sdcard", "modcore.sdcard", "SdCard"),
    ("gc", "modcore.collector", "Collector"),
    ("metrics", "modcore.metrics", "Metrics"),
    ("webrepl", "modcore.webrepl", "WebRepl"),
    ("logfile", "modcore.logfile", "LogFile"),
    ("syslog", "modcore.syslog", "Syslog"),
)

# Prints the rows of all of them as one line of JSON
PROGRAM = """
import json
tables = []
for name, file, kind in PLACES:
    place = __import__(file, None, None, ("x",))
    rows = place.schema if not kind else None
    items = False
    if kind:
        kind = getattr(place, kind)
        items = bool(kind.items)
        rows = kind.items or kind.schema
    tables.append([name, items, [["..." if cell is ... else cell for cell in row] for row in rows]])
print("tables " + json.dumps(tables))
"""


def ask(make_host, places=PLACES):
    """The tables, as the firmware has them: lists of name, whether it has items, rows."""
    host = make_host(files={"/main.py": PROGRAM.replace("PLACES", repr(places))})
    host.start(ready=False)
    text = host.wait_for(r"tables (\[.*\])\r?\n").group(1)
    return json.loads(text)


def render(tables):
    """The part of the page between its two marks."""
    lines = []
    for name, items, rows in tables:
        what = "items, each:" if items else ""
        lines += [f"**`etc/{name}.json`** {what}".rstrip(), ""]
        lines += ["| key | kind | default | allowed | meaning |", "|---|---|---|---|---|"]
        for key, kind, default, limit, help in rows:
            lines.append(
                f"| `{key}` | {kind} | {_default(kind, default)} | {_limit(kind, limit)} | {_cell(help)} |"
            )
        lines.append("")
    return "\n".join(lines)


def _default(kind, default):
    if default == "...":
        return "must be given"
    if default is None:
        return {"list": "`[]`", "dict": "`{}`", "secrets": "`{}`", "secret": '`""`'}.get(kind, "–")
    return f"`{json.dumps(default)}`"


def _limit(kind, limit):
    if not limit:
        return ""
    if isinstance(limit[0], str):
        return ", ".join(f"`{word}`" for word in limit)
    text = f"{limit[0]:,} to {limit[1]:,}" if limit[1] < 1e9 else f"{limit[0]} to {limit[1]:.0e}"
    return f"{text} characters" if kind in ("str", "secret", "secrets") else text


def _cell(text):
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def between(page, begin=BEGIN):
    """What `page` has between the two marks."""
    return page.split(begin + "\n", 1)[1].split(END, 1)[0]


def put(page, table, begin=BEGIN):
    """`page` with `table` between the two marks."""
    before, rest = page.split(begin + "\n", 1)
    return f"{before}{begin}\n{table}{END}{rest.split(END, 1)[1]}"


def test_settings_are_those_of_the_firmware(make_host):
    table = render(ask(make_host))
    if os.environ.get("RECORD") == "1":
        PAGE.write_text(put(PAGE.read_text(), table))
    assert between(PAGE.read_text()) == table


def test_every_module_with_settings_has_a_table():
    listed = {file.split(".")[1] for _, file, _ in PLACES}
    have = set()
    for path in FROZEN.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and node.targets[0].__class__ is ast.Name:
                is_rows = isinstance(node.value, ast.Tuple) and node.value.elts
                if node.targets[0].id in ("schema", "items") and is_rows:
                    have.add(path.stem)
    assert have - {"logbook"} <= listed  # whose rows are those of the log


def fired():
    """Names of the events that modcore fires, `%s` for an id, with the file each is in."""
    for path in sorted(FROZEN.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            function = node.func
            if getattr(function, "attr", getattr(function, "id", None)) != "fire":
                continue
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    name = part.value.replace("%s.", "ID.", 1)
                    if (
                        "%" not in name
                    ):  # what `act` of `timed` fires is in the modules that call it
                        yield path.stem, name
                    break


@pytest.mark.parametrize("file, name", sorted(set(fired())))
def test_every_event_is_in_the_page(file, name):
    name = "ID" + name if name.startswith(".") else name
    assert f"`{name}`" in PAGE.read_text(), (file, name)


def test_every_action_is_in_the_page():
    from modcore.controller import CONTROLS

    page = PAGE.read_text()
    for name in CONTROLS:
        assert f"`{name}`" in page or f"`{name}:" in page, name


def lines(text):
    """The lines of `text` without indentation and empty ones, in one `str`."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def test_what_the_page_quotes_is_in_the_examples():
    everything = ["\n" + lines(path.read_text()) for path in EXAMPLES.glob("*.py")]
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    assert blocks
    for block in blocks:
        assert any("\n" + lines(block) in text for text in everything), block


def test_the_page_shows_every_example():
    page = PAGE.read_text()
    for path in EXAMPLES.glob("*.py"):
        assert f"(../examples/modcore/{path.name})" in page, path.name


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text()):
        assert (PAGE.parent / link).exists(), link


def test_modules_that_start_with_their_file(make_host):
    sentence = re.search(r"These modules start as soon as (.*?)\. The", PAGE.read_text(), re.S)[1]
    names = re.findall(r"`(\w+)`", sentence.split(":", 1)[1])
    host = make_host(files={f"/etc/{name}.json": "{}" for name in names}).start()
    have = host.mpremote("exec", "from modcore import modc; print(list(modc.modules))")
    assert set(names) < set(ast.literal_eval(have))
    factory = host.mpremote("exec", "import os; print(os.listdir('/rom/etc'))")
    assert set(ast.literal_eval(factory)) == {
        f"{name}.json" for name in ("auth", "log", "ntp", "sysinfo", "windup", "wlan")
    }


def test_what_an_esp8266_has_not():
    group = re.search(
        r"^services = \((.*?)^\)", (TOP / "frozen/manifest.py").read_text(), re.M | re.S
    )
    missing = set(re.findall(r'"(\w+)"', group[1])) & {file for file, _, _ in PLACES}
    sentence = re.search(r"the same modules but these: (.*?) and what", PAGE.read_text(), re.S)[1]
    assert set(re.findall(r"`(\w+)`", sentence)) == missing


def test_the_lines_to_type(make_host, tmp_path):
    host = make_host().start()
    (tmp_path / "examples").symlink_to(TOP / "examples")
    alias, *lines = re.search(r"^```sh\n(.*?)^```", PAGE.read_text(), re.M | re.S)[1].splitlines()
    assert alias == "alias device='mpremote connect $(readlink -f build/HOST/pty)'"
    mpremote = Path(sys.executable).parent / "mpremote"
    function = f'device() {{ {mpremote} connect {host.pty.resolve()} "$@"; }}'
    subprocess.run(["bash", "-ec", "\n".join([function, *lines])], cwd=tmp_path, check=True)
    host.wait_for("garden: one watering takes 20 minutes")
