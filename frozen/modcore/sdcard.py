"""An SD card in the file system."""

import os

import machine

from . import log
from .module import Module

_PINS = ("sck", "miso", "mosi", "cs", "cd", "wp")

_log = log.get("sdcard")


class SdCard(Module):
    """Mounts the card when there is one; `schema` is `etc/sdcard.json`.

    Fires `sdcard.mounted` and `sdcard.unmounted` with the path. The event `sdcard` with `("umount",)` lets the user take the
    card out, with `("mount",)` mounts it again; both answer whether it is mounted. Without a card the device runs as well.
    """

    name = "sdcard"
    subscribe = ("sdcard",)
    schema = (
        ("path", "str", "/sd", (2, 32), "Where it is mounted"),
        ("slot", "int", 1, (0, 3), "1: the SD host of an ESP32, 2 and 3: its SPI"),
        ("width", "int", 1, (1, 8), "Data lines"),
        ("sck", "int", -1, (-1, 99), "GPIO of the SPI clock; -1: the slot's own, here and below"),
        ("miso", "int", -1, (-1, 99), "GPIO of the card's output"),
        ("mosi", "int", -1, (-1, 99), "GPIO of the card's input"),
        ("cs", "int", -1, (-1, 99), "GPIO of the chip select"),
        ("cd", "int", -1, (-1, 99), "GPIO of the card detect switch"),
        ("wp", "int", -1, (-1, 99), "GPIO of the write protect switch"),
        ("freq_khz", "int", 20000, (100, 80000), "Clock"),
        (
            "interval_s",
            "int",
            10,
            (0, 3600),
            "Time between two looks for the card; 0: at the start only",
        ),
    )
    _card = None
    _wanted = True

    def config(self, values):
        self._values = values
        self.path = values["path"]

    @property
    def mounted(self):
        """Whether the card is there."""
        return self._card is not None

    def block_device(self, values):
        """The card as `vfs.AbstractBlockDev`; override it for another kind of card.

        Raises:
            OSError: there is no card.
        """
        pins = {name: values[name] for name in _PINS if values[name] >= 0}
        slot, width, freq = values["slot"], values["width"], values["freq_khz"] * 1000
        if not hasattr(machine, "SDCard"):
            raise OSError(
                "etc/sdcard.json: this chip has no interface for SD cards; remove the file"
            )
        return machine.SDCard(slot=slot, width=width, freq=freq, **pins)

    def start(self):
        self._wanted = True
        if not self.mount_card():
            _log.info("no card")

    def stop(self):
        self.umount_card()

    def run(self):
        while self._values["interval_s"]:
            yield self._values["interval_s"] * 1000
            if self._card is not None:
                if not self._answers():
                    _log.warning("the card is gone; was it taken out without umount?")
                    self.umount_card()
            elif self._wanted:
                self.mount_card()

    def mount_card(self):
        """Look for the card and mount it; whether it is mounted."""
        if self._card is not None:
            return True
        card = None
        try:
            card = self.block_device(self._values)
            os.mount(card, self.path)
        except OSError:
            if card is not None:
                _close(card)
            return False
        self._card = card
        _log.info("mounted at %s", self.path)
        self.fire("sdcard.mounted", self.path)
        return True

    def umount_card(self):
        """Write what is left to write and let go of the card."""
        card = self._card
        if card is None:
            return
        self._card = None
        try:
            os.umount(self.path)
        except OSError as exc:
            _log.warning("umount %s: %s", self.path, exc)
        _close(card)
        self.fire("sdcard.unmounted", self.path)

    def _answers(self):
        try:
            return self._card.readblocks(0, bytearray(512)) is not False
        except OSError:
            return False

    def on_event(self, event):
        action = event.data[0] if event.data else None
        if action not in ("mount", "umount"):
            _log.error("event sdcard %r: expected mount or umount", event.data)
            return None
        self._wanted = action == "mount"
        if self._wanted:
            self.mount_card()
        else:
            self.umount_card()
        return self._card is not None


def _close(card):
    if hasattr(card, "deinit"):
        card.deinit()
