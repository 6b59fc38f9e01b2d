"""SD cards that come and go."""

from check import raises
from fake_machine import Board
from modcore import log


class Card:
    made = None
    present = True
    open = False

    def __init__(self, **arguments):
        Card.made = arguments
        if not Card.present:
            raise OSError(16)
        Card.open = True

    def readblocks(self, number, buffer):
        return Card.present

    def deinit(self):
        Card.open = False


class FileSystems:
    """Stands for `os`."""

    def __init__(self):
        self.mounted = {}
        self.broken = False

    def mount(self, card, path):
        if self.broken:
            raise OSError(19)
        self.mounted[path] = card

    def umount(self, path):
        del self.mounted[path]


def board(present=True, broken=False, **values):
    desk = Board("sdcard", "SdCard")
    desk.machine.SDCard = Card
    desk.python.os = desk.os = FileSystems()
    desk.os.broken = broken
    Card.present = present
    Card.open = False
    log.console.held = True
    desk.start(**values)
    desk.spawn(desk.module.run)
    desk.run(0)
    return desk


def test_a_card_is_mounted_at_the_start_and_umounted_at_the_end():
    desk = board(path="/card", slot=2, cs=5, freq_khz=1000)
    assert Card.made == {"slot": 2, "width": 1, "freq": 1000000, "cs": 5}
    assert "/card" in desk.os.mounted
    desk.module.stop()
    assert desk.os.mounted == {} and not Card.open
    assert desk.fired == [("sdcard.mounted", "/card"), ("sdcard.unmounted", "/card")]


def test_the_device_runs_without_a_card_and_takes_one_later():
    desk = board(present=False)
    assert not desk.module.mounted
    desk.run(9999)
    Card.present = True
    assert desk.fired == []
    desk.run(1)
    assert desk.module.mounted
    assert desk.names() == ["sdcard.mounted"]


def test_a_card_that_is_taken_out_is_let_go():
    desk = board()
    Card.present = False
    desk.run(10000)
    assert not desk.module.mounted and not Card.open and desk.os.mounted == {}
    Card.present = True
    desk.run(10000)
    assert desk.names() == ["sdcard.mounted", "sdcard.unmounted", "sdcard.mounted"]


def test_a_card_without_a_file_system_is_let_go():
    desk = board(broken=True)
    assert not desk.module.mounted and not Card.open
    desk.os.broken = False
    desk.run(10000)
    assert desk.module.mounted


def test_events():
    desk = board()
    assert desk.event("sdcard", ("umount",)) is False
    desk.run(60000)  # it stays out until the user says so
    assert not desk.module.mounted
    assert desk.event("sdcard", ("mount",)) is True
    assert desk.event("sdcard", ("mount",)) is True
    assert desk.event("sdcard", ("format",)) is None
    assert desk.event("sdcard") is None
    assert desk.names() == ["sdcard.mounted", "sdcard.unmounted", "sdcard.mounted"]


def test_no_interval_no_looking():
    desk = board(present=False, interval_s=0)
    Card.present = True
    desk.run(100000)
    assert not desk.module.mounted
    assert desk.idle()


def test_another_kind_of_card():
    desk = board()
    desk.module.stop()
    other = Card()
    desk.module.block_device = lambda values: other
    desk.module.start()
    assert desk.os.mounted == {"/sd": other}


def test_a_pin_that_cannot_be_is_an_error():
    class Wrong:
        def __init__(self, **arguments):
            raise ValueError("invalid pin")

    desk = board(present=False)
    desk.machine.SDCard = Wrong
    assert raises(ValueError, desk.module.mount_card)


def test_zz_the_console_is_let_go():
    log.console.held = False
