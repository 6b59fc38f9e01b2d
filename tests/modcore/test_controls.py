"""Actions: what configuration binds to events, and the events that act on the device itself."""

import json
import re

import pytest


@pytest.fixture
def host(make_host):
    files = {
        "/etc/interval.json": json.dumps(
            {"once": {"every_ms": 100, "count": 1, "on_tick": ["status", "nobody:hears:this"]}}
        )
    }
    return make_host(files=files).start()


def fire(host, name, data=None, check=True):
    """Fire an event on the device; with a reset the tool loses its line."""
    code = f"from modcore import modc; modc.fire({name!r}, {data!r})"
    return host.mpremote("exec", code, check=check)


def logged(host, pattern):
    """Whether a line of the log has `pattern`; while a tool is on the line the console does not show it."""
    code = "from modcore import log\nfor line in log.tail(): print(line[3])"
    return re.search(pattern, host.mpremote("exec", code))


def test_a_bound_action_acts(host):
    host.wait_for(r"modcore: windup running, 0 restarts, 0 errors, longest \d+ ms, \d+ ms in all")


def test_restart_goes_through_every_stop_and_the_boot_loader(host):
    fire(host, "restart", check=False)
    host.wait_for(r"modcore 0\.", count=2)
    cause = host.mpremote("exec", "from modcore.chip import reset_cause; print(reset_cause())")
    assert cause.strip() == "hard"


def test_one_module_is_restarted(host):
    fire(host, "restart", ("windup",))
    code = "from modcore import modc; print(modc.modules['windup'].restarts)"
    assert host.mpremote("exec", code).strip() == "1"
    assert host.get("/").status_code == 200


def test_a_level_is_set_and_kept(host):
    fire(host, "log", ("wlan", "error"))
    host.mpremote("exec", "pass")
    kept = json.loads(host.mpremote("fs", "cat", ":/etc/log.json"))
    assert kept["levels"] == {"wlan": "error"}


def test_a_wrong_action_is_logged_and_harms_nobody(host):
    fire(host, "log", ("wlan", "loud"))
    assert logged(host, "control failed on log")
    assert logged(host, "ValueError.*loud")
    fire(host, "restart", ("ghost",))
    assert logged(host, "control failed on restart")
    assert host.get("/").status_code == 200


def test_exit_gives_the_prompt(host):
    fire(host, "exit", check=False)
    host.wait_for(r"MicroPython v1\.26.*\r?\nType \"help")


def test_gc_tells_what_was_garbage(host):
    fire(host, "gc")
    assert logged(host, r"-?\d+ bytes were garbage, \d+ are free")


def test_configure_saves_tells_and_applies(host):
    code = (
        "from modcore import modc\n"
        "from modcore.fiber import spawn\n"
        "modc.subscribe('config.changed', lambda e: print('changed:', e.data))\n"
        "spawn(modc.configure('sysinfo', {'name': 'shed'}), 'test')\n"
    )
    host.mpremote("exec", "--no-follow", code)
    host.wait_for(r"changed: \('sysinfo', \('name',\)\)")
    assert host.get("/api/v1/status").json()["name"] == "shed"
    diff = host.mpremote("exec", "from modcore import modc; print(modc.config.diff())")
    assert "'sysinfo': {'name': ('modcore', 'shed')}" in diff
    wrong = (
        "from modcore import modc\nfrom modcore.fiber import spawn\n"
        "spawn(modc.configure('sysinfo', {'nam': 'x'}), 'test')\n"
    )
    host.mpremote("exec", "--no-follow", wrong)
    assert logged(host, "unknown key .nam.; did you mean .name.")
