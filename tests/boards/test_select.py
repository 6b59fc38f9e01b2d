"""select on HOST: what it means, what it costs. The files in `device/` run on the firmware."""

import datetime
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from host import TOP, free_port

TESTS = TOP / "tests"
DEVICE = TESTS / "boards/device"
MICROPYTHON_TESTS = TOP / "build/micropython/tests/extmod"
BITS = pytest.mark.parametrize("bits", [64, 32])
REQUEST = b"GET / HTTP/1.1\r\nHost: host\r\nAccept: */*\r\n\r\n"
IDLE_MAX = 200


def unit_files():
    paths = [*DEVICE.glob("*.py"), TESTS / "support/check.py", TESTS / "support/run_units.py"]
    return {f"/lib/{path.name}": path.read_bytes() for path in paths}


def firmware_pid(host):
    children = Path(f"/proc/{host.pid}/task/{host.pid}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


def type_bytes(host, data):
    with open(host.pty.resolve(), "r+b", buffering=0) as console:
        console.write(data)


@pytest.mark.parametrize(("bits", "profile"), [(64, "esp32"), (32, "esp32"), (32, "esp8266")])
def test_units_on_the_device(make_host, bits, profile):
    names = sorted(path.stem for path in DEVICE.glob("device_*.py"))
    files = unit_files()
    files["/main.py"] = (
        f"import streams\nstreams.ADDRESS = ('127.0.0.1', {free_port()})\n"
        f"import run_units\nrun_units.run({names!r})\n"
    )
    # The sources of the tests do not fit into 38 KiB
    host = make_host(bits=bits, profile=profile, files=files, options=["--heap", "200000"])
    host.start(ready=False)
    totals = host.wait_for(r"units: (\d+) passed, (\d+) failed")
    expected = sum((DEVICE / f"{name}.py").read_text().count("\ndef test_") for name in names)
    assert (int(totals[1]), int(totals[2])) == (expected, 0), host.output


@BITS
@pytest.mark.parametrize("name", ["poll_basic", "poll_custom", "poll_udp", "ipoll"])
def test_micropythons_own(make_host, tmp_path, bits, name):
    path = MICROPYTHON_TESTS / f"select_{name}.py"
    text = path.read_text().replace("8000", str(free_port())).replace("8001", str(free_port()))
    expected = path.with_name(path.name + ".exp")
    if expected.exists():
        expected = expected.read_text()
    else:
        expected = subprocess.run(
            [sys.executable, "-c", text], check=True, capture_output=True, text=True
        ).stdout
    files = {"/main.py": "print('<<<')\nimport its_test\nprint('>>>>')\n", "/its_test.py": text}
    host = make_host(bits=bits, files=files).start(ready=False)
    shown = host.wait_for(r"(?s)<<<\r\n(.*)>>>>")[1].replace("\r\n", "\n")
    assert shown == expected


WAITING = """
import select, socket, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", %d))
poll = select.poll()
poll.register(sock, select.POLLIN)
print("waiting")
"""


@BITS
def test_ctrl_c_ends_the_wait(make_host, bits):
    main = WAITING % free_port() + (
        "turn = 0\n"
        "while turn < 4:\n"
        "    try:\n"
        "        print('turn', turn)\n"
        "        print(poll.poll() if turn & 1 else list(poll.ipoll(1000000)))\n"
        "    except KeyboardInterrupt:\n"
        "        turn += 1\n"
        "print('interrupted')\n"
    )
    host = make_host(bits=bits, files={"/main.py": main}).start(ready=False)
    for turn in range(4):
        host.wait_for(f"turn {turn}")
        type_bytes(host, b"\x03")
    host.wait_for("interrupted")


@BITS
def test_an_interrupted_wait_goes_on(make_host, bits):
    main = WAITING % free_port() + (
        "start = time.ticks_ms()\nfound = poll.poll(2000)\n"
        "print('found', found, time.ticks_diff(time.ticks_ms(), start) >= 2000)\n"
    )
    host = make_host(bits=bits, files={"/main.py": main}).start(ready=False)
    host.wait_for("waiting")
    for _ in range(5):
        os.kill(firmware_pid(host), signal.SIGSTOP)
        os.kill(firmware_pid(host), signal.SIGCONT)
    host.wait_for(r"found \[\] True")


@BITS
def test_console_and_socket_in_one_poll(make_host, bits):
    port = free_port()
    main = WAITING % port + (
        "import sys\npoll.register(sys.stdin, select.POLLIN)\ntyped = ''\n"
        "while True:\n"
        "    for stream, _ in poll.ipoll():\n"
        "        if stream is sock:\n"
        "            print('heard', sock.recv(100))\n"
        "        else:\n"
        "            typed += stream.read(1)\n"
        "            if typed[-1] == '.':\n"
        "                print('typed', len(typed), typed[:3])\n"
        "                typed = ''\n"
    )
    host = make_host(bits=bits, files={"/main.py": main}).start(ready=False)
    host.wait_for("waiting")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for turn in range(1, 4):
            type_bytes(host, b"abc" * 200 + b".")
            host.wait_for(r"typed 601 abc", turn)
            sender.sendto(b"over", ("127.0.0.1", port))
            host.wait_for(r"heard b'over'", turn)


@BITS
def test_a_byte_out_of_band_hides_nothing(make_host, bits):
    """A read stops short at such a byte, although there is more behind it."""
    port = free_port()
    main = (
        "import streams, sys\n"
        f"streams.ADDRESS = ('127.0.0.1', {port})\n"
        "listener = streams.listen()\nprint('listening')\nsys.stdin.read(1)\n"
        "sock = listener.accept()[0]\nsock.setblocking(False)\n"
        "poll = streams.polling(sock)\ngot = b''\n"
        "while len(got) < 4:\n    poll.poll()\n    got += sock.recv(100)\nprint('got', got)\n"
    )
    host = make_host(bits=bits, files=unit_files() | {"/main.py": main}).start(ready=False)
    host.wait_for("listening")
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"ab")
        client.send(b"!", socket.MSG_OOB)
        client.sendall(b"cd")
        type_bytes(host, b".")
        host.wait_for("got b'abcd'")


