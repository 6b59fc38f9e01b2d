"""network.WLAN of HOST: what the ESP32's port (64 bits) and the ESP8266's (32 bits) do, in an air that tests change."""

import ast

import pytest

PROGRAM = """
import network
from network import WLAN

station = WLAN(WLAN.IF_STA)
point = WLAN(WLAN.IF_AP)

def raised(function, *args, **more):
    try:
        return function(*args, **more)
    except Exception as exc:
        return type(exc).__name__ + ": " + str(exc)

while True:
    line = input("? ")
    if line.startswith("!"):
        exec(line[1:])
    else:
        print("=", repr(eval(line)), "=")
"""

# What each chip says, in the order of ESP32, ESP8266
IDLE, CONNECTING, GOT_IP = (1000, 0), (1001, 1), (1010, 5)
NO_AP_FOUND, WRONG_PASSWORD = (201, 3), (202, 2)


class Board:
    """A board that evaluates what it is told; its clock stands still but for `let`."""

    def __init__(self, make_host, bits):
        self.chip = 0 if bits == 64 else 1
        profile = ("esp32", "esp8266")[self.chip]
        self.host = make_host(
            bits=bits, profile=profile, files={"/main.py": PROGRAM}, options=("--fast-clock",)
        )
        self.host.start(ready=False)
        self._asked = 1
        self.host.wait_for(r"\? ")
        self._console = open(self.host.pty, "wb", buffering=0)  # noqa: SIM115
        self.host.control.hold()

    def _say(self, line):
        self._console.write(line.encode() + b"\r")
        self._asked += 1
        self.host.wait_for(r"\? ", self._asked)

    def ask(self, expression):
        """The value of an expression."""
        self._say(f"raised(lambda: ({expression}))")
        return ast.literal_eval(self.host.output.rsplit("= ", 1)[1].rsplit(" =", 1)[0])

    def do(self, statement):
        self._say("!" + statement)

    def let(self, ms):
        self.host.control.step(ms)

    def air(self, *words):
        return self.host.control.command("air", *words)

    def expect(self, status):
        assert self.ask("station.status()") == status[self.chip]

    def close(self):
        self._console.close()


@pytest.fixture(params=[64, 32])
def board(make_host, request):
    board = Board(make_host, request.param)
    yield board
    board.close()


def test_a_connection_takes_time_and_ends_with_an_address(board):
    board.do("station.active(True)")
    board.expect(IDLE)
    assert board.ask("station.ifconfig()[0]") == "0.0.0.0"
    board.do("station.connect('HOST')")
    board.expect(CONNECTING)
    assert board.ask("station.isconnected()") is False
    board.let(1000)
    board.expect(GOT_IP)
    assert board.ask("station.isconnected(), station.ifconfig()[0]") == (True, "127.0.0.1")
    assert board.ask("station.status('rssi'), station.config('ssid')") == (-50, "HOST")
    board.do("station.disconnect()")
    board.expect(IDLE)
    assert board.ask("station.ifconfig()[0]") == "0.0.0.0"


def test_errors_are_each_ports_own(board):
    first = board.ask("station.connect('HOST')")
    assert first == ("OSError: Wifi Not Started", "OSError: Cannot connect to AP")[board.chip]
    assert board.ask("station.scan()") == "OSError: STA must be active"
    board.do("station.active(True)")
    board.do("station.connect('HOST')")
    again = board.ask("station.connect('HOST')")
    assert again == ("OSError: Wifi Internal Error", None)[board.chip]
    board.do("station.disconnect()")
    rssi = board.ask("station.status('rssi')")
    assert rssi == ("OSError: Wifi Not Connected", 31)[board.chip]
    assert board.ask("station.config('colour')") == "ValueError: unknown config param"
    assert board.ask("station.config(ssid='x')") == "OSError: AP required"
    refused = board.ask("point.config(ssid='x')")
    assert refused == ("OSError: Wifi Invalid Mode", "OSError: can't set AP config")[board.chip]
    board.do("point.active(True)")
    short = board.ask("point.config(ssid='x', key='short', security=3)")
    assert short == ("OSError: Wifi Invalid Password", "OSError: can't set AP config")[board.chip]


def test_why_there_is_no_connection(board):
    board.air("add", "home", "key=correct-horse")
    board.do("station.active(True)")
    board.do("station.connect('home', 'wrong-battery')")
    board.let(1000)
    board.expect(WRONG_PASSWORD)
    board.do("station.disconnect()")
    board.do("station.connect('elsewhere')")
    board.let(1000)
    board.expect(NO_AP_FOUND)
    board.do("station.disconnect()")
    board.air("rssi", "home", -100)
    board.do("station.connect('home', 'correct-horse')")
    board.let(1000)
    board.expect(NO_AP_FOUND)
    board.air("rssi", "home", -80)
    board.let(1000)
    board.expect(GOT_IP)


