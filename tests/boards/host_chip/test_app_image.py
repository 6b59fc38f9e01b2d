"""Which app images are started."""

import ctypes
import random
import struct

from chip_library import SLOT, SLOT_SIZE, app_image

PROGRAM = random.Random(3).randbytes(1000)


def verify(chip, image, slot=0):
    """The reason for a refusal, or None and what was found."""
    chip.poke(SLOT[slot], image)
    fields = (ctypes.c_uint32 * 3)()
    fault = chip.lib.probe_verify(slot, fields)
    return fault.decode() if fault else None, tuple(fields)


def test_a_good_image_gives_its_program(chip):
    image = app_image(PROGRAM)
    for slot in (0, 1):
        fault, (address, length, total) = verify(chip, image, slot)
        assert fault is None
        assert chip.peek(address, length) == PROGRAM
        assert total == len(image)


def test_further_segments_are_allowed(chip):
    image = app_image(None, segments=(bytes(256), PROGRAM, b"more", b""))
    fault, (address, length, total) = verify(chip, image)
    assert fault is None
    assert chip.peek(address, length) == PROGRAM
    assert total == len(image)


def test_the_checksum_may_stand_anywhere_in_sixteen(chip):
    for length in range(0, 20, 4):
        assert verify(chip, app_image(bytes(length)))[0] is None


def test_any_changed_bit_is_noticed(chip):
    image = app_image(PROGRAM)
    for bit in range(0, len(image) * 8, 3):
        damaged = bytearray(image)
        damaged[bit // 8] ^= 1 << bit % 8
        assert verify(chip, damaged)[0] is not None, bit


def test_a_cut_off_image_is_refused(chip):
    image = app_image(PROGRAM)
    for length in range(0, len(image), 7):
        damaged = image[:length].ljust(len(image), b"\xff")
        assert verify(chip, damaged)[0] is not None, length


def test_a_real_chips_app_is_refused(chip):
    assert verify(chip, app_image(PROGRAM, chip_id=0))[0] == "the app is for another chip"


def test_a_blank_slot_holds_no_app(chip):
    assert verify(chip, b"")[0] == "there is no app in it"


def test_an_image_without_a_program_is_refused(chip):
    assert verify(chip, app_image(None, segments=(bytes(256),)))[0] is not None


def test_an_image_fits_its_slot_exactly_or_is_refused(chip):
    overhead = len(app_image(bytes(4))) - 4
    room = (SLOT_SIZE - overhead) & ~15
    largest = next(n for n in range(room + 16, 0, -4) if len(app_image(bytes(n))) <= SLOT_SIZE)
    assert verify(chip, app_image(bytes(largest)))[0] is None
    image = app_image(bytes(largest + 16))
    assert len(image) > SLOT_SIZE
    assert verify(chip, image)[0] is not None


def test_lengths_that_lie_do_no_harm(chip):
    source = random.Random(4)
    image = app_image(PROGRAM)
    for _ in range(300):
        damaged = bytearray(image)
        length = source.choice([source.getrandbits(32), 0xFFFFFFFF, 0xFFFFFFFC, SLOT_SIZE, 4])
        struct.pack_into("<I", damaged, source.choice([28, 28 + 8 + 256]), length)
        damaged[1] = source.choice([0, 1, 2, 3, 16, 17, 255])
        assert verify(chip, damaged)[0] is not None
