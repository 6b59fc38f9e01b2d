"""The rules of NOR flash, and what losing power leaves behind."""

import ctypes
import os
import random

import pytest
from chip_library import (
    ESP_ERR_INVALID_ARG,
    ESP_ERR_INVALID_SIZE,
    ESP_OK,
    PAGE,
    POWER_CUT,
    SECTOR,
    SIZE,
)


class Model:
    """What a flash chip does, in a few lines of Python."""

    def __init__(self):
        self.content = bytearray(b"\xff" * SIZE)
        self.operations = []

    def program(self, address, data):
        for offset, byte in enumerate(data):
            self.content[address + offset] &= byte
        first = address // PAGE
        last = (address + len(data) - 1) // PAGE
        self.operations += [("program", page * PAGE) for page in range(first, last + 1)]

    def erase(self, address, length):
        self.content[address : address + length] = b"\xff" * length
        self.operations += [("erase", a) for a in range(address, address + length, SECTOR)]


def random_steps(seed, count):
    """Programs and erases in a few sectors, so that they meet."""
    source = random.Random(seed)
    for _ in range(count):
        if source.random() < 0.2:
            address = source.randrange(4) * SECTOR
            yield "erase", address, source.randrange(1, 3) * SECTOR
        else:
            yield (
                "program",
                source.randrange(4 * SECTOR),
                source.randbytes(source.randrange(1, 700)),
            )


def test_it_does_what_the_model_does(blank_chip):
    model = Model()
    for name, address, argument in random_steps(1, 300):
        if name == "erase":
            assert blank_chip.lib.probe_erase(address, argument) == ESP_OK
            model.erase(address, argument)
        else:
            assert blank_chip.lib.probe_program(address, argument, len(argument)) == ESP_OK
            model.program(address, argument)
    assert blank_chip.peek() == model.content
    assert blank_chip.lib.probe_operations() == len(model.operations)


def test_programming_only_clears_bits(blank_chip):
    blank_chip.lib.probe_program(10, b"\x0f\xf0", 2)
    blank_chip.lib.probe_program(10, b"\xff\x3c", 2)
    assert blank_chip.peek(9, 4) == b"\xff\x0f\x30\xff"


def test_reading_gives_what_is_there(blank_chip):
    blank_chip.poke(SIZE - 4, b"last")
    buffer = ctypes.create_string_buffer(4)
    assert blank_chip.lib.probe_read(SIZE - 4, buffer, 4) == ESP_OK
    assert buffer.raw == b"last"


@pytest.mark.parametrize(
    ("address", "length"), [(SIZE, 1), (SIZE - 1, 2), (0xFFFFFFFF, 2), (1, 0xFFFFFFFF)]
)
def test_nothing_is_beyond_the_end(blank_chip, address, length):
    buffer = ctypes.create_string_buffer(2)
    assert blank_chip.lib.probe_read(address, buffer, length) == ESP_ERR_INVALID_SIZE
    assert blank_chip.lib.probe_program(address, buffer, length) == ESP_ERR_INVALID_SIZE
    assert blank_chip.peek() == b"\xff" * SIZE


@pytest.mark.parametrize(
    ("address", "length", "error"),
    [
        (1, SECTOR, ESP_ERR_INVALID_ARG),
        (0, SECTOR - 1, ESP_ERR_INVALID_SIZE),
        (SIZE, SECTOR, ESP_ERR_INVALID_SIZE),
        (SIZE - SECTOR, 2 * SECTOR, ESP_ERR_INVALID_SIZE),
    ],
)
def test_only_whole_sectors_are_erased(blank_chip, address, length, error):
    assert blank_chip.lib.probe_erase(address, length) == error
    assert blank_chip.lib.probe_operations() == 0


def test_the_file_keeps_the_size_of_the_chip(blank_chip):
    os.ftruncate(blank_chip.fd, SIZE - 1)
    assert blank_chip.lib.probe_open(blank_chip.fd) == ESP_ERR_INVALID_SIZE


def test_a_cut_before_an_operation_leaves_nothing_of_it(blank_chip):
    data = bytes(range(256)) * 3

    def action():
        blank_chip.lib.probe_program(0x80, data, len(data))
        blank_chip.lib.probe_erase(0, SECTOR)

    # Pages 0x80-0xff, 0x100, 0x200, 0x300-0x37f; then the sector.
    for operation in range(1, 6):
        blank_chip.reset()
        assert blank_chip.cut(action, operation) == POWER_CUT
        done = max(0, (operation - 1) * PAGE - 0x80) if operation < 5 else len(data)
        assert blank_chip.peek(0, SECTOR) == (b"\xff" * 0x80 + data[:done]).ljust(SECTOR, b"\xff")
    blank_chip.reset()
    assert blank_chip.cut(action, 6) == 0
    assert blank_chip.peek() == b"\xff" * SIZE


def test_a_cut_inside_programming_leaves_a_prefix(blank_chip):
    data = bytes(PAGE)
    lengths = set()
    for seed in range(40):
        blank_chip.reset()
        status = blank_chip.cut(lambda: blank_chip.lib.probe_program(0, data, PAGE), 1, True, seed)
        assert status == POWER_CUT
        after = blank_chip.peek()
        done = len(after) - len(after.lstrip(b"\0"))
        assert done < PAGE or after[:PAGE] == data
        # One byte may be done in part; the rest is as it was.
        assert after[done + 1 :] == b"\xff" * (SIZE - done - 1)
        lengths.add(done)
    assert len(lengths) > 20


def test_a_cut_inside_erasing_loses_no_set_bit_and_touches_one_sector(blank_chip):
    before = random.Random(2).randbytes(2 * SECTOR)
    outcomes = set()
    for seed in range(40):
        blank_chip.reset(before)
        status = blank_chip.cut(lambda: blank_chip.lib.probe_erase(0, 2 * SECTOR), 1, True, seed)
        assert status == POWER_CUT
        after = blank_chip.peek(0, 2 * SECTOR)
        assert after[SECTOR:] == before[SECTOR:]
        assert all(new & old == old for new, old in zip(after, before, strict=True))
        outcomes.add(after)
    assert len(outcomes) == 40


def test_a_seed_decides_what_is_left(blank_chip):
    outcomes = []
    for seed in (7, 7, 8):
        blank_chip.reset()
        blank_chip.cut(lambda: blank_chip.lib.probe_program(0, bytes(PAGE), PAGE), 1, True, seed)
        outcomes.append(blank_chip.peek(0, PAGE))
    assert outcomes[0] == outcomes[1] != outcomes[2]