@BITS
def test_dropped_polls_leave_nothing_behind(make_host, bits):
    main = (
        "import gc, select, socket, sys\n"
        "sock = socket.socket()\n"
        "def drop(count):\n"
        "    for _ in range(count):\n"
        "        select.poll().register(sock)\n"
        "    gc.collect()\n"
        "drop(5000)\nprint('warm')\nsys.stdin.read(1)\ndrop(50000)\nprint('done')\n"
    )
    host = make_host(bits=bits, files={"/main.py": main}).start(ready=False)

    def data_kilobytes():
        status = Path(f"/proc/{firmware_pid(host)}/status").read_text()
        return int(re.search(r"VmData:\s+(\d+)", status)[1])

    host.wait_for("warm")
    before = data_kilobytes()
    type_bytes(host, b".")
    host.wait_for("done")
    assert data_kilobytes() - before < 1000


@BITS
def test_soft_resets_forget_the_polls(make_host, bits):
    port = free_port()
    main = (
        "import machine, select, streams, sys\n"
        f"streams.ADDRESS = ('127.0.0.1', {port})\n"
        "listener = streams.listen()\npolls = [streams.polling(listener) for _ in range(8)]\n"
        "for poll in polls:\n    poll.register(sys.stdin, select.POLLIN)\n"
        "memory = machine.RTC().memory\nturn = int(memory() or b'0')\nmemory(str(turn + 1))\n"
        "print('turn', turn)\n"
        "ready = polls[turn].poll()\nassert ready == [(listener, select.POLLIN)], ready\n"
        "sock = listener.accept()[0]\npolls[turn].register(sock, select.POLLIN)\n"
        "print('reset')\nmachine.soft_reset()\n"
    )
    host = make_host(bits=bits, files=unit_files() | {"/main.py": main}).start(ready=False)
    for turn in range(6):
        host.wait_for(f"turn {turn}")
        with socket.create_connection(("127.0.0.1", port)):
            host.wait_for("reset\r\n", turn + 1)
    assert "Traceback" not in host.output and "boot: the app" not in host.output


