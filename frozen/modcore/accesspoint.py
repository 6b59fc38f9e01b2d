"""What `softap` does when the access point comes, goes, or is asked about."""

import network

from . import log
from .borrow import borrow

_log = log.get("softap")


def configure(softap, values):
    """Take the configuration `values`; without a password there will be no access point."""
    if softap.problem:  # what an object has set costs heap, what its class has does not
        softap.problem = None
    softap.after_ms = None
    if values["mode"] == "off":
        return
    if not values["open"] and len(values["key"]) < 8:
        softap.problem = 'key: 8 to 63 letters are needed, or "open": true'
        _log.error("etc/softap.json: %s; the access point stays off", softap.problem)
    elif values["mode"] == "on":
        softap.after_ms = 0
        softap.values = values
    else:
        softap.after_ms = 1000 * values["after_s"]


def switch(softap, on):
    """Switch the access point on or off, in a timer: when that fails, so does the module, which tries again."""
    try:
        (up if on else down)(softap)
    except Exception as exc:
        softap.modc.fail(softap, "access point", exc)


def up(softap):
    """Switch the access point on as `softap` is configured.

    Raises:
        OSError: the radio does not do it.
    """
    values = softap.values or softap.modc.config.load(
        softap.name, softap.schema, softap.version, softap.migrate
    )
    if softap.values:
        softap.values = None
    ssid = borrow("address", "named", values["ssid"])
    ap = network.WLAN(network.WLAN.IF_AP)
    ap.active(True)  # the ports refuse a configuration before
    if values["open"]:
        ap.config(ssid=ssid, security=network.WLAN.SEC_OPEN)
    else:
        ap.config(ssid=ssid, key=values["key"], security=network.WLAN.SEC_WPA2)
    ap.config(hidden=values["hidden"])
    try:
        if not network.WLAN(network.WLAN.IF_STA).isconnected():
            ap.config(channel=values["channel"])
        ap.config(max_clients=values["max_clients"])
    except ValueError:
        pass  # the ESP8266 has room for 4, and is not asked
    softap.is_up = True
    ip = ap.ifconfig()[0]
    if values["captive"]:
        from .dns import Responder

        softap.dns = Responder(ip, values["dns_port"])
    _log.info("up: %s at %s", ssid, ip)
    softap.fire("softap.up", {"ssid": ssid, "ip": ip})


def down(softap):
    """Switch it off."""
    softap.is_up = False
    if softap.dns:
        softap.dns.close()
        softap.dns = None
    network.WLAN(network.WLAN.IF_AP).active(False)
    _log.info("down")
    softap.fire("softap.down")


def status(softap):
    """See `softap.SoftAp.status`."""
    ap = network.WLAN(network.WLAN.IF_AP)
    is_up = softap.is_up
    return {
        "up": is_up,
        "ssid": ap.config("ssid") if is_up else None,
        "ip": ap.ifconfig()[0] if is_up else None,
        "clients": len(ap.status("stations")) if is_up else 0,
        "problem": softap.problem,
    }
