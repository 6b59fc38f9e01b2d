"""What the station needs as long as it is in no network: the list of those that it knows, the choice, and the way in."""

import network

from . import log
from .borrow import borrow
from .port import const, ticks_diff, ticks_ms
from .task import Fiber
from .timer import Timer

_FILE = "etc/wlan.json"
_KEYS = (
    ("ssid", str),
    ("priority", int),
    ("hidden", bool),
    ("bssid", str),
    ("ip", str),
    ("gateway", str),
    ("dns", str),
)
_POLL_MS = const(250)
# ESP32: status() tells how the last try ended until this one comes to something
_STALE_MS = const(10000)
# The pause after a scan that found nothing better, in the steps of 10 s in which the signal is looked at
_WEAK_TIMES = const(3)
_ROAM = const(30)
_ROAM_MAX = const(360)
# Access points tried after one scan
_CANDIDATES_MAX = const(4)
_FLOOR = const(-128)
# How long a key is not tried again that was not taken: the access point may have been busy
_WRONG_S = const(60)
_WRONG_MAX_S = const(3600)
# Each try takes the radio away from the channel of its own access point
_SHARED_S = const(60)
# ESP-IDF's wifi_err_reason_t: what a wrong password may come out as, and a security that does not suit
_REASON_4WAY_HANDSHAKE_TIMEOUT = const(15)
_REASON_HANDSHAKE_TIMEOUT = const(204)
_REASON_SECURITY_FIRST = const(210)
_REASON_SECURITY_LAST = const(211)

_log = log.get("wlan")


def configure(wlan, values):
    """Take the configuration `values`; networks in it that cannot be used are logged and left out."""
    values["networks"] = check(values["networks"], values["keys"])
    wlan.values = values
    wlan.roam_below = values["roam_below"]
    if wlan.wrong:  # what an object has set costs heap, what its class has does not
        wlan.wrong = None


def _read(wlan):
    # What `configure` was given, from the files
    values = wlan.modc.config.load(wlan.name, wlan.schema, wlan.version, wlan.migrate)
    values["networks"] = check(values["networks"], values["keys"])
    return values


def search(wlan, last=None, target=None):
    """Bring the station into a network: the work of a fiber, which ends when it is in one.

    Args:
        last: the network that it was in.
        target: a pair as `candidates` has it that is to be tried first.
    """
    if wlan.values is None:
        wlan.values = _read(wlan)
    values = wlan.values
    if wlan.nic is None:
        wlan.nic = set_up(values)
    roamed = target is not None
    pause_s = 0
    while values["networks"]:
        for known, bssid in candidates(wlan, last, target):
            if (yield from _join(wlan, known, bssid)):
                _stay(wlan, known, roamed)
                return
        roamed = False
        target = None
        if last and len(values["networks"]) > 1:
            last = None
            yield _POLL_MS  # the radio refuses to scan before it has let go
            continue
        pause_s = min(2 * pause_s or 2, values["retry_max_s"])
        yield pause(pause_s)
    wlan.values = wlan.nic = None  # without networks the radio is left alone


def _join(wlan, known, bssid):
    nic = wlan.nic
    nic.disconnect()
    yield _POLL_MS  # on an ESP32 that takes a moment, and connect() fails until then
    before = connect(wlan, known, bssid)
    start = ticks_ms()
    while True:
        yield _POLL_MS
        if nic.isconnected():
            return True
        status = nic.status()
        spent = ticks_diff(ticks_ms(), start)
        if (
            status not in (network.STAT_IDLE, network.STAT_CONNECTING)
            and (status != before or spent >= _STALE_MS)
        ) or spent >= 1000 * wlan.values["timeout_s"]:
            _report(wlan, known, status)
            return False


def _stay(wlan, known, roamed):
    # From here on it is a timer; where it went for a better signal it does not go on at once
    ssid = known["ssid"]
    wlan.known = known
    wlan.values = None
    if wlan.problem:
        wlan.problem = None
    if wlan.wrong:
        wlan.wrong.pop(ssid, None)
    wlan.seconds = 0
    wlan.weak = _WEAK_TIMES - _ROAM if roamed else 0
    wlan.wait = _ROAM
    Timer.start(wlan, 1000)
    ip = wlan.nic.ifconfig()[0]
    _log.info("in %s as %s", ssid, ip)
    wlan.fire("wlan.connected", {"ssid": ssid, "ip": ip})


