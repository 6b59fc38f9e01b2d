"""What `softap` does when the access point comes, goes, or is asked about."""

import network

from . import log

_log = log.get("softap")


def refuse(softap):
    """Tell that there will be no access point without a password."""
    softap.problem = 'key: 8 to 63 letters are needed, or "open": true'
    _log.error("etc/softap.json: %s; the access point stays off", softap.problem)


def up(softap):
    """Switch the access point on as `softap` is configured.

    Raises:
        OSError: the radio does not do it.
    """
    from .address import named

    values = softap.values
    ssid = named(values["ssid"])
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
    ip = ap.ifconfig()[0]
    if values["captive"]:
        from .dns import Responder

        softap.dns = Responder(ip, values["dns_port"])
    _log.info("up: %s at %s", ssid, ip)
    softap.fire("softap.up", {"ssid": ssid, "ip": ip})


def down(softap):
    """Switch it off."""
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
