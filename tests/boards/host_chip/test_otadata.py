"""Which slot boots: Espressif's otadata with rollback, and losing power while it changes."""

import pytest
from chip_library import (
    ABORTED,
    ESP_ERR_INVALID_ARG,
    ESP_ERR_NOT_FOUND,
    ESP_FAIL,
    ESP_OK,
    INVALID,
    NEW,
    PENDING_VERIFY,
    POWER_CUT,
    TABLE,
    UNDEFINED,
    VALID,
    ota_crc,
    ota_entry,
    partition_table,
)


def boot(chip):
    """What the boot loader does. Returns the slot that it starts."""
    chip.read_otadata()
    slot = chip.lib.probe_begin_boot()
    chip.lib.probe_confirm_first_boot(slot)
    return slot


def test_crc_agrees_with_pythons(chip):
    for sequence in (0, 1, 2, 3, 0x12345678, 0x80000000, 0xFFFFFFFE):
        assert chip.lib.probe_crc(sequence) == ota_crc(sequence)
    # From otadata that Espressif's otatool has written.
    assert chip.lib.probe_crc(1) == 0x4743989A


def test_a_fresh_chip_boots_the_first_slot_and_writes_it_down(chip):
    assert boot(chip) == 0
    assert chip.otadata() == [(1, VALID), None]


@pytest.mark.parametrize(
    ("first", "second", "slot"),
    [
        ((1, VALID), None, 0),
        ((2, VALID), None, 1),
        ((3, VALID), (2, VALID), 0),
        ((3, VALID), (4, VALID), 1),
        ((1, UNDEFINED), (2, UNDEFINED), 1),
        ((1, VALID), (2, ABORTED), 0),
        ((1, VALID), (2, INVALID), 0),
        ((1, ABORTED), (2, INVALID), 0),
        (None, (2, VALID), 1),
        ((0xFFFFFFFE, VALID), (1, VALID), 1),
    ],
)
def test_the_greater_valid_sequence_number_decides(chip, first, second, slot):
    chip.set_otadata(*(ota_entry(*entry) if entry else b"" for entry in (first, second)))
    assert boot(chip) == slot
    assert chip.otadata() == [first, second]


def test_an_entry_with_a_wrong_checksum_does_not_count(chip):
    chip.set_otadata(ota_entry(1, VALID), ota_entry(2, VALID, crc=ota_crc(2) ^ 0x100))
    assert boot(chip) == 0


def test_an_update_that_confirms_itself_stays(chip):
    assert boot(chip) == 0
    assert chip.lib.probe_set_boot(1) == ESP_OK
    assert chip.otadata() == [(1, VALID), (2, NEW)]
    assert boot(chip) == 1
    assert chip.otadata() == [(1, VALID), (2, PENDING_VERIFY)]
    assert chip.lib.probe_mark_valid() == ESP_OK
    assert chip.otadata() == [(1, VALID), (2, VALID)]
    assert boot(chip) == 1


def test_an_update_that_does_not_is_rolled_back(chip):
    boot(chip)
    chip.lib.probe_set_boot(1)
    assert boot(chip) == 1
    assert boot(chip) == 0
    assert chip.otadata() == [(1, VALID), (2, ABORTED)]
    assert boot(chip) == 0


def test_after_a_rollback_the_next_update_works(chip):
    boot(chip)
    chip.lib.probe_set_boot(1)
    boot(chip)
    boot(chip)
    assert chip.lib.probe_set_boot(1) == ESP_OK
    assert chip.otadata() == [(1, VALID), (2, NEW)]
    assert boot(chip) == 1


def test_the_same_slot_may_be_chosen_again(chip):
    chip.set_otadata(ota_entry(3, VALID), ota_entry(2, VALID))
    assert chip.lib.probe_set_boot(0) == ESP_OK
    assert chip.otadata() == [(3, VALID), (3, NEW)]


def test_choices_alternate_between_the_entries(chip):
    boot(chip)
    for count in range(2, 12):
        slot = (count - 1) % 2
        assert chip.lib.probe_set_boot(slot) == ESP_OK
        assert boot(chip) == slot
        assert chip.lib.probe_mark_valid() == ESP_OK
        assert max(chip.otadata())[0] == count


def test_a_slot_that_is_not_there_cannot_be_chosen(chip):
    boot(chip)
    assert chip.lib.probe_set_boot(2) == ESP_ERR_INVALID_ARG
    assert chip.otadata() == [(1, VALID), None]


def test_without_an_active_entry_nothing_can_be_confirmed(chip):
    chip.set_otadata()
    assert chip.lib.probe_mark_valid() == ESP_FAIL


def test_a_table_without_otadata_or_slots_cannot_be_booted(blank_chip):
    for missing in ("otadata", "ota_0"):
        blank_chip.poke(0x8000, partition_table([e for e in TABLE if e[0] != missing]))
        assert blank_chip.lib.probe_read_table() == ESP_OK
        assert blank_chip.lib.probe_read_otadata() == ESP_ERR_NOT_FOUND


def cuts():
    """Every place where writing an entry can lose its power: two operations."""
    for operation in (1, 2):
        yield operation, False, 0
        for seed in range(25):
            yield operation, True, seed


def test_losing_power_while_choosing_leaves_the_old_choice_or_the_new(chip):
    for cut in cuts():
        chip.set_otadata(ota_entry(1, VALID), ota_entry(2, VALID))
        assert chip.cut(lambda: chip.lib.probe_set_boot(0), *cut) == POWER_CUT
        # Unless the entry is complete, the other one still selects slot 1.
        done = chip.otadata()[0] == (3, NEW)
        assert boot(chip) == (0 if done else 1), cut
        assert chip.otadata()[1] == (2, VALID)


def test_losing_power_in_the_boot_loader_leaves_a_slot_that_boots(chip):
    def begin():
        chip.read_otadata()
        chip.lib.probe_begin_boot()

    for cut in cuts():
        chip.set_otadata(ota_entry(1, VALID), ota_entry(2, NEW))
        assert chip.cut(begin, *cut) == POWER_CUT
        assert chip.otadata()[0] == (1, VALID)
        tried = boot(chip)
        confirmed = chip.otadata()[1] == (2, PENDING_VERIFY)
        assert tried == (1 if confirmed else 0), cut
        # Not confirmed by then, the update is given up.
        assert boot(chip) == 0


def test_losing_power_while_confirming_leaves_a_slot_that_boots(chip):
    for cut in cuts():
        chip.set_otadata(ota_entry(1, VALID), ota_entry(2, PENDING_VERIFY))
        assert chip.cut(chip.lib.probe_mark_valid, *cut) == POWER_CUT
        confirmed = chip.otadata()[1] == (2, VALID)
        assert boot(chip) == (1 if confirmed else 0), cut
