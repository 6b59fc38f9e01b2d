"""The figures of LX106_SIM: exact, the same in every run, and of the chip alone."""

import importlib.util
from pathlib import Path

import pytest

BENCH = Path("boards/LX106_SIM/bench")

# Of 8 KiB; the rest is what handlers may need
STACK_MAX = 6400


@pytest.fixture(scope="module")
def figures():
    spec = importlib.util.spec_from_file_location("lx106_figures", BENCH / "figures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def marks(figures, program):
    """Instructions and deepest stack at each mark of `program`."""
    found = {}

    def on_mark(label, counters):
        found[label] = (counters.instructions, counters.stack)
        counters.forget_stack()

    figures.run({"/main.py": program.encode()}, on_mark=on_mark)
    return found


LOOP = """
import lx106, micropython
@micropython.asm_xtensa
def loop(a2):
    label(AGAIN)
    addi(a2, a2, -1)
    bnez(a2, AGAIN)

def run():
    lx106.mark('start')
    loop(100)
    lx106.mark('100')
    loop(1100)
    lx106.mark('1100')
run()
"""


def test_instructions_are_counted_exactly(figures):
    found = marks(figures, LOOP)
    few = found["100"][0] - found["start"][0]
    many = found["1100"][0] - found["100"][0]
    assert many - few == 2 * 1000


SIMULATION = """
import lx106, esp
buf = bytearray(%d)
read = esp.flash_read
def run():
    lx106.mark('start')
    read(0, buf)
    lx106.mark('read')
run()
"""


def test_the_simulation_is_not_counted(figures):
    costs = []
    for size in (4, 4096):
        found = marks(figures, SIMULATION % size)
        costs.append(found["read"][0] - found["start"][0])
    assert costs[0] == costs[1] < 5000


STACK = """
import lx106
def down(depth):
    if depth:
        down(depth - 1)
def run():
    lx106.mark('start')
    down(1)
    lx106.mark('1')
    down(5)
    lx106.mark('5')
    down(9)
    lx106.mark('9')
run()
"""


def test_the_stack_is_measured_exactly(figures):
    found = marks(figures, STACK)
    one, five, nine = (found[depth][1] for depth in ("1", "5", "9"))
    assert nine - five == five - one
    assert (five - one) % 4 == 0 and five > one


def test_a_boot_is_the_same_every_time(figures):
    first, second = {}, {}
    figures.boot(first)
    figures.boot(second)
    assert first == second
    assert first["boot to first answer"] > 1000000
    assert 1024 < first["stack"] <= STACK_MAX


def test_first_requests_leave_stack_to_handlers(figures):
    found = {}

    def script(network, counters):
        for name, request in figures.REQUESTS_MEASURED:
            yield from figures.ask(network.connect(), request)
            found[name] = counters.stack

    figures.run({"/main.py": (BENCH / "app.py").read_bytes()}, script)
    assert len(found) == len(figures.REQUESTS_MEASURED)
    assert max(found.values()) <= STACK_MAX, found


def test_the_tokeniser_keeps_within_its_limit(figures):
    found = {}
    figures.tokeniser(found)
    assert len(figures.REQUEST.read_bytes()) < found["tokeniser alone, Chrome"]
    assert found["tokeniser alone, Chrome"] <= figures.TOKENISE_MAX


def test_functions_add_up_to_the_whole(figures, tmp_path):
    found = {}

    def script(network, counters):
        yield from figures.ask(network.connect(), figures.chrome(b"GET", b"/api/v1/status"))
        found["whole"] = counters.instructions

    path = tmp_path / "functions"
    figures.run(None, script, functions=path)
    rows = [line.split() for line in path.read_text().splitlines()]
    assert sum(int(count) for count, _ in rows) == found["whole"]
    assert {"mp_execute_bytecode", "httptok_parse"} <= {name for _, name in rows}


def test_a_failed_request_is_no_figure(figures):
    def script(network, counters):
        yield from figures.ask(network.connect(), figures.chrome(b"GET", b"/nothing"))

    with pytest.raises(SystemExit, match="404"):
        figures.run(None, script)


def test_the_frames_add_up_to_the_deepest_stack(figures, tmp_path):
    path = tmp_path / "chain"
    found = {}

    def script(network, counters):
        client = network.connect()
        counters.forget_stack()
        yield from figures.ask(client, figures.chrome(b"GET", b"/api/v1/status"))
        found["stack"] = counters.stack

    figures.run(None, script, chain=path)
    rows = [line.split() for line in path.read_text().splitlines()]
    assert sum(int(size) for size, _ in rows) == found["stack"]
    names = [name for _, name in rows]
    assert names[0] == "__wrap_pyexec_file_if_exists" and "?" not in names
    # A function of Python runs on this one's frame; none that had returned is left among them
    runs = [at for at, name in enumerate(names) if name == "mp_execute_bytecode"]
    assert len(runs) > 5
    assert all(names[at - 1] in ("fun_bc_call", "mp_obj_gen_resume") for at in runs), names


IMPORT = """
import lx106, modcore.port
def run():
    lx106.mark('start')
    import binascii, json, os, time
    lx106.mark('imported')
    import random  # as MicroPython does it
    lx106.mark('searched')
run()
"""


def test_a_built_in_module_is_not_looked_for_in_flash(figures):
    found = marks(figures, IMPORT)
    costs = found["imported"][0] - found["start"][0]
    assert costs < (found["searched"][0] - found["imported"][0]) / 10
    assert found["searched"][1] - found["imported"][1] > 1024  # bytes of stack


def test_a_users_module_has_the_place_of_a_built_in_one(figures):
    found = []
    files = {
        "/errno.py": b"from uerrno import *\nmine = 5\n",
        "/main.py": b"import lx106, modcore.port, errno\nlx106.mark(str(errno.mine + errno.ENOENT))\n",
    }
    figures.run(files, on_mark=lambda label, _: found.append(label))
    assert found == ["7"]
