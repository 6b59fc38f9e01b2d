"""The firmware on the ESP8266's own processor: units, vectors, requests, tools, and what faults."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest
import run_vectors
import small_set
import units
from host import PATIENCE
from sim import Sim

TESTS = Path(__file__).parent.parent
TOP = TESTS.parent
VECTORS = sorted((TESTS / "httptok" / "vectors").glob("*.json"))
CHROME = (TOP / "bench" / "tokenise" / "chrome.http").read_bytes()

# Room for what tests need beside the firmware: the modules under test are compiled on the board.
LARGE_HEAP = 1000000
# The heap of the ESP8266, and what the garbage collector needs of it for its tables at least.
HEAP = 38 * 1024
TABLES = HEAP // 65


@pytest.fixture
def make_sim(tmp_path):
    """Makes LX106_SIM boards (see `sim.Sim`) and stops them in the end."""
    sims = []

    def make(**keywords):
        folder = tmp_path / f"sim{len(sims)}"
        folder.mkdir()
        sims.append(Sim(folder, **keywords))
        return sims[-1]

    yield make
    for sim in sims:
        sim.stop()


@pytest.fixture(scope="module")
def shared_sim(tmp_path_factory):
    """One running board for tests that change nothing on it."""
    sim = Sim(tmp_path_factory.mktemp("sim")).start()
    yield sim
    sim.stop()


def test_the_default_set_leaves_12_kib(make_sim):
    sim = make_sim(files=small_set.files(small_set.FILES)).start()
    assert small_set.free(sim) >= small_set.FREE, sim.output


@pytest.mark.timeout(10 * PATIENCE)
def test_units_pass(make_sim, tmp_path):
    # A file that is written again must have the same second: its ETag tells the time.
    files = units.files(units.ESP8266_UNITS, tmp_path)
    sim = make_sim(files=files, heap=LARGE_HEAP).start("--still", ready=False)
    totals = sim.wait_for(r"units: (\d+) passed, (\d+) failed", patience=9 * PATIENCE)
    assert totals[2] == "0", sim.output
    assert int(totals[1]) == units.count(units.ESP8266_UNITS)


RUN_VECTORS = """
import sys, json
sys.path.append('/units')
import run_vectors, httptok
count = failures = 0
with open('/units/vectors') as file:
    for line in file:
        count += 1
        problem = run_vectors.check(httptok, json.loads(line), {whole})
        if problem:
            failures += 1
            print(problem)
print('vectors:', count, 'ran,', failures, 'failed')
"""


@pytest.mark.timeout(3600)  # all the places to cut at take minutes
def test_vectors_pass(make_sim, soak):
    vectors = [vector for path in VECTORS for vector in run_vectors.load(path)]
    files = {
        "/main.py": RUN_VECTORS.format(whole=not soak),
        "/units/vectors": "".join(json.dumps(vector) + "\n" for vector in vectors),
        "/units/run_vectors.py": (TESTS / "httptok/run_vectors.py").read_bytes(),
    }
    sim = make_sim(files=files, heap=LARGE_HEAP).start(ready=False)
    totals = sim.wait_for(r"vectors: (\d+) ran, (\d+) failed", patience=3000 if soak else PATIENCE)
    assert totals[2] == "0", sim.output
    assert int(totals[1]) == len(vectors)


def test_a_wrong_expectation_is_noticed(make_sim):
    vector = next(v for v in run_vectors.load(VECTORS[0]))
    vector["expect"] = ["wrong"]
    files = {
        "/main.py": RUN_VECTORS.format(whole=True),
        "/units/vectors": json.dumps(vector) + "\n",
        "/units/run_vectors.py": (TESTS / "httptok/run_vectors.py").read_bytes(),
    }
    sim = make_sim(files=files, heap=LARGE_HEAP).start(ready=False)
    assert sim.wait_for(r"vectors: (\d+) ran, (\d+) failed")[2] == "1"


def test_the_heap_is_the_esp8266s(shared_sim):
    code = "import gc; print(gc.mem_free() + gc.mem_alloc())"
    total = int(shared_sim.mpremote("exec", code))
    assert HEAP - 2 * TABLES < total < HEAP - TABLES


def test_every_module_of_esp8266_default_runs(shared_sim):
    status = shared_sim.get("/api/v1/status").json()
    assert status["board"] == "LX106_SIM with lx106"
    assert {module["state"] for module in status["modules"]} == {"running"}
    assert {module["name"] for module in status["modules"]} >= {"windup", "console", "repl"}


CONNECTION = """
from windup import WindUp
from windup.connection import Connection
from windup.limits import Limits

app = WindUp()
app.get('/pin/<int:pin>')(lambda request, pin: {'pin': pin})
connection = Connection(app, Limits({'buffer': 1024}), None)
for request in (%r, %r):
    connection.buffer[:len(request)] = request
    length = connection.received(len(request))
    if length:
        print(bytes(connection.limits.chunk[:length]))
    else:
        exchange = connection.exchange
        while exchange.out is not None:
            print(bytes(exchange.out[:exchange.out_len]))
            exchange.more()
