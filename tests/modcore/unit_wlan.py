"""The station's choices with a radio that does what the test says; names as the ESP32's port has them."""

import sys

try:
    import network
except ImportError:  # CPython
    network = type(sys)("network")
    for name, value in (
        ("STAT_IDLE", 1000),
        ("STAT_CONNECTING", 1001),
        ("STAT_GOT_IP", 1010),
        ("STAT_NO_AP_FOUND", 201),
        ("STAT_WRONG_PASSWORD", 202),
    ):
        setattr(network, name, value)

    class NoAccessPoint:
        IF_AP = 1

        def __init__(self, interface):
            assert interface == self.IF_AP

        def active(self):
            return False

    network.WLAN = NoAccessPoint
    sys.modules["network"] = network

from modcore import log, networks, timer, wlan

KEY = "correct horse"


class Radio:
    """Connects where `keys` has the SSID with its key; `points` are those that a scan finds."""

    def __init__(self, points=(), keys=None):
        self.points = points
        self.keys = keys or {}
        self.now = network.STAT_IDLE
        self.calls = []
        self.scans = 0
        self.rssi = -50
        self.ip = None

    def active(self, on):
        self.calls.append(("active", on))

    def connect(self, ssid, key=None, bssid=None):
        self.calls.append((ssid, key, bssid))
        if ssid not in self.keys:
            self.now = network.STAT_NO_AP_FOUND
        elif self.keys[ssid] != key:
            self.now = network.STAT_WRONG_PASSWORD
        else:
            self.now = network.STAT_GOT_IP

    def disconnect(self):
        if self.now == network.STAT_GOT_IP:
            self.now = network.STAT_IDLE

    def isconnected(self):
        return self.now == network.STAT_GOT_IP

    def status(self, what=None):
        if what is None:
            return self.now
        if self.isconnected():
            return self.rssi
        raise OSError("Wifi Not Connected")

    def scan(self):
        self.scans += 1
        return self.points

    def ifconfig(self, values=None):
        if values is None:
            return ("192.168.1.7", "255.255.255.0", "192.168.1.1", "192.168.1.1")
        self.ip = values

    def ipconfig(self, **values):
        self.ip = values


def point(ssid, number, rssi, security=3):
    return (ssid.encode(), bytes([2, 0, 0, 0, 0, number]), 1, rssi, security, False)


class Clock:
    """Takes the place of ticks_ms() in both modules."""

    def __init__(self):
        self.ms = 1000

    def __call__(self):
        return self.ms


class Device:
    """The module's controller: its files hold `values`, its fibers are `work`."""

    def __init__(self, values):
        self.config = self
        self.values = values

    def load(self, name, schema, version, migrate):
        return dict(self.values)

    def run_ended(self, fiber):
        pass


def make(radio, known, keys=None, **changes):
    """A module at work with `radio`; its events come as `events`."""
    module = wlan.Wlan()
    values = {row[0]: row[2] for row in wlan.Wlan.schema}
    values.update(changes)
    values["networks"] = known
    values["keys"] = keys or {}
    module.modc = Device(dict(values))
    log.console.held = True
    try:
        module.config(values)
    finally:
        log.console.held = False
    module.nic = radio
    module.events = []
    module.fire = lambda name, data=None: module.events.append((name, data))
    module.fiber = module.run()
    timer._queue.clear()
    return module


def let(module, ms):
    """Let the module work for `ms`; what its fibers slept in turn."""
    clock = Clock()
    clock.ms = getattr(module, "now", 1000)
    before = networks.ticks_ms, networks.Fiber, timer.ticks_ms, timer._wake
    networks.ticks_ms = timer.ticks_ms = clock
    networks.Fiber = lambda work, name, owner, ended: work
    timer._wake = lambda: None
    log.console.held = True
    pauses = []
    try:
        end = clock.ms + ms
        while clock.ms < end:
            wait = None
            if module.fiber is not None:
                try:
                    wait = next(module.fiber) or 0
                    pauses.append(wait)
                except StopIteration:
                    module.fiber = None
            elif timer._queue:
                wait = timer.poll() if module.fiber is None else 0
            else:
                break
            clock.ms += wait or 0
        module.now = clock.ms
    finally:
        networks.ticks_ms, networks.Fiber, timer.ticks_ms, timer._wake = before
        log.console.held = False
    return pauses