def test_it_comes_back_by_itself(board):
    board.do("station.active(True)")
    board.do("station.connect('HOST')")
    board.let(1000)
    board.air("remove", "HOST")
    assert board.ask("station.isconnected()") is False
    board.let(5000)
    board.expect(NO_AP_FOUND)
    board.air("add", "HOST")
    board.let(5000)
    board.expect(GOT_IP)


def test_reconnects_are_counted(make_host):
    board = Board(make_host, 64)
    board.do("station.active(True)")
    board.do("station.config(reconnects=2)")
    assert board.ask("station.config('reconnects')") == 2
    board.do("station.connect('nowhere')")
    for _ in range(10):
        board.let(1000)
        board.ask("station.status()")
    board.air("add", "nowhere")
    board.let(5000)
    assert board.ask("station.isconnected()") is False
    board.close()


def test_scan_tells_what_is_within_reach(board):
    board.air(
        "add", "home", "key=correct-horse", "rssi=-70", "channel=6", "bssid=0a:0b:0c:0d:0e:0f"
    )
    board.air("add", "secret", "hidden")
    board.air("add", "far", "rssi=-99")
    board.do("station.active(True)")
    board.host.control.run()
    found = board.ask("station.scan()")
    hidden = (False, 1)[board.chip]
    visible = (False, 0)[board.chip]
    assert (b"home", bytes.fromhex("0a0b0c0d0e0f"), 6, -70, 3, visible) in found
    assert [row[5] for row in found if row[0] == b""] == [hidden]
    assert len(found) == 3


def test_a_chosen_access_point(board):
    board.air("add", "twin", "bssid=02:00:00:00:00:aa", "channel=1")
    board.air("add", "twin", "bssid=02:00:00:00:00:bb", "channel=11")
    board.do("station.active(True)")
    board.do("station.connect('twin', None, bssid=bytes([2, 0, 0, 0, 0, 0xbb]))")
    board.let(1000)
    assert board.ask("station.config('channel')") == 11
    assert "bssid=02:00:00:00:00:bb" in board.air("state")
    assert board.ask("station.connect('twin', bssid=b'12345')").startswith(
        ("OSError", "ValueError")[board.chip]
    )


def test_addresses_that_are_set_are_answered(board):
    board.do("station.active(True)")
    board.do("station.ifconfig(('10.0.0.5', 24, '10.0.0.1', '8.8.8.8'))")
    assert board.ask("station.ifconfig()") == ("10.0.0.5", "255.255.255.0", "10.0.0.1", "8.8.8.8")
    assert board.ask("station.ipconfig('dhcp4')") is False
    board.do("station.ipconfig(addr4='10.1.0.9/16', gw4='10.1.0.1')")
    assert board.ask("station.ipconfig('addr4')") == ("10.1.0.9", "255.255.0.0")
    assert board.ask("station.ipconfig('gw4')") == "10.1.0.1"
    assert board.ask("network.ipconfig('dns')") == "8.8.8.8"
    assert board.ask("station.ipconfig(addr4='10.1.0.9/99')").startswith("ValueError")
    board.do("station.ipconfig(dhcp4=True)")
    assert board.ask("station.ifconfig()[0]") == "0.0.0.0"


def test_the_access_point_and_its_stations(board):
    board.do("point.active(True)")
    board.do("point.config(ssid='mine', key='correct-horse', security=3, channel=6)")
    assert board.ask("[point.config(k) for k in ('ssid', 'security', 'channel', 'hidden')]") == [
        "mine",
        3,
        6,
        False,
    ]
    assert board.ask("point.ifconfig()[0]") == "192.168.4.1"
    assert board.ask("point.isconnected()") is False
    board.air("join", "02:00:00:00:00:07")
    assert board.ask("point.isconnected()") is True
    entry = ((b"\x02\0\0\0\0\x07",), (b"\x02\0\0\0\0\x07", "192.168.4.2"))[board.chip]
    assert board.ask("point.status('stations')") == [entry]
    board.air("leave", "02:00:00:00:00:07")
    assert board.ask("point.status('stations')") == []


def test_the_air_outlives_a_reset_and_the_radio_does_not(board):
    board.air("add", "home", "key=correct-horse")
    board.do("station.active(True)")
    board.host.control.run()
    board.host.control.reset()
    board.host.wait_for("reset button")
    board._asked += 1
    board.host.wait_for(r"\? ", board._asked)
    assert board.ask("station.active()") is False
    assert "home" in board.air("list")


@pytest.mark.parametrize(
    "words",
    [
        ("add",),
        ("add", 33 * "x"),
        ("add", "x", "rssi=loud"),
        ("add", "x", "channel=14"),
        ("add", "x", "security=wpa2"),
        ("add", "x", "bssid=1:2"),
        ("remove", "nobody"),
        ("rssi", "HOST", "5"),
        ("dhcp", "HOST", "maybe"),
        ("leave", "02:00:00:00:00:07"),
        ("fly",),
    ],
)
def test_wrong_commands_change_nothing(shared_host, words):
    from control import ControlError

    before = shared_host.control.command("air", "list")
    with pytest.raises(ControlError):
        shared_host.control.command("air", *words)
    assert shared_host.control.command("air", "list") == before
