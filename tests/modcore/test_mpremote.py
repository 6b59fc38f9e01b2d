"""Unmodified mpremote on the console while the web server answers."""

import re
import threading

import httpx
import pytest


@pytest.fixture
def busy_host(make_host):
    """A board that answers requests all the while."""
    host = make_host().start()
    stop = threading.Event()
    failures = []

    def ask():
        with httpx.Client(base_url=host.url, timeout=30) as client:
            while not stop.is_set():
                try:
                    assert client.get("/api/v1/status").status_code == 200
                    host.answers += 1
                except Exception as exc:
                    failures.append(exc)
                    return

    host.answers = 0
    thread = threading.Thread(target=ask)
    thread.start()
    yield host
    stop.set()
    thread.join()
    assert not failures, failures
    assert host.answers


def test_files(busy_host, tmp_path):
    local = tmp_path / "local.bin"
    local.write_bytes(bytes(range(256)) * 40)
    busy_host.mpremote("cp", str(local), ":copy.bin")
    listing = busy_host.mpremote("ls")
    assert "10240 copy.bin" in listing and "rom/" in listing
    back = tmp_path / "back.bin"
    busy_host.mpremote("cp", ":copy.bin", str(back))
    assert back.read_bytes() == local.read_bytes()
    text = tmp_path / "text.txt"
    text.write_text("one\ntwo ä\n")
    busy_host.mpremote("cp", str(text), ":text.txt")
    assert busy_host.mpremote("cat", ":text.txt").replace("\r\n", "\n") == "one\ntwo ä\n"
    busy_host.mpremote("rm", ":copy.bin")
    assert "copy.bin" not in busy_host.mpremote("ls")


def test_exec_and_run(busy_host, tmp_path):
    assert busy_host.mpremote("exec", "print(6 * 7)").strip() == "42"
    assert busy_host.mpremote("eval", "2 ** 40").strip() == "1099511627776"
    script = tmp_path / "script.py"
    script.write_text(
        "# padding\n" * 2000 + "import sys\nprint('ran on', sys.implementation.name)\n"
    )
    assert busy_host.mpremote("run", str(script)).strip() == "ran on micropython"


def test_errors_come_back_as_tracebacks(busy_host):
    result = busy_host.mpremote("exec", "1 / 0", check=False)
    assert "ZeroDivisionError" in result or "ZeroDivisionError" in busy_host.output


def test_edit(busy_host, tmp_path, monkeypatch):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "edited" >> "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    busy_host.mpremote("exec", "open('note.txt', 'w').write('first\\n')")
    busy_host.mpremote("edit", ":note.txt")
    assert busy_host.mpremote("cat", ":note.txt").split() == ["first", "edited"]


def test_soft_reset_gives_a_fresh_namespace(busy_host):
    assert "True" in busy_host.mpremote("exec", "mine = 1", "exec", "print('mine' in globals())")
    assert "False" in busy_host.mpremote(
        "exec", "mine = 1", "soft-reset", "exec", "print('mine' in globals())"
    )


def test_several_commands_in_a_row(busy_host):
    for number in range(10):
        assert busy_host.mpremote("exec", f"print({number})").strip() == str(number)


def type_in(host, console, keys, shown):
    """Type `keys`; wait until the console has shown the text `shown` after them."""
    seen = len(host.output)
    console.write(keys)
    host.wait_for(rf"(?s)\A.{{{seen}}}.*?{re.escape(shown)}")


@pytest.mark.parametrize("bits", [64, 32])
def test_friendly_prompt(make_host, bits):
    host = make_host(bits=bits).start()
    with open(host.pty.resolve(), "r+b", buffering=0) as console:
        host.wait_for(">>> ")
        type_in(host, console, b"6 * 7\r", "\r\n42\r\n>>> ")
        type_in(host, console, b"x = 5\r", "\r\n>>> ")
        type_in(host, console, b"for i in range(2):\rprint(x + i)\r\r", "\r\n5\r\n6\r\n>>> ")
        if bits == 64:  # with compile(), which an ESP8266 lacks
            type_in(host, console, b"y = 7; y\r", "\r\n7\r\n>>> ")
        type_in(host, console, b"1 / 0\r", "ZeroDivisionError: divide by zero")
        assert "repl.py" not in host.output
        type_in(host, console, b"\x05a = 1\r\nb = a + 1\r\n\x04", ">>> ")
        type_in(host, console, b"b\r", "\r\n2\r\n")


def test_ctrl_c_interrupts_a_statement(make_host):
    host = make_host().start()
    with open(host.pty.resolve(), "r+b", buffering=0) as console:
        host.wait_for(">>> ")
        type_in(host, console, b"while True: print('busy')\r\r", "busy\r\nbusy")
        type_in(host, console, b"\x03", "KeyboardInterrupt")
        type_in(host, console, b"1 + 1\r", "\r\n2\r\n")
    assert host.get("/").status_code == 200


def test_a_statement_may_run_a_loop_of_its_own(busy_host):
    code = "import asyncio\nasync def nap():\n    await asyncio.sleep_ms(50)\n    print('slept')\nasyncio.run(nap())"
    for _ in range(2):
        assert busy_host.mpremote("exec", code).strip() == "slept"


def test_the_prompt_costs_no_heap_before_somebody_types(make_host):
    main = """
import sys
from modcore import Controller, Module
from modcore.repl import Repl

class Watch(Module):
    async def run(self):
        print("imported:", "modcore.prompt" in sys.modules, "modcore.lineedit" in sys.modules)

modc = Controller()
modc.add(Repl())
modc.add(Watch())
modc.run()
"""
    host = make_host(files={"/main.py": main}).start(ready=False)
    host.wait_for("imported: False False")
    with open(host.pty.resolve(), "r+b", buffering=0) as console:
        type_in(host, console, b"import sys\r", "\r\n>>> ")
        type_in(host, console, b"'modcore.prompt' in sys.modules\r", "\r\nTrue\r\n>>> ")
