"""The HOST board from power-on to the first page, and back."""

import re
import time

import pytest


@pytest.mark.parametrize("bits", [64, 32])
def test_boots_and_says_so_once(make_host, bits):
    host = make_host(bits=bits).start()
    line = host.wait_for(r"modcore (\S+) on (HOST with \S+), (\d+) bytes free, (\S+)")
    assert line[4] == host.url + "/"
    assert host.output.count("bytes free") == 1
    status = host.get("/api/v1/status").json()
    assert status["board"] == line[2]
    assert status["version"] == line[1]
    assert status["micropython"] == "1.26.1"
    assert status["reset_cause"] == "power-on"
    assert status["safe"] is status["last_exception"] is None
    assert {m["name"]: m["state"] for m in status["modules"]} == {
        "sysinfo": "running",
        "windup": "running",
        "console": "running",
        "repl": "running",
        "wlan": "running",
        "ntp": "running",
    }
    assert host.stop() == 0


def test_a_blank_device_has_the_folders_that_a_user_fills(make_host):
    host = make_host().start()
    assert "boot: formatting vfs" in host.output
    listed = host.mpremote("ls", ":/")
    assert "apps/" in listed and "etc/" in listed


def test_uptime_counts(make_host):
    host = make_host().start()
    first = host.get("/api/v1/status").json()["uptime_s"]
    while host.get("/api/v1/status").json()["uptime_s"] == first:
        time.sleep(0.1)
    assert host.get("/api/v1/status").json()["uptime_s"] > first


def test_configuration_survives_a_restart(make_host):
    host = make_host().start()
    host.mpremote(
        "exec",
        "from modcore.config import Config\nfrom modcore.sysinfo import SysInfo\n"
        "Config().save('sysinfo', SysInfo.schema, {'name': 'greenhouse'})",
    )
    host.stop()
    assert host.start().get("/api/v1/status").json()["name"] == "greenhouse"


def test_unplugged_at_any_moment_it_boots_again(make_host, soak):
    host = make_host()
    for delay in [0.001 * 1.5**n for n in range(16)] * (10 if soak else 1):
        host.start(ready=False)
        time.sleep(delay)
        host.unplug()
    host.start()
    assert host.get("/").status_code == 200


def test_a_broken_module_does_not_take_the_others_down(make_host):
    host = make_host(files={"/etc/windup.json": '{"port": "eighty"}', "/etc/log.json": "{"}).start()
    assert host.get("/").status_code == 200
    assert "/etc/windup.json: port: expected int, found str 'eighty'" in host.output
    assert "/etc/log.json is not JSON" in host.output


def test_port_in_use_is_told(make_host):
    first = make_host().start()
    second = make_host(settings=[f"windup.port={first.port}"]).start(ready=False)
    second.wait_for(re.escape(f"cannot listen on 0.0.0.0:{first.port}"))
    second.wait_for(">>> ")


def test_users_main_replaces_ours(make_host):
    host = make_host(files={"/main.py": "print('mine')\n"}).start(ready=False)
    host.wait_for("mine")
    host.wait_for(">>> ")
    assert "bytes free" not in host.output


def test_soft_reset_starts_everything_anew(make_host):
    host = make_host().start()
    with open(host.pty.resolve(), "r+b", buffering=0) as console:
        console.write(b"\x04")
        host.wait_for("soft reboot")
        host.wait_for("bytes free", 2)
    assert host.get("/api/v1/status").json()["reset_cause"] == "soft"


def test_hard_reset(make_host):
    host = make_host().start()
    host.mpremote("exec", "--no-follow", "import machine; machine.reset()")
    host.wait_for("bytes free", 2)
    assert host.get("/api/v1/status").json()["reset_cause"] == "hard"


def test_watchdog_catches_a_hang(make_host):
    host = make_host().start()
    host.mpremote(
        "exec", "--no-follow", "import machine\nmachine.WDT(timeout=1000)\nwhile True: pass"
    )
    host.wait_for("bytes free", 2)
    assert host.get("/api/v1/status").json()["reset_cause"] == "watchdog"
