"""Under which address others reach this device."""

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