def certificate():
    """A self-signed certificate and its key, DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "host")])
    start = datetime.datetime(2020, 1, 1)
    issued = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=start,
        not_valid_after=start + datetime.timedelta(days=36500),
    ).sign(key, hashes.SHA256())
    der = serialization.Encoding.DER
    return issued.public_bytes(der), key.private_bytes(
        der, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def test_tls_streams(make_host):
    """What TLS has decrypted already is no news of the socket."""
    port = free_port()
    issued, key = certificate()
    main = (
        "import select, streams, tls\n"
        f"streams.ADDRESS = ('127.0.0.1', {port})\n"
        "context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)\n"
        "context.load_cert_chain(open('/cert', 'rb').read(), open('/key', 'rb').read())\n"
        "listener = streams.listen()\nprint('listening')\nsock = listener.accept()[0]\n"
        "sock.setblocking(False)\n"
        "secure = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)\n"
        "poll = streams.polling(secure)\nbuffer = bytearray(100)\n"
        "while True:\n"
        "    for _ in poll.ipoll():\n"
        "        count = secure.readinto(buffer)\n"
        "        if count:\n            secure.write(buffer[:count])\n"
    )
    files = unit_files() | {"/main.py": main, "/cert": issued, "/key": key}
    host = make_host(files=files).start(ready=False)
    host.wait_for("listening")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 60) as plain,
        context.wrap_socket(plain) as client,
    ):
        for size in (1, 99, 100, 101, 5000, 1):
            sent = os.urandom(size)
            client.sendall(sent)
            got = b""
            while len(got) < size:
                got += client.recv(size)
            assert got == sent


@pytest.mark.parametrize(("options", "most"), [([], 24), (["--sockets", "60"], 60)])
@BITS
def test_limit_of_sockets(make_host, bits, options, most):
    main = (
        "import socket\ntaken = []\n"
        "try:\n    while True:\n        taken.append(socket.socket())\n"
        "except OSError as exc:\n    print(len(taken), 'sockets, then', exc.errno)\n"
    )
    host = make_host(bits=bits, files={"/main.py": main}, options=options).start(ready=False)
    host.wait_for(f"{most} sockets, then 23")


def connect(port):
    """A connection that the server has taken: none waits in the backlog, so that each run does the same."""
    client = socket.create_connection(("127.0.0.1", port), 60)
    assert client.recv(1) == b"!"
    return client


def serve(make_host, bits, requests, idle, tool):
    """Have `requests` answered over one connection while `idle` others are open; the board, off again."""
    port = free_port()
    main = (
        f"import machine, serve\nserve.serve(('127.0.0.1', {port}), {idle})\n"
        "print('served')\nmachine.deepsleep()\n"
    )
    files = {"/main.py": main, "/serve.py": (DEVICE / "serve.py").read_bytes()}
    options = ["--tool", tool, "--sockets", str(IDLE_MAX + 2)]
    host = make_host(bits=bits, files=files, options=options).start(ready=False)
    host.wait_for("listening")
    clients = [connect(port) for _ in range(idle + 1)]
    for _ in range(requests):
        clients[-1].sendall(REQUEST)
        assert clients[-1].recv(1000).endswith(b"ok")
    clients[-1].close()
    host.wait_for("served")
    for idler in clients:
        idler.close()
    return host


@BITS
@pytest.mark.parametrize("idle", [0, IDLE_MAX])
def test_system_calls_of_a_request(make_host, tmp_path, bits, idle):
    def calls(requests):
        trace = tmp_path / f"trace{requests}"
        serve(make_host, bits, requests, idle, f"strace -o {trace}").stop()
        return re.findall(r"^(\w+)\(", trace.read_text(), re.MULTILINE)

    few, many = calls(100), calls(200)
    added = {name: many.count(name) - few.count(name) for name in set(many)}
    # What comes with the connections may differ from run to run
    assert added.pop("sendto") == added.pop("recvfrom") == 100
    assert 90 <= added.pop("epoll_wait") <= 110
    assert sum(added.values()) <= 10


@BITS
def test_idle_connections_cost_nothing(make_host, tmp_path, bits):
    def instructions_of_a_turn(idle):
        def count(requests):
            tool = f"valgrind --tool=callgrind --callgrind-out-file={tmp_path / 'out'}"
            host = serve(make_host, bits, requests, idle, tool)
            return int(host.wait_for(r"Collected : (\d+)")[1])

        return (count(2000) - count(1000)) / 1000

    alone, crowded = instructions_of_a_turn(0), instructions_of_a_turn(IDLE_MAX)
    assert crowded <= 1.01 * alone, (alone, crowded)