def check(networks, keys):
    """Those of `networks`, a list from the configuration, that can be used; what is wrong with the others is logged."""
    good = []
    for number, known in enumerate(networks):
        wrong = _wrong(known) if isinstance(known, dict) else "expected an object {…}"
        if wrong:
            _log.error("%s: networks[%d]: %s; left out", _FILE, number, wrong)
        else:
            good.append(known)
    for ssid, key in keys.items():
        if not isinstance(key, str) or not 8 <= len(key) <= 64:
            _log.error("%s: keys: that of %r: expected a text of 8 to 64 letters", _FILE, ssid)
    return good


def _wrong(known):
    for key, value in known.items():
        for name, kind in _KEYS:
            if name == key:
                if type(value) is not kind:
                    return "%s: expected %s, found %r" % (key, kind.__name__, value)
                break
        else:
            return "unknown key %r; known are %s" % (key, ", ".join([row[0] for row in _KEYS]))
    if not 1 <= len(known.get("ssid", "").encode()) <= 32:
        return "ssid: expected a name of 1 to 32 bytes"
    try:
        _bssid(known)
    except ValueError:
        return "bssid: expected a MAC address as 02:00:00:00:00:01, found %r" % known["bssid"]
    try:
        _ifconfig(known)
    except ValueError:
        return "ip, gateway, dns: expected addresses as 192.168.1.5/24, 192.168.1.1, 192.168.1.1"


def _bssid(known):
    text = known.get("bssid")
    if text is None:
        return None
    parts = [int(part, 16) for part in text.split(":")]
    if len(parts) != 6:
        raise ValueError
    return bytes(parts)


def _ifconfig(known):
    # What WLAN.ifconfig() takes, or None for DHCP
    ip = known.get("ip")
    if ip is None:
        return None
    address, bits = (ip + "/24").split("/")[:2]
    gateway = known.get("gateway", "0.0.0.0")
    dns = known.get("dns", gateway)
    for text in (address, gateway, dns):
        parts = [int(part) for part in text.split(".")]
        if len(parts) != 4 or min(parts) < 0 or max(parts) > 255:
            raise ValueError
    if not 1 <= int(bits) <= 30:
        raise ValueError
    return address, int(bits), gateway, dns


def set_up(values):
    """Make the station ready, if there is a network for it; the `network.WLAN`."""
    nic = network.WLAN(network.WLAN.IF_STA)
    if values["country"]:
        network.country(values["country"])
    network.hostname(borrow("address", "named", values["hostname"]))
    if values["networks"]:
        nic.active(True)
        try:
            # The ESP32's first try often fails for nothing; without an end it would never say why
            nic.config(reconnects=2)
        except ValueError:
            pass  # the ESP8266 goes on until it is told to stop
    return nic


def pause(seconds):
    """How long to wait for the next try, milliseconds: `seconds`, or longer while somebody uses the access point.

    Up to a quarter is added, so that devices which have lost one network do not all come back at once.
    """
    from random import getrandbits

    ap = network.WLAN(network.WLAN.IF_AP)
    if ap.active() and ap.isconnected():
        seconds = max(seconds, _SHARED_S)
    return seconds * (1000 + getrandbits(8))


def candidates(wlan, last, target):
    """What to try now, best first: pairs of a known network and a BSSID, or `None` for any.

    Args:
        last: the network that the device was in.
        target: such a pair that was found to be better.
    """
    if target:
        return (target,)
    known = wlan.values["networks"]
    if len(known) == 1:
        last = known[0]
    if last is None:
        ranked = _ranked(wlan, _scan(wlan), _FLOOR)
        if not (ranked or wlan.wrong or wlan.problem):
            wlan.problem = "none of the known networks is within reach"
            _log.warning("%s", wlan.problem)
        return ranked
    return () if refused(wlan.wrong, last["ssid"]) else ((last, _bssid(last)),)


def stronger(wlan):
    """A pair as in `candidates` that is clearly better than the network that it is in, or `None`; then it is long to the next."""
    wlan.weak = _WEAK_TIMES - wlan.wait
    wlan.wait = min(2 * wlan.wait, _ROAM_MAX)
    wlan.values = _read(wlan)
    priority = wlan.known.get("priority", 0)
    floor = wlan.nic.status("rssi") + wlan.values["roam_gain"]
    for other, bssid in _ranked(wlan, _scan(wlan), floor):
        if other.get("priority", 0) >= priority and bssid:
            return other, bssid
    wlan.values = None


