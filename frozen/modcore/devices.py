"""The device modules: each is there as soon as `etc/` has its file."""

import os

from . import log

# Module, the file of modcore it is in, its class; in the order of starting. Outputs come first, so that they stop last.
_MODULES = (
    ("power", "power", "Power"),
    ("watchdog", "watchdog", "Watchdog"),
    ("pin", "pin", "Pin"),
    ("wlan", "wlan", "Wlan"),
    ("softap", "softap", "SoftAp"),
    ("ntp", "ntp", "Ntp"),
    ("interval", "interval", "Interval"),
    ("timeout", "timeout", "Timeout"),
    ("alarm", "alarm", "Alarm"),
    ("button", "button", "Button"),
    ("counter", "counter", "Counter"),
    ("adc", "adc", "Adc"),
    ("sdcard", "sdcard", "SdCard"),
    ("gc", "collector", "Collector"),
    ("metrics", "metrics", "Metrics"),
    ("webrepl", "webrepl", "WebRepl"),
)


def add(modc, names=None):
    """Add to `modc` the device modules that its configuration has a file for.

    Args:
        names: only these, a tuple.
    """
    files = _files(modc.config.user) | _files(modc.config.factory)
    for name, file, kind in _MODULES:
        if name + ".json" in files and (names is None or name in names):
            try:
                module = __import__("modcore." + file, None, None, (kind,))
            except ImportError:
                log.get("modcore").error("etc/%s.json: this firmware has no module %s", name, name)
                continue
            modc.add(getattr(module, kind)())


def has(modc, names):
    """Whether the user's folder has one of the files `names`."""
    files = _files(modc.config.user)
    return any(name in files for name in names)


def _files(folder):
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()
