"""The log over UDP, received by Debian's rsyslog, which runs unprivileged."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

RSYSLOGD = "/usr/sbin/rsyslogd"
NOBODY = 65534
CONFIGURATION = """
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="{port}" ruleset="keep")
template(name="json" type="list" option.jsonf="on") {{
    property(outname="facility" name="syslogfacility-text" format="jsonf")
    property(outname="severity" name="syslogseverity-text" format="jsonf")
    property(outname="version" name="protocol-version" format="jsonf")
    property(outname="time" name="timereported" dateFormat="rfc3339" date.inUTC="on" format="jsonf")
    property(outname="host" name="hostname" format="jsonf")
    property(outname="app" name="app-name" format="jsonf")
    property(outname="process" name="procid" format="jsonf")
    property(outname="name" name="msgid" format="jsonf")
    property(outname="data" name="structured-data" format="jsonf")
    property(outname="text" name="msg" format="jsonf")
}}
ruleset(name="keep") {{
    action(type="omfile" file="{file}" template="json" asyncWriting="off" flushOnTXEnd="on")
}}
"""

MAIN = """
from modcore import Controller, Module, log
from modcore.fiber import sleep_ms
from modcore.syslog import Syslog

class Talker(Module):
    schema = (("key", "secret", "", None, "Key"),)
    def config(self, values):
        self.key = values["key"]
    async def run(self):
        logger = log.get("talker")
        logger.debug("not heard")
        logger.info("hello number %d", 1)
        logger.warning("the key is %s!", self.key)
        logger.error("two\\nlines, and K\\xe4se")
        logger.info("x" * 1000)
        logger.info("y" * 100 + "\\u20ac" * 150)
        try:
            1 / 0
        except ZeroDivisionError as exc:
            logger.exception(exc, "a sum")
        for number in range(COUNT):
            logger.info("burst %d", number)
            await sleep_ms(PAUSE_MS)
        logger.info("the end of it")
        await sleep_ms(1500)
        self.modc.shutdown()

modc = Controller()
modc.add(Syslog())
modc.add(Talker())
modc.run()
"""


class Receiver:
    """rsyslogd, which keeps what it receives."""

    def __init__(self, folder):
        self.folder = folder
        self.kept = folder / "messages"
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        self._process = None

    def start(self):
        (self.folder / "conf").write_text(CONFIGURATION.format(port=self.port, file=self.kept))
        nobody = {}
        if os.getuid() == 0:
            nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            os.chown(self.folder, NOBODY, NOBODY)
        self._process = subprocess.Popen(
            [RSYSLOGD, "-n", "-f", self.folder / "conf", "-i", self.folder / "pid"], **nobody
        )
        # It listens as soon as the kernel knows its port
        wait_until(lambda: f":{self.port:04X} " in Path("/proc/net/udp").read_text())

    def stop(self):
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
            self._process = None

    def messages(self):
        lines = self.kept.read_text().splitlines() if self.kept.exists() else []
        return [json.loads(line) for line in lines if line.endswith("}")]


def wait_until(condition, patience=60):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def receiver():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        made = Receiver(Path(folder))
        yield made
        made.stop()


def device(make_host, receiver, count=0, pause_ms=0, **settings):
    syslog = {"host": "127.0.0.1", "port": receiver.port, "hostname": "garden", **settings}
    return make_host(
        files={
            "/main.py": MAIN.replace("COUNT", str(count)).replace("PAUSE_MS", str(pause_ms)),
            "/etc/syslog.json": json.dumps(syslog),
            "/etc/secrets.json": '{"talker.key": "correct horse"}',
        }
    )


def texts(receiver):
    return [message["text"].lstrip(" \ufeff") for message in receiver.messages()]


def test_rsyslog_understands_every_message(make_host, receiver):
    receiver.start()
    device(make_host, receiver, facility=18).start(ready=False)
    wait_until(lambda: "the end of it" in texts(receiver))
    messages = receiver.messages()
    talker = [message for message in messages if message["name"] == "talker"]
    for message in messages:
        assert message["facility"] == "local2"
        assert (message["host"], message["app"], message["process"]) == ("garden", "modcore", "-")
        assert message["version"] == "1"
    assert [message["severity"] for message in talker[:4]] == ["info", "warning", "err", "info"]
    said = [message["text"].lstrip(" \ufeff") for message in talker]
    assert said[:3] == ["hello number 1", "the key is ***!", "two lines, and Käse"]
    assert said[3] == "x" * 200
    assert said[4].startswith("y" * 100 + "€") and said[4].strip("y€") == ""
    assert "ZeroDivisionError" in "".join(said)
    # The computer's clock is set, and its times have a fraction
    now = time.strftime("%Y-%m-%dT", time.gmtime())
    assert all(message["time"][:5] == now[:5] for message in talker)
    assert any(message["time"][19] == "." for message in talker)
    numbers = [int(message["data"].split('sequenceId="')[1].split('"')[0]) for message in messages]
    assert numbers == list(range(1, len(messages) + 1))


def test_a_device_without_a_receiver_goes_on_and_lines_reach_one_that_comes_later(
    make_host, receiver
):
    host = device(make_host, receiver, count=600, pause_ms=10)
    host.start(ready=False)
    host.wait_for("burst 20")
    receiver.start()
    wait_until(lambda: "the end of it" in texts(receiver))
    said = texts(receiver)
    # What is sent to nobody is lost, UDP; but the device never stopped for it
    assert said.count("burst 599") == 1
    bursts = [int(text[6:]) for text in said if text.startswith("burst ")]
    assert bursts == sorted(set(bursts))


def test_an_address_that_is_none_fails_the_module_only(make_host, receiver):
    host = device(make_host, receiver, host="log.example.net").start(ready=False)
    host.wait_for("etc/syslog.json: host: expected an IPv4 address, found 'log.example.net'")
    host.wait_for("the end of it")