"""


def test_requests_through_a_connection(make_sim):
    good = CHROME.replace(b"/api/v1/status", b"/pin/12")
    main = CONNECTION % (good, b"GET / HTTP/1.1\r\n\r\n")
    sim = make_sim(files={"/main.py": main}).start(ready=False)
    assert "HTTP/1.1 200 OK" in sim.wait_for(r'(?s)b.HTTP/1.1 200.*\{"pin": 12\}')[0]
    assert sim.wait_for(r"HTTP/1.1 400 ")  # no Host


def test_the_pages_over_sockets(shared_sim):
    packed = (TOP / "www_fs" / "index.html").read_bytes()
    with httpx.Client(base_url=shared_sim.url, timeout=PATIENCE) as client:
        for _ in range(3):  # one connection
            page = client.get("/")
            assert page.status_code == 200
            assert page.content == packed
        tag = page.headers["etag"]
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
        assert client.get("/nothing").status_code == 404
        assert client.post("/", content=b"x").status_code == 405


def test_more_clients_than_sockets(shared_sim):
    clients = [httpx.Client(base_url=shared_sim.url, timeout=PATIENCE) for _ in range(6)]
    try:
        for _ in range(2):
            for client in clients:
                assert client.get("/api/v1/status").status_code == 200
    finally:
        for client in clients:
            client.close()


def test_curl(shared_sim):
    command = ["curl", "--silent", "--fail", "--compressed", shared_sim.url + "/"]
    page = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE).stdout
    assert page == (TOP / "www_fs" / "index.html").read_bytes()


CLIENT = """
import socket
sock = socket.socket()
sock.connect(('127.0.0.1', %d))
sock.send(b'GET /api/v1/status HTTP/1.0\\r\\n\\r\\n')
print(sock.recv(12))
sock.close()
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(('127.0.0.1', 0))
datagrams.settimeout(0.01)
try:
    datagrams.recvfrom(10)
except OSError as exc:
    print('errno', exc.errno)
try:
    socket.getaddrinfo('no.such.host.invalid', 80)
except OSError as exc:
    print('no host', exc.errno)
"""


def test_the_firmware_as_a_client(make_sim, shared_sim):
    sim = make_sim(files={"/main.py": CLIENT % shared_sim.port}).start(ready=False)
    sim.wait_for(r"b'HTTP/1.\d 200'")
    sim.wait_for(r"errno 110")
    sim.wait_for(r"no host -2")


def test_mpremote(make_sim, tmp_path):
    sim = make_sim().start()
    local = tmp_path / "local.bin"
    local.write_bytes(bytes(range(256)) * 20)
    sim.mpremote("cp", str(local), ":copy.bin")
    listing = sim.mpremote("ls")
    assert "5120 copy.bin" in listing and "rom/" in listing
    back = tmp_path / "back.bin"
    sim.mpremote("cp", ":copy.bin", str(back))
    assert back.read_bytes() == local.read_bytes()
    assert json.loads(sim.mpremote("cat", ":/rom/etc/windup.json"))["port"] == sim.port
    assert sim.mpremote("exec", "print(6 * 7)").strip() == "42"
    assert sim.get("/api/v1/status").status_code == 200  # served all the while
    sim.mpremote("reset")
    sim.wait_for(rf":{sim.port}/", count=2)
    assert "5120 copy.bin" in sim.mpremote("ls")  # the flash keeps it
    assert sim.get("/api/v1/status").json()["reset_cause"] == "soft"


def test_ctrl_c_interrupts_a_loop(make_sim):
    sim = make_sim(files={"/main.py": "print('begun')\nwhile True: pass\n"}).start(ready=False)
    sim.wait_for("begun")
    with open(sim.pty.resolve(), "r+b", buffering=0) as console:
        console.write(b"\x03")
        sim.wait_for("KeyboardInterrupt")


PEEK = """
import micropython
@micropython.asm_xtensa
def access(a2, a3):
    %s
print('before')
print('value', access(%s, 0))
"""
FLASH = 0x40210000


@pytest.mark.parametrize(
    "instruction, address, what",
    [
        ("l8ui(a2, a2, 0)", FLASH + 1, "narrow load from 0x40210001"),
        ("l16ui(a2, a2, 0)", FLASH, "narrow load from 0x40210000"),
        ("s32i(a3, a2, 0)", FLASH, "store to 0x40210000"),
        ("l8ui(a2, a2, 0)", 0x40100000, "narrow load from 0x40100000"),
    ],
)
def test_what_faults_on_the_chip_faults_here(make_sim, instruction, address, what):
    sim = make_sim(files={"/main.py": PEEK % (instruction, address)}).start(ready=False)
    sim.wait_for(f"Fatal exception \\(3\\): {what}, at pc 0x401")
    assert sim.wait_for_exit() == 70
    assert "value" not in sim.output


@pytest.mark.parametrize(
    "instruction, address", [("l32i(a2, a2, 0)", FLASH), ("l8ui(a2, a2, 0)", 0x3FFE8000)]
)
def test_what_the_chip_does_does_not_fault(make_sim, instruction, address):
    sim = make_sim(files={"/main.py": PEEK % (instruction, address)}).start(ready=False)
    sim.wait_for(r"value -?\d+")


def test_an_unhandled_exception_is_told(make_sim):
    # Address 3 is in nobody's memory, and not aligned.
    code = PEEK % ("l32i(a2, a2, 0)", FLASH + 2)
    sim = make_sim(files={"/main.py": code}).start(ready=False)
    sim.wait_for(r"Fatal exception \(9\): epc1=0x401\w+, excvaddr=0x40210002")
    assert sim.wait_for_exit() == 70


def test_asyncio_sleeps_and_the_clock_goes(make_sim):
    main = """
import asyncio, time
async def nap(ms):
    await asyncio.sleep_ms(ms)
async def main():
    start = time.ticks_ms()
    await asyncio.gather(nap(200), nap(300))
    print('slept', time.ticks_diff(time.ticks_ms(), start) >= 300, time.localtime()[0])
asyncio.run(main())
"""
    sim = make_sim(files={"/main.py": main}).start(ready=False)
    assert int(sim.wait_for(r"slept True (\d+)")[1]) >= 2026