def _scan(wlan):
    import gc

    gc.collect()
    try:
        return wlan.nic.scan()
    except (OSError, MemoryError) as exc:
        _log.warning("cannot scan: %r", exc)
        return []


def _ranked(wlan, found, floor):
    ranked = []
    for known in wlan.values["networks"]:
        if refused(wlan.wrong, known["ssid"]):
            continue
        ssid = known["ssid"].encode()
        key = wlan.values["keys"].get(known["ssid"])
        wanted = _bssid(known)
        priority = known.get("priority", 0)
        for name, bssid, _, rssi, security, _ in found:
            # An open one of the same name is not the network that the key is for
            if name == ssid and rssi >= floor and wanted in (None, bssid) and (security or not key):
                ranked.append((priority, rssi, len(ranked), known, bssid))
        if known.get("hidden"):
            ranked.append((priority, _FLOOR, len(ranked), known, wanted))
    ranked.sort(reverse=True)
    return [(row[3], row[4]) for row in ranked[:_CANDIDATES_MAX]]


def refused(wrong, ssid):
    """Whether the key of `ssid` was not taken, and it is too early for another try."""
    entry = wrong and wrong.get(ssid)
    return bool(entry) and ticks_diff(ticks_ms(), entry[0]) < 1000 * entry[1]


def connect(wlan, known, bssid):
    """Begin to connect; what `status()` said before, which on an ESP32 it goes on to say for a while."""
    nic = wlan.nic
    ifconfig = _ifconfig(known)
    if ifconfig:
        nic.ifconfig(ifconfig)
    else:
        nic.ipconfig(dhcp4=True)
    before = nic.status()
    try:
        nic.connect(known["ssid"], wlan.values["keys"].get(known["ssid"]), bssid=bssid)
    except OSError as exc:
        _log.warning("%s: %s", known["ssid"], exc)
    return before


def _report(wlan, known, status):
    ssid = known["ssid"]
    reason = _reason(wlan.nic, status)
    if reason == "wrong password":
        wlan.wrong = wlan.wrong or {}
        wait = 2 * wlan.wrong[ssid][1] if ssid in wlan.wrong else _WRONG_S
        wlan.wrong[ssid] = (ticks_ms(), min(wait, _WRONG_MAX_S))
        _log.error("%s: wrong password; correct %s: keys", ssid, _FILE)
    else:
        _log.warning("%s: %s", ssid, reason)
    wlan.problem = "%s: %s" % (ssid, reason)
    wlan.nic.disconnect()
    wlan.fire("wlan.failed", {"ssid": ssid, "reason": reason})


def leave(wlan, target):
    """Look for another network, `target` first: the one that it was in is gone, or given up for a better one."""
    Timer.stop(wlan)
    known, wlan.known = wlan.known, None
    wlan.nic.disconnect()
    _log.info("left %s", known["ssid"])
    wlan.fire("wlan.disconnected", {"ssid": known["ssid"]})
    wlan.fiber = Fiber(search(wlan, known, target), wlan.name, wlan, wlan.modc.run_ended)


def switch_off(wlan):
    """Switch the radio off, unless it was left alone."""
    wlan.known = None
    if wlan.nic:
        wlan.nic.active(False)
    wlan.nic = None


def status(wlan):
    """See `wlan.Wlan.status`."""
    known = wlan.known
    return {
        "state": "connected" if known else "connecting" if wlan.values else "off",
        "ssid": known and known["ssid"],
        "ip": wlan.nic.ifconfig()[0] if wlan.nic else "0.0.0.0",
        "rssi": wlan.nic.status("rssi") if known and wlan.nic.isconnected() else None,
        "problem": wlan.problem,
    }


def _reason(nic, status):
    if status in (
        network.STAT_WRONG_PASSWORD,
        _REASON_4WAY_HANDSHAKE_TIMEOUT,
        _REASON_HANDSHAKE_TIMEOUT,
    ):
        return "wrong password"
    if status == network.STAT_NO_AP_FOUND:
        return "not within reach"
    if _REASON_SECURITY_FIRST <= status <= _REASON_SECURITY_LAST:
        return "its security does not suit the key"
    try:
        if nic.status("rssi") < 0:
            return "no address; is there a DHCP server?"
    except OSError:
        pass  # the ESP32 has no RSSI outside of a network, the ESP8266 has 31
    if status in (network.STAT_IDLE, network.STAT_CONNECTING):
        return "no answer"
    return "status %d" % status
