"""The station on the booted firmware, in an air that changes."""

import functools

import pytest
from air import KEY, Air

HOME = f"home key={KEY}"
WEAK = "02:00:00:00:00:0a"
STRONG = "02:00:00:00:00:0b"


@pytest.fixture
def board(make_host):
    """Makes a board; see `air.Air`."""
    return functools.partial(Air, make_host)


def known(*names, **more):
    """Content of `wlan.json`, with the right key for every network."""
    return {
        "networks": [{"ssid": name} for name in names],
        "keys": dict.fromkeys(names, KEY),
        **more,
    }


@pytest.mark.parametrize("chip", [{"bits": 64}, {"bits": 32, "profile": "esp8266"}])
def test_it_connects_and_says_so(board, chip):
    device = board(known("home"), points=[HOME], **chip)
    device.until("event wlan.connected home 127.0.0.1", 10)
    station, _ = device.state()
    assert station["station"] == "up"
    device.until("is .*'state': 'connected'", 1)
    assert KEY not in device.host.output


@pytest.mark.parametrize("chip", [{"bits": 64}, {"bits": 32, "profile": "esp8266"}])
def test_a_wrong_password_is_told_as_such(board, chip):
    device = board(known("home"), points=["home key=something-else"], **chip)
    device.until("event wlan.failed home wrong password", 10)
    device.let(50)
    assert device.host.output.count("event wlan.failed") == 1
    assert device.state()[0]["station"] == "idle"
    assert "home: wrong password; correct etc/wlan.json: keys" in device.host.output
    device.until("wrong password", 180, count=4)  # log and event of the second try


def test_an_access_point_comes_within_reach(board):
    device = board(known("home"), points=[HOME + " rssi=-100"])
    device.until("event wlan.failed home not within reach", 20, count=3)
    device.air("rssi", "home", -60)
    device.until("event wlan.connected", 90)


def test_none_of_several_is_within_reach(board):
    device = board(known("office", "home"), points=["elsewhere"])
    device.until("wlan: none of the known networks is within reach", 20)
    device.let(200)
    assert device.host.output.count("within reach") == 1
    device.air("add", *HOME.split())
    device.until("event wlan.connected home", 200)
    device.until("is .*'problem': None", 1)


def test_an_access_point_goes_and_comes_back(board):
    device = board(known("home"), points=[HOME])
    device.until("event wlan.connected", 10)
    device.air("remove", "home")
    device.until("event wlan.disconnected home", 10)
    device.until("event wlan.failed", 30, count=2)
    device.air("add", *HOME.split())
    device.until("event wlan.connected", 90, count=2)


def test_the_stronger_of_two_networks(board):
    device = board(
        known("office", "home"), points=[HOME + " rssi=-40", f"office key={KEY} rssi=-70"]
    )
    device.until("event wlan.connected home", 20)


def test_the_other_one_when_the_first_has_gone(board):
    device = board(
        known("office", "home"), points=[HOME + " rssi=-40", f"office key={KEY} rssi=-70"]
    )
    device.until("event wlan.connected home", 20)
    device.air("remove", "home")
    device.until("event wlan.connected office", 60)


def test_an_open_twin_does_not_get_the_device(board):
    device = board(known("home"), points=["home rssi=-20"])
    device.until("event wlan.failed home its security does not suit the key", 20)
    device.air("add", *HOME.split(), f"bssid={STRONG}")
    device.until("event wlan.failed", 60, count=3)


def test_it_roams_to_a_clearly_stronger_access_point(board):
    device = board(
        known("home", "office"),
        points=[f"{HOME} bssid={WEAK} rssi=-60", f"{HOME} bssid={STRONG} rssi=-79"],
    )
    device.until("event wlan.connected", 20)
    assert device.state()[0]["bssid"] == WEAK
    device.air("rssi", WEAK, -80)
    device.air("rssi", STRONG, -79)
    device.let(100)
    assert device.state()[0]["bssid"] == WEAK  # 1 dB is no reason
    device.air("rssi", STRONG, -50)
    device.until("event wlan.connected", 330, count=2)
    assert device.state()[0]["bssid"] == STRONG


def test_a_fixed_address(board):
    wlan = known("home")
    wlan["networks"][0].update(ip="10.1.2.3/16", gateway="10.1.0.1", dns="9.9.9.9")
    device = board(wlan, points=[HOME])
    device.air("dhcp", "home", "off")
    device.until("event wlan.connected home 10.1.2.3", 10)
    assert device.state()[0]["ip"] == "10.1.2.3"


def test_no_dhcp_server(board):
    device = board(known("home"), points=[HOME])
    device.air("dhcp", "home", "off")
    device.until("event wlan.failed home no address", 30)
    device.air("dhcp", "home", "on")
    device.until("event wlan.connected", 60)


def test_mistakes_are_named_and_the_rest_works(board):
    wlan = known("home")
    wlan["networks"].insert(0, {"ssid": "x", "ip": "10.1"})
    device = board(wlan, points=[HOME])
    device.until("event wlan.connected home", 10)
    assert "etc/wlan.json: networks[0]: ip, gateway, dns: expected addresses" in device.host.output


def test_hostname_and_country(board):
    wlan = known("home", hostname="lamp-$id", country="AT")
    device = board(wlan, points=[HOME])
    device.until("is .* lamp-[0-9a-f]{6} AT", 10)
