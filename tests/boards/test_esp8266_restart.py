"""Leaving the program restarts the firmware on the ESP8266 too; LX106_SIM has its way of starting."""

import pytest
from sim import Sim


@pytest.fixture
def make_sim(tmp_path):
    """Starts a LX106_SIM board (see `sim.Sim`) and stops it in the end."""
    sims = []

    def make(*options, **keywords):
        sims.append(Sim(tmp_path, **keywords).start(*options))
        return sims[-1]

    yield make
    for sim in sims:
        sim.stop()


def test_ctrl_d_at_the_prompt_restarts(make_sim):
    sim = make_sim()
    for restarts in (1, 2):
        sim.wait_for("help\\(\\) helps", restarts)
        with open(sim.pty.resolve(), "r+b", buffering=0) as console:
            console.write(b"\x04")
            sim.wait_for("MPY: soft reboot", restarts)
            sim.wait_for("bytes free", restarts + 1)
        assert sim.get("/api/v1/status").status_code == 200


def test_soft_reset_in_a_statement_restarts(make_sim):
    sim = make_sim()
    sim.mpremote("exec", "--no-follow", "import machine; machine.soft_reset()")
    sim.wait_for("bytes free", 2)
    assert sim.get("/api/v1/status").status_code == 200


def test_a_program_that_ends_leaves_the_prompt_and_one_that_fails_restarts(tmp_path):
    for end, then in (("print('over')", ">>> "), ("raise ValueError('over')", "restart in 1 s")):
        sim = Sim(tmp_path, files={"/main.py": end + "\n"}).start(ready=False)
        try:
            sim.wait_for("over[\\s\\S]*" + then)
            assert "soft reboot" not in sim.output
        finally:
            sim.stop()


def test_a_users_program_restarts_once_for_each_exit(tmp_path):
    main = "import os\ntry:\n os.stat('/seen')\nexcept OSError:\n open('/seen', 'w').close()\n raise SystemExit\n"
    sim = Sim(tmp_path, files={"/main.py": main}).start(ready=False)
    try:
        sim.wait_for("MPY: soft reboot")
        sim.wait_for(">>> ")
        assert sim.output.count("soft reboot") == 1
    finally:
        sim.stop()
