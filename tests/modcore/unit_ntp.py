"""`ntp`: which server it asks when, and what it makes of the answers."""

from modcore import clock, discipline, log, question
from modcore.ntp import Ntp
from modcore.sntp import Kiss


class Device:
    """A controller, a network of servers and a timer that only notes for when it was set."""

    def __init__(self, answers, interval_s=3600, **values):
        self.answers = answers
        self.modules = {}
        self.events = self
        self.fired = []
        self.asked = []
        self.online = True
        self.ntp = ntp = Ntp()
        ntp.name = "ntp"
        ntp.modc = self
        ntp.init()
        ntp._poll = Noted(ntp._ask)
        ntp._slew = Noted(ntp.follow)
        given = {key: default for key, _, default, _, _ in ntp.schema}
        given.update(values, servers=sorted(answers), interval_s=interval_s)
        ntp.config(given)
        ntp.start()
        ntp.state = "running"

    def __enter__(self):
        log.console.held = True
        self._saved = discipline.correct, discipline.follow
        self._asked = question.online, question.resolve, question.Question
        discipline.correct = lambda seconds, ms, step_ms: (
            seconds * 1000 + ms,
            seconds * 1000 + ms > step_ms,
        )
        discipline.follow = lambda: None
        question.online = lambda modc: modc.online
        question.resolve = lambda server: server
        question.Question = self._question
        return self

    def __exit__(self, *exc):
        log.console.held = False
        discipline.correct, discipline.follow = self._saved
        question.online, question.resolve, question.Question = self._asked
        clock.zone = None

    def _question(self, ntp):
        server = ntp.servers[0]
        self.asked.append(server)
        assert ntp.address == server
        answer = self.answers[server]
        if isinstance(answer, Exception):
            raise answer
        question.answered(ntp, *answer)

    def fire(self, name, data=None, source=None):
        self.fired.append((name, data))

    def poll(self, times=1):
        """Let its timer ring; for how many seconds it was set then, each time."""
        waits = []
        for _ in range(times):
            self.ntp._poll.ms = None
            self.ntp._poll.ring()
            ms = self.ntp._poll.ms
            waits.append(ms and ms // 1000)
        return waits


class Noted:
    def __init__(self, ring):
        self.ring = ring
        self.ms = None

    def start(self, ms):
        self.ms = ms

    def stop(self):
        self.ms = None


def test_it_asks_at_once_and_then_at_the_interval():
    with Device({"a": (30, 0, 20)}) as device:
        assert device.ntp._poll.ms == 0
        assert not device.ntp.synchronised
        assert device.poll(3) == [3600] * 3
        assert device.ntp.synchronised
        assert device.asked == ["a"] * 3
        assert device.fired[-1] == (
            "ntp",
            {"offset_ms": 20, "step": False, "delay_ms": 30, "server": "a"},
        )


def test_failures_go_round_and_slow_down():
    servers = {"a": OSError(-2), "b": ValueError("no answer"), "c": OSError(113)}
    with Device(servers, interval_s=100) as device:
        assert device.poll(7) == [4, 8, 16, 32, 64, 100, 100]
        assert device.asked == ["a", "b", "c", "a", "b", "c", "a"]
        servers["b"] = (30, 0, 0)
        assert device.poll(2) == [100, 100]
        assert device.asked[-2:] == ["b", "b"]  # it stays with one that answers
        servers["b"] = OSError(113)
        assert device.poll(2) == [4, 8]


def test_the_kiss_of_death():
    servers = {"a": Kiss("RATE"), "b": Kiss("DENY"), "c": Kiss("RSTR")}
    with Device(servers, interval_s=100) as device:
        assert device.poll() == [100]  # back off; and ask another
        assert device.poll(2) == [200, 400]
        assert device.asked == ["a", "b", "c"]
        assert device.poll(3) == [800, 1600, 3200]
        assert device.asked[3:] == ["a", "a", "a"]  # the others are not asked again
        assert device.poll(10)[-1] == 86400
        servers["a"] = (30, 0, 0)
        assert device.poll() == [100]
    with Device({"a": Kiss("DENY")}) as device:
        assert device.poll(2) == [None, None]
        assert device.asked == ["a"]


def test_when_there_is_no_room_it_tries_again():
    def full(*args):
        raise MemoryError

    with Device({"a": (30, 0, 20)}) as device:
        ask, question.ask = question.ask, full
        try:
            assert device.poll(2) == [15, 15]
        finally:
            question.ask = ask
        discipline.follow = full
        assert device.poll() == [3600]
        assert device.ntp._slew.ms == 15000
        discipline.follow = lambda: None
        device.ntp._slew.ms = None
        device.ntp._slew.ring()
        assert device.ntp._slew.ms is None


def test_the_network_comes_up():
    with Device({"a": (30, 0, 0)}) as device:
        device.online = False
        assert device.poll() == [None]
        assert device.asked == []
        device.online = True
        device.ntp.on_event(None)
        assert device.ntp._poll.ms == 0
        assert device.poll() == [3600]


def test_without_servers_there_is_a_zone_still():
    with Device({}, tz="CET-1CEST,M3.5.0,M10.5.0/3") as device:
        assert device.poll() == [None]
        assert clock.zone == "CET-1CEST,M3.5.0,M10.5.0/3"
        assert device.fired == [("ntp.zone", "CET-1CEST,M3.5.0,M10.5.0/3")]


def test_a_wrong_zone_is_said_and_changes_nothing():
    with Device({}, tz="AAA-1") as device:
        values = {key: default for key, _, default, _, _ in Ntp.schema}
        values.update(servers=["a", 5, ""], tz="CET-1CEST,M13.1.0,1")
        device.ntp.config(values)
        assert clock.zone == "AAA-1"
        text = "".join([line[3] for line in log.tail(2)])
        assert "ntp.json: tz: time zone 'CET-1CEST,M13.1.0,1': start of summer time: month" in text
        assert "keeping AAA-1" in text
        assert "ntp.json: servers: expected names, found" in text
        assert device.ntp.servers == ["a"]


def test_where_a_server_is():
    addresses = []

    class Socket:
        SOCK_DGRAM = 2

        def getaddrinfo(host, port, family, kind):
            addresses.append((host, port, family, kind))
            return [(2, 2, 0, "", ("192.0.2.1", port))]

    saved = question.socket
    question.socket = Socket
    try:
        assert question.resolve("pool.ntp.org") == ("192.0.2.1", 123)
        assert question.resolve("192.0.2.1:1123") == ("192.0.2.1", 1123)
    finally:
        question.socket = saved
    assert addresses[0] == ("pool.ntp.org", 123, 0, 2)
