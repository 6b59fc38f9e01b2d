"""The two scripts that run before there is an environment: tools/step and tools/ensure-packages."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

STEP = Path("tools/step").resolve()
ENSURE = Path("tools/ensure-packages").resolve()


def step(tmp_path, *words, last=False):
    command = [
        sys.executable,
        STEP,
        *(["--last"] if last else []),
        "Name",
        tmp_path / "log",
        *words,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_step_that_works_is_one_line(tmp_path):
    result = step(tmp_path, "sh", "-c", "echo one; echo two")
    assert result.returncode == 0
    assert result.stdout.count("\n") == 1
    assert "Name" in result.stdout
    assert "two" not in result.stdout
    assert (tmp_path / "log").read_text() == "one\ntwo\n"


def test_a_step_can_say_how_it_ended(tmp_path):
    assert "two" in step(tmp_path, "sh", "-c", "echo one; echo two", last=True).stdout


def test_a_step_that_fails_shows_the_end_of_its_log(tmp_path):
    result = step(tmp_path, "sh", "-c", "seq 1000; exit 3")
    assert result.returncode == 3
    assert "\n1000\n" in result.stdout
    assert "\n900\n" not in result.stdout
    assert str(tmp_path / "log") in result.stdout


def test_a_step_without_its_program(tmp_path):
    result = step(tmp_path, tmp_path / "nothing")
    assert result.returncode != 0
    assert "nothing" in result.stderr


@pytest.fixture
def system(tmp_path):
    """A computer with nothing but `sh` and python3; `lists` and commands are added by the test."""
    tools, path = tmp_path / "tools", tmp_path / "bin"
    (tools / "packages").mkdir(parents=True)
    path.mkdir()
    script = tools / "ensure-packages"
    script.write_bytes(ENSURE.read_bytes())
    for name in ("sh", "dirname", "id"):
        found = next(Path(d) / name for d in ("/bin", "/usr/bin") if (Path(d) / name).exists())
        (path / name).symlink_to(found)

    class System:
        def command(self, name, body="exit 0"):
            file = path / name
            file.unlink(missing_ok=True)
            file.write_text(f"#!/bin/sh\n{body}\n")
            file.chmod(file.stat().st_mode | stat.S_IXUSR)

        def list(self, name, text):
            (tools / "packages" / f"{name}.txt").write_text(text)

        def ensure(self, *sets):
            command = [path / "sh", script, *sets]
            environment = {"PATH": str(path), "LOG": str(tmp_path / "log")}
            return subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )

        @property
        def log(self):
            return (tmp_path / "log").read_text() if (tmp_path / "log").exists() else ""

    system = System()
    system.list("set", "# a comment\n\ngcc  mygcc  compiles\nwrk  mywrk  loads the server\n")
    return system


def install_everything(system):
    # What the fake apt-get installs appears in PATH.
    system.command("apt-get", 'echo "$@" >>"$LOG"; case $1 in install) exit "${STATUS:-0}";; esac')


def test_everything_there_asks_nobody(system):
    system.command("mygcc")
    system.command("mywrk")
    system.command("sudo", 'echo sudo >>"$LOG"')
    system.command("apt-get", 'echo apt >>"$LOG"')
    result = system.ensure("set")
    assert (result.returncode, result.stdout, system.log) == (0, "", "")


def test_missing_without_apt_names_what_was_looked_for(system):
    system.command("mygcc")
    result = system.ensure("set")
    assert result.returncode == 1
    assert "wrk (mywrk): loads the server" in result.stdout
    assert "gcc" not in result.stdout


def test_missing_without_root_prints_one_line_to_type(system):
    system.command("id", "echo 1000")
    system.command("sudo", "exit 1")
    install_everything(system)
    result = system.ensure("set")
    assert result.returncode == 1
    assert "sudo apt-get install --no-install-recommends gcc wrk\n" in result.stdout
    assert system.log == ""


def test_missing_with_root_is_installed(system):
    system.command("id", "echo 0")
    install_everything(system)
    assert system.ensure("set").returncode == 0
    assert system.log == "install --yes --quiet --no-install-recommends gcc wrk\n"


def test_old_package_lists_are_refreshed_once(system):
    system.command("id", "echo 0")
    system.command(
        "apt-get",
        'case $1 in update) :>"$LOG.fresh";; install) [ -e "$LOG.fresh" ] || exit 100;; esac; '
        'echo "$1" >>"$LOG"',
    )
    assert system.ensure("set").returncode == 0
    assert system.log == "update\ninstall\n"


def test_a_failed_installation_is_a_failure(system):
    system.command("id", "echo 0")
    system.command("apt-get", "exit 100")
    result = system.ensure("set")
    assert result.returncode == 1
    assert "Installing failed" in result.stdout


def test_sets_are_joined_and_paths_may_have_wildcards(system, tmp_path):
    (tmp_path / "inc" / "v2").mkdir(parents=True)
    (tmp_path / "inc" / "v2" / "ssl.h").touch()
    system.list("here", f"libssl {tmp_path}/inc/*/ssl.h TLS\n")
    system.list("there", f"libffi {tmp_path}/inc/*/ffi.h calls\nlibffi {tmp_path}/x calls\n")
    result = system.ensure("here", "there")
    assert result.returncode == 1
    assert "libssl" not in result.stdout
    assert result.stdout.count("libffi") == 1


def test_an_unknown_set(system):
    assert system.ensure("nothing").returncode != 0


def test_the_lists_of_the_tree_are_well_formed():
    for path in Path("tools/packages").glob("*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                assert len(line.split(maxsplit=2)) == 3, f"{path}: {line}"


def test_scripts_are_executable():
    assert all(os.access(path, os.X_OK) for path in (STEP, ENSURE))
