"""The access point on the booted firmware: modes, set-up, and its name server asked by dig."""

import functools
import socket
import subprocess

import pytest
from air import KEY, Air
from host import free_port

HOME = f"home key={KEY}"
WLAN = {"networks": [{"ssid": "home"}], "keys": {"home": KEY}}


@pytest.fixture
def board(make_host):
    """Makes a board; see `air.Air`."""
    return functools.partial(Air, make_host)


@pytest.mark.parametrize("chip", [{"bits": 64}, {"bits": 32, "profile": "esp8266"}])
def test_it_is_set_up_as_told(board, chip):
    settings = {"mode": "on", "ssid": "set-up-$id", "key": KEY, "channel": 6, "max_clients": 2}
    device = board(softap=settings, **chip)
    device.until("event softap.up", 5)
    point = device.state()[1]
    assert point["security"] == "wpa2"
    assert point["key"] == KEY
    assert point["channel"] == "6"
    assert point["max_clients"] == ("2" if chip["bits"] == 64 else "4")
    assert point["ssid"].startswith("set-up-") and len(point["ssid"]) == 13
    assert KEY not in device.host.output


def test_off_is_off(board):
    device = board(softap={"mode": "off", "key": KEY})
    device.let(120)
    assert device.state()[1]["access_point"] == "off"


def test_without_a_password_it_stays_off_and_says_why(board):
    device = board(softap={"mode": "on"})
    device.until("etc/softap.json: key: 8 to 63 letters are needed", 5)
    device.let(60)
    assert device.state()[1]["access_point"] == "off"


def test_open_when_told_so(board):
    device = board(softap={"mode": "on", "open": True})
    device.until("event softap.up", 5)
    assert device.state()[1]["security"] == "open"


def test_the_fallback_comes_and_goes(board):
    device = board(WLAN, {"mode": "fallback", "after_s": 30, "key": KEY})
    device.let(28)
    assert device.state()[1]["access_point"] == "off"
    device.until("event softap.up", 5)
    assert device.state()[1]["access_point"] == "on"
    device.air("add", *HOME.split())
    device.until("event softap.down", 90)
    assert device.state()[1]["access_point"] == "off"
    device.air("remove", "home")
    device.until("event softap.up", 60, count=2)


def test_tries_are_rare_while_somebody_uses_the_fallback(board):
    wlan = {**WLAN, "retry_max_s": 5}
    device = board(wlan, {"mode": "fallback", "after_s": 10, "key": KEY})
    device.until("event softap.up", 15)
    device.air("join", "02:00:00:00:00:07")
    device.let(10)
    before = device.host.output.count("event wlan.failed")
    device.let(150)
    assert device.host.output.count("event wlan.failed") - before <= 3
    device.air("leave", "02:00:00:00:00:07")
    device.let(150)
    assert device.host.output.count("event wlan.failed") - before >= 10


def test_the_fallback_does_not_come_when_all_is_well(board):
    device = board(WLAN, {"mode": "fallback", "after_s": 10, "key": KEY}, points=[HOME])
    device.let(120)
    assert "softap" not in device.host.output


@pytest.fixture
def name_server(board):
    """The UDP port of a board that answers names."""
    port = free_port()
    settings = {"mode": "on", "key": KEY, "captive": True, "dns_port": port}
    device = board(softap=settings)
    device.until("event softap.up", 5)
    device.host.control.run()
    return port


def dig(port, *words):
    command = ["dig", "@127.0.0.1", "-p", str(port), "+tries=2", "+time=5", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_dig_gets_the_address_for_every_name(name_server):
    for name in ("example.com", "a." * 100 + "example", "connectivitycheck.gstatic.com"):
        assert dig(name_server, "+short", name, "A").stdout == "192.168.4.1\n"


def test_dig_gets_no_other_record(name_server):
    shown = dig(name_server, "example.com", "AAAA").stdout
    assert "status: NOERROR" in shown
    assert "ANSWER: 0" in shown
    assert "NOTIMP" in dig(name_server, "+opcode=2", "example.com").stdout


def test_what_is_malformed_does_no_harm(name_server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for junk in (
            b"",
            b"x",
            b"\xff" * 12,
            bytes(600),
            b"\x00\x01\x01\x00\x00\x01" + 6 * b"\x00" + b"\xc0\x0c",
        ):
            for _ in range(20):
                client.sendto(junk, ("127.0.0.1", name_server))
        client.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.recv(512)
    assert dig(name_server, "+short", "example.com").stdout == "192.168.4.1\n"