def tries(radio):
    return [call[0] for call in radio.calls if call[0] != "active"]


def test_one_network_takes_no_scan():
    radio = Radio(keys={"home": KEY})
    module = make(radio, [{"ssid": "home"}], {"home": KEY})
    let(module, 5000)
    assert radio.scans == 0
    assert module.events == [("wlan.connected", {"ssid": "home", "ip": "192.168.1.7"})]
    assert radio.ip == {"dhcp4": True}
    assert module.known == {"ssid": "home"}


def test_the_strongest_known_one_comes_first():
    radio = Radio(
        [point("b", 1, -80), point("a", 2, -70), point("a", 3, -40), point("other", 4, -20)],
        {"a": KEY, "b": KEY},
    )
    module = make(radio, [{"ssid": "b"}, {"ssid": "a"}], {"a": KEY, "b": KEY})
    let(module, 3000)
    assert radio.calls[0] == ("a", KEY, bytes([2, 0, 0, 0, 0, 3]))
    assert radio.scans == 1


def test_priority_counts_more_than_strength():
    radio = Radio([point("a", 1, -40), point("b", 2, -80)], {"a": KEY, "b": KEY})
    known = [{"ssid": "a"}, {"ssid": "b", "priority": 1}]
    let(make(radio, known, {"a": KEY, "b": KEY}), 3000)
    assert tries(radio) == ["b"]


def test_the_next_one_when_the_first_does_not_work():
    radio = Radio([point("a", 1, -40), point("b", 2, -80)], {"b": KEY})
    module = make(radio, [{"ssid": "a"}, {"ssid": "b"}], {"a": KEY, "b": KEY})
    let(module, 3000)
    assert tries(radio) == ["a", "b"]
    assert [name for name, _ in module.events] == ["wlan.failed", "wlan.connected"]


def test_an_open_twin_of_a_network_with_a_key_is_left_alone():
    radio = Radio([point("a", 1, -30, 0)], {"a": KEY})
    let(make(radio, [{"ssid": "a"}, {"ssid": "b"}], {"a": KEY}), 3000)
    assert tries(radio) == []


def test_a_wrong_password_is_told_and_not_hammered():
    radio = Radio(keys={"home": KEY})
    module = make(radio, [{"ssid": "home"}], {"home": "not it at all"}, retry_max_s=10)
    let(module, 59000)
    assert tries(radio) == ["home"]
    assert module.events == [("wlan.failed", {"ssid": "home", "reason": "wrong password"})]
    assert module.problem == "home: wrong password"


def test_a_wrong_password_is_tried_again_ever_more_rarely():
    radio = Radio(keys={"home": KEY})
    module = make(radio, [{"ssid": "home"}], {"home": "not it at all"}, retry_max_s=10)
    let(module, 10 * 3600 * 1000)
    assert 10 <= len(tries(radio)) <= 18, len(tries(radio))


def test_pauses_grow_to_a_bound_and_have_jitter():
    radio = Radio()
    pauses = let(make(radio, [{"ssid": "home"}], retry_max_s=16), 300000)
    long = [ms for ms in pauses if ms > 250]
    for ms, seconds in zip(long, (2, 4, 8, 16, 16, 16)):
        assert 1000 * seconds <= ms <= 1256 * seconds, long
    assert len(set(long[3:])) > 1, long


