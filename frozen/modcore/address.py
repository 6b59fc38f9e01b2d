"""Under which address and name others reach this device."""

import network


def address():
    """The IPv4 address of the first interface that has one, a `str`; with none up, that of the device to itself."""
    for interface in (network.WLAN.IF_STA, network.WLAN.IF_AP):
        wlan = network.WLAN(interface)
        if wlan.active():
            host = wlan.ifconfig()[0]
            if host != "0.0.0.0":
                return host
    return "127.0.0.1"


def named(text):
    """`text` with `$id` replaced by the last three bytes of the station's MAC address, six hexadecimal digits."""
    mac = network.WLAN(network.WLAN.IF_STA).config("mac")
    return text.replace("$id", "%02x%02x%02x" % tuple(mac[3:6]))
