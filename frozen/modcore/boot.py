"""A device that does not come up comes up all the same: restarts with back-off, then safe mode.

The firmware calls `begin` before the user's boot.py, and `crashed` with an exception that boot.py or main.py did not
catch. `modcore_main` calls `count` when it starts and `healthy` when everything runs. After three starts that did not
become healthy the fourth is in safe mode: the user's boot.py and main.py and the plugins are passed over, so that the
device can be reached and mended. The next reset tries again.

Safe mode is also entered with a button held at the start, and asked for with `safe_mode`.

After an ordinary start nothing of it stays on the heap: what the functions need to know of each other is retained.
"""

import gc
import sys
import time

import machine

from . import retained
from .borrow import borrow, forget
from .port import const, ticks_diff, ticks_ms

BORROWED = ("retained",)

schema = (
    ("tries", "int", 3, (0, 255), "Starts that do not become healthy before safe mode; 0: never"),
    (
        "button",
        "int",
        -1,
        (-1, 48),
        "Pin of a button that enters safe mode when held at the start; -1: none",
    ),
    ("pressed", "int", 0, (0, 1), "Level of the pin while the button is pressed"),
    ("held_ms", "int", 1000, (0, 60000), "How long it has to be held, ms"),
)

_FILES = ("/etc/boot.json", "/rom/etc/boot.json")
_TRIES = const(3)
_DELAY_MAX = const(60)  # s
_LONG_MS = const(60000)  # what ran that long was no failed start

safe = None  # why this start is in safe mode, a `str`, or `None`
culprit = None  # what ran when the watchdog reset the device before this start, or `None`


def begin():
    """Look at how the starts before went, and choose safe mode or not. Called once, before anything else runs.

    Returns `safe`.
    """
    global safe, culprit
    # Without a record the memory is left as it is: the program may be one that does without modcore
    if retained.get(retained.BOOTS):
        _note(_starts()[0], False, ticks_ms())
    retained.age_exception()
    bitten = machine.reset_cause() == getattr(machine, "WDT_RESET", None)
    safe = _find_reason()
    if safe:
        # The next reset tries again
        retained.put(retained.SAFE, b"")
        healthy()
        _log().warning("safe mode: %s; a reset leaves it", safe)
    elif bitten:
        count()  # it may have hung before the controller could
    if bitten:
        culprit = str(retained.get(retained.BLAME), "utf-8") or None
        _log().error("the watchdog reset the device%s", " in " + culprit if culprit else "")
    retained.put(retained.BLAME, b"")
    last = retained.last_exception()
    if last and last[1] == 1:
        _log().error("before the reset: %s", last[0].replace("\n", " < "))
    if not (safe or culprit):
        _leave()
    return safe


def reason():
    """`safe`, for those who borrow this module."""
    return safe


def count():
    """Count this start as one that did not become healthy, until `healthy` is called. Returns how many there are."""
    starts, counted, began = _starts()
    # Many a device that sleeps most of the time never runs long enough to become healthy
    woken = machine.reset_cause() == getattr(machine, "DEEPSLEEP_RESET", None)
    if not (counted or safe or woken):
        starts = min(starts + 1, 255)
        _note(starts, True, began or ticks_ms())
    return starts


def healthy(*_):
    """Everything runs, or ended as it was asked to: the starts before are forgiven."""
    _, counted, began = _starts()
    _note(0, counted, began)


def safe_mode(*_):
    """Restart in safe mode."""
    retained.put(retained.SAFE, b"asked for")
    machine.reset()


def crashed(exc):
    """Note `exc`, which ended boot.py or main.py, and restart: after 1 s, after a crash again 2 s, up to 60 s.

    Ctrl-C in that time gives the prompt, as it does when `exc` is a `KeyboardInterrupt`.
    """
    if isinstance(exc, KeyboardInterrupt):
        return
    gc.collect()
    delay = _DELAY_MAX
    try:
        if exc is None:
            exc = MemoryError("no memory to keep the exception")
        retained.note(exc)
        began = _starts()[2]
        if began and ticks_diff(ticks_ms(), began) > _LONG_MS:
            healthy()
        delay = min(1 << min(max(count() - 1, 0), 7), delay)
    except Exception as worse:
        sys.print_exception(worse)
    print("boot: restart in %d s; Ctrl-C gives the prompt" % delay)
    try:
        time.sleep(delay)
    except KeyboardInterrupt:
        return
    machine.reset()


def _starts():
    # Starts that did not become healthy; of this one, whether it is among them, and when it began
    value = retained.get(retained.BOOTS)
    if len(value) != 6:
        value = bytes(6)
    return value[0], value[1], int.from_bytes(value[2:], "little")


def _note(starts, counted, began):
    retained.put(retained.BOOTS, bytes((starts, counted)) + began.to_bytes(4, "little"))


def _leave():
    # Where nothing was logged nothing of modcore stays either: the program may be one that does without it
    if "modcore.log" in sys.modules:
        forget("retained")
        forget("boot")
        return
    for name in list(sys.modules):
        if name.split(".")[0] == "modcore":
            del sys.modules[name]
    gc.collect()


def _find_reason():
    asked = retained.get(retained.SAFE)
    if asked:
        return str(asked, "utf-8")
    tries, pin, pressed, held_ms = _settings()
    if pin >= 0 and _held(pin, pressed, held_ms):
        return "the button at pin %d is held" % pin
    starts = _starts()[0]
    if tries and starts >= tries:
        return "%d starts did not become healthy" % starts
    return None


def _settings():
    # Without a file there is no need for Config and its heap
    import os

    for path in _FILES:
        try:
            os.stat(path)
        except OSError:
            continue
        from .config import Config

        values = Config().load("boot", schema)
        return values["tries"], values["button"], values["pressed"], values["held_ms"]
    return _TRIES, -1, 0, 0


def _held(pin, pressed, ms):
    try:
        button = machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)
        return borrow("held", "held", button, ms, pressed)
    except Exception as exc:  # a pin that the chip does not have, or that has no pull-up
        _log().error("etc/boot.json: button: pin %d: %s", pin, exc)
        return False


def _log():
    from . import log

    return log.get("boot")