def test_what_status_says_of_the_last_try_is_not_believed():
    class Stale(Radio):
        def connect(self, ssid, key=None, bssid=None):
            self.calls.append((ssid, key, bssid))

    radio = Stale()
    radio.now = network.STAT_WRONG_PASSWORD
    module = make(radio, [{"ssid": "home"}], {"home": KEY})
    let(module, 5000)
    assert module.events == []
    radio.now = network.STAT_GOT_IP
    let(module, 1000)
    assert [name for name, _ in module.events] == ["wlan.connected"]


def test_a_try_that_comes_to_nothing_ends():
    class Silent(Radio):
        def connect(self, ssid, key=None, bssid=None):
            self.now = network.STAT_CONNECTING

    module = make(Silent(), [{"ssid": "home"}], timeout_s=5)
    let(module, 5500)
    assert module.events == [("wlan.failed", {"ssid": "home", "reason": "no answer"})]


def test_after_a_loss_the_same_one_first_and_then_a_scan():
    radio = Radio([point("a", 1, -40), point("b", 2, -80)], {"a": KEY, "b": KEY})
    module = make(radio, [{"ssid": "a"}, {"ssid": "b"}], {"a": KEY, "b": KEY})
    let(module, 3000)
    radio.now = network.STAT_IDLE
    del radio.keys["a"]
    radio.points = [point("b", 2, -80)]
    let(module, 10000)
    assert tries(radio) == ["a", "a", "b"]
    assert radio.scans == 2
    assert ("wlan.disconnected", {"ssid": "a"}) in module.events
    assert module.known == {"ssid": "b"}


def roam(rssi, other, **changes):
    radio = Radio([point("a", 1, -40), point("b", 2, -80)], {"a": KEY, "b": KEY})
    module = make(radio, [{"ssid": "a"}, {"ssid": "b"}], {"a": KEY, "b": KEY}, **changes)
    let(module, 3000)
    radio.rssi = rssi
    radio.points = [point("a", 1, rssi), point("b", 2, other)]
    let(module, 200000)
    return radio


def test_a_clearly_stronger_one_is_taken():
    assert tries(roam(-80, -60)) == ["a", "b"]


def test_one_that_is_hardly_stronger_is_not_and_scans_are_rare():
    radio = roam(-80, -75)
    assert tries(radio) == ["a"]
    assert radio.scans == 2


def test_with_a_good_signal_there_is_no_scan():
    assert roam(-60, -30).scans == 1


def test_a_fixed_address():
    radio = Radio(keys={"home": None})
    let(make(radio, [{"ssid": "home", "ip": "10.0.0.5/16", "gateway": "10.0.0.1"}]), 1000)
    assert radio.ip == ("10.0.0.5", 16, "10.0.0.1", "10.0.0.1")


def test_mistakes_in_the_list_are_named_and_the_rest_is_used():
    known = [
        "home",
        {"ssid": ""},
        {"ssid": "a", "ip": "10.0.0"},
        {"ssid": "a", "bssid": "02:00"},
        {"ssid": "a", "priority": True},
        {"ssid": "a", "colour": "red"},
        {"ssid": "good"},
    ]
    module = make(Radio(), known, {"good": "short"})
    assert module.values["networks"] == [{"ssid": "good"}]
    lines = [line[3] for line in log.tail(7)]
    assert lines[0].startswith("etc/wlan.json: networks[0]: expected an object"), lines
    for line, word in zip(lines[1:], ("ssid", "ip", "bssid", "priority", "colour", "'good'")):
        assert word in line, line


def test_without_networks_the_station_is_left_alone():
    radio = Radio()
    module = make(radio, [])
    assert let(module, 1000) == [] and module.fiber is None
    module.stop()
    assert radio.calls == []


def test_its_own_pin_on_an_access_point():
    radio = Radio(keys={"home": None})
    let(make(radio, [{"ssid": "home", "bssid": "02:00:00:00:00:2a"}]), 1000)
    assert radio.calls[0] == ("home", None, bytes([2, 0, 0, 0, 0, 42]))
