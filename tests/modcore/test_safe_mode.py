"""A device that does not come up: restarts with back-off, what is told of the crash, safe mode."""

import re

CRASH = "def work():\n    raise OSError('no \u00e4rger')\nwork()\n"
RESTART = r"boot: restart in (\d+) s; Ctrl-C gives the prompt"


def status_of(host):
    return host.get("/api/v1/status").json()


def modules(status):
    return {module["name"]: module["state"] for module in status["modules"]}


def test_three_crashes_lead_to_safe_mode_and_a_reset_out_of_it(make_host):
    host = make_host(files={"/main.py": CRASH}).start()  # the banner: it is reachable in the end
    assert re.findall(RESTART, host.output) == ["1", "2", "4"]
    assert host.output.count("boot: before the reset: OSError: no ärger < ") == 3
    assert re.search('before the reset: .*"main.py", line 2, in work', host.output)
    assert "safe mode: 3 starts did not become healthy" in host.output
    status = status_of(host)
    assert modules(status)["windup"] == "running"
    assert status["safe"] == "3 starts did not become healthy"
    assert re.match('OSError: no ärger\n.*"main.py", line 2, in work', status["last_exception"])
    host.mpremote("exec", "from modcore import retained; print(retained.last_exception())")
    host.mpremote("rm", ":main.py")
    host.mpremote("exec", "--no-follow", "import machine; machine.reset()")
    host.wait_for(rf":{host.port}/", count=2)
    assert host.output.count("safe mode") == 1
    after = status_of(host)
    assert after["safe"] is None
    assert after["last_exception"] == status["last_exception"]


def test_the_frozen_main_may_crash_too(make_host):
    # Its import fails, as with a full heap
    host = make_host(files={"/boot.py": "import sys\nsys.modules['console'] = None\n"})
    host.start()
    assert re.findall(RESTART, host.output) == ["1", "2", "4"]
    assert "safe mode: 3 starts did not become healthy" in host.output


def test_boot_py_may_crash_too(make_host):
    host = make_host(files={"/boot.py": "raise MemoryError"}).start()
    assert re.findall(RESTART, host.output) == ["1", "2", "4"]
    assert "before the reset: MemoryError" in host.output


def test_ctrl_c_gives_the_prompt_after_a_crash(make_host):
    host = make_host(files={"/main.py": CRASH}).start(ready=False)
    host.wait_for(RESTART)
    assert host.mpremote("exec", "print(6 * 7)").strip() == "42"
    assert len(re.findall(RESTART, host.output)) == 1


def test_ctrl_c_in_main_gives_the_prompt(make_host):
    main = "import time\nprint('loops')\nwhile True:\n    time.sleep_ms(1)\n"
    host = make_host(files={"/main.py": main}).start(ready=False)
    host.wait_for("loops")
    assert host.mpremote("exec", "print(6 * 7)").strip() == "42"
    assert not re.search(RESTART, host.output)


def test_safe_mode_that_was_asked_for(make_host):
    main = "print('mine')\nfrom modcore import boot\nboot.safe_mode()\n"
    host = make_host(files={"/main.py": main, "/boot.py": "print('booted')"}).start()
    assert "safe mode: asked for" in host.output
    assert host.output.count("mine") == host.output.count("booted") == 1


def test_a_main_that_runs_long_has_no_failed_starts(make_host):
    # Soft resets and ends of main.py without modcore's controller are nobody's failure
    main = "print('mine')\nimport machine, time\nt = machine.RTC().memory\n"
    host = make_host(files={"/main.py": main}).start(ready=False)
    for count in range(1, 6):
        host.wait_for(r">>> ", count=count)
        with open(host.pty.resolve(), "r+b", buffering=0) as console:
            console.write(b"\x04")
    host.wait_for("mine", count=6)
    assert "safe mode" not in host.output


def restart(host, count):
    host.mpremote("exec", "--no-follow", "import machine; machine.reset()")
    host.wait_for(rf":{host.port}/", count=count)


def test_starts_that_never_become_healthy(make_host):
    host = make_host(files={"/apps/loud.py": "print('loud')"}).start()
    for count in (2, 3, 4):
        assert "safe mode" not in host.output
        restart(host, count)
    assert "safe mode: 3 starts did not become healthy" in host.output
    assert host.output.count("\nloud\r") == 3
    restart(host, 5)
    assert host.output.count("safe mode") == 1


def test_healthy_starts_are_forgiven(make_host):
    host = make_host().start()
    for count in (2, 3, 4, 5):
        host.mpremote("exec", "from modcore import boot; boot.healthy()")
        restart(host, count)
    assert "safe mode" not in host.output


def test_an_end_that_nobody_asked_for_is_a_failed_start(make_host):
    boot = "import modcore\nclass Broken(modcore.Controller):\n    async def _main(self):\n"
    boot += "        raise OSError('no loop')\nmodcore.Controller = Broken\n"
    host = make_host(files={"/boot.py": boot}).start()
    assert re.findall(RESTART, host.output) == ["1", "2", "4"]
    assert host.output.count("before the reset: OSError: no loop") == 3
    assert "safe mode: 3 starts did not become healthy" in host.output


def test_a_restart_in_order_is_no_failed_start(make_host):
    app = (
        "from modcore import Module\nclass Again(Module):\n    def run(self):\n        yield 100\n"
    )
    host = make_host(files={"/apps/again.py": app + "        self.fire('restart')\n"}).start()
    host.wait_for(rf":{host.port}/", count=6)
    assert "safe mode" not in host.output


def test_an_ordinary_start_leaves_the_heap_to_the_user(make_host):
    # Of the firmware's own ones only the entries are there
    main = "import sys\nprint('modules:', [m for m in sys.modules if m not in KEPT])\n"
    main = main.replace("KEPT", "('binascii', 'errno', 'io', 'json', 'os', 'time')")
    host = make_host(files={"/main.py": main}).start(ready=False)
    host.wait_for(r"modules: \[\]")


def test_what_a_start_needs_once_does_not_stay(make_host):
    host = make_host(
        files={"/etc/boot.json": '{"tries": 2}', "/apps/x.py": "setup = print"}
    ).start()
    host.get("/api/v1/status")
    kept = host.mpremote("exec", "import sys; print(sorted(sys.modules))")
    assert "modcore.log" in kept
    for part in ("boot", "retained", "plugins", "devices", "chip", "logbook"):
        assert f"'modcore.{part}'" not in kept


AFTER = """
import machine
from modcore import Module
class After(Module):
    subscribe = ("healthy",)
    async def on_event(self, event):
        await __import__("asyncio").sleep_ms(100)
        ACTION
"""


def test_a_start_that_became_healthy_is_forgiven(make_host):
    host = make_host(files={"/apps/after.py": AFTER.replace("ACTION", "machine.reset()")})
    host.start("--fast-clock").wait_for(rf":{host.port}/", count=5)
    assert "safe mode" not in host.output


def test_an_event_asks_for_safe_mode(make_host):
    app = AFTER.replace("ACTION", "self.fire('safe_mode')")
    host = make_host(files={"/apps/after.py": app})
    host.start("--fast-clock").wait_for("safe mode: asked for")
    host.wait_for(rf":{host.port}/", count=2)
    assert "after" not in modules(status_of(host))


def test_ctrl_d_is_no_failed_start(make_host):
    host = make_host().start()
    for count in (2, 3, 4, 5, 6):
        host.wait_for(">>> ", count=count - 1)
        with open(host.pty.resolve(), "r+b", buffering=0) as console:
            console.write(b"\x04")
        host.wait_for(rf":{host.port}/", count=count)
    assert "safe mode" not in host.output


def test_tries_come_from_the_file(make_host):
    files = {"/main.py": CRASH, "/etc/boot.json": '{"tries": 1}'}
    host = make_host(files=files).start()
    assert re.findall(RESTART, host.output) == ["1"]
    assert "safe mode: 1 starts did not become healthy" in host.output
