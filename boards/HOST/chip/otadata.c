#include "otadata.h"

#include <string.h>

#include "little_endian.h"

#define ENTRY_SIZE (32)
#define ENTRY_STATE (24)
#define ENTRY_CRC (28)
#define SEQUENCE_BLANK (UINT32_MAX)

// CRC-32 (IEEE 802.3), one bit at a time, over the four bytes of the number. Espressif's ROM
// routine is called with all ones and inverts what it is given, so the register starts at zero.
uint32_t otadata_crc(uint32_t sequence) {
    uint32_t crc = sequence;
    for (int i = 0; i < 32; i++) {
        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static uint32_t entry_address(const otadata_t *otadata, int index) {
    return otadata->partition->address + (uint32_t)index * FLASH_SECTOR_SIZE;
}

static void write_entry(otadata_t *otadata, int index, uint32_t sequence, uint32_t state) {
    ota_entry_t *entry = &otadata->entries[index];
    *entry = (ota_entry_t){.sequence = sequence, .state = state, .crc = otadata_crc(sequence)};
    uint8_t raw[ENTRY_SIZE];
    memset(raw, 0xff, sizeof(raw));
    write_u32(raw, entry->sequence);
    write_u32(&raw[ENTRY_STATE], entry->state);
    write_u32(&raw[ENTRY_CRC], entry->crc);
    uint32_t address = entry_address(otadata, index);
    flash_erase(otadata->flash, address, FLASH_SECTOR_SIZE);
    flash_program(otadata->flash, address, raw, sizeof(raw));
}

esp_err_t otadata_read(otadata_t *otadata, flash_t *flash, const partition_table_t *table) {
    otadata->flash = flash;
    otadata->partition =
        partition_find(table, PARTITION_TYPE_DATA, PARTITION_SUBTYPE_OTADATA, NULL, NULL);
    otadata->slot_count = partition_ota_count(table);
    if (otadata->partition == NULL || otadata->slot_count == 0 ||
        otadata->partition->size < 2 * FLASH_SECTOR_SIZE) {
        return ESP_ERR_NOT_FOUND;
    }
    for (int i = 0; i < 2; i++) {
        uint8_t raw[ENTRY_SIZE];
        esp_err_t error = flash_read(flash, entry_address(otadata, i), raw, sizeof(raw));
        if (error != ESP_OK) {
            return error;
        }
        otadata->entries[i] = (ota_entry_t){
            .sequence = read_u32(raw),
            .state = read_u32(&raw[ENTRY_STATE]),
            .crc = read_u32(&raw[ENTRY_CRC]),
        };
    }
    return ESP_OK;
}

static bool is_intact(const ota_entry_t *entry) {
    return entry->sequence != SEQUENCE_BLANK && entry->crc == otadata_crc(entry->sequence);
}

static bool is_bootable(const ota_entry_t *entry) {
    return is_intact(entry) && entry->state != OTA_STATE_INVALID &&
           entry->state != OTA_STATE_ABORTED;
}

int otadata_active(const otadata_t *otadata) {
    const ota_entry_t *entries = otadata->entries;
    bool first = is_bootable(&entries[0]);
    bool second = is_bootable(&entries[1]);
    if (first && second) {
        return entries[0].sequence >= entries[1].sequence ? 0 : 1;
    }
    return first ? 0 : second ? 1 : -1;
}

uint32_t otadata_selected_slot(const otadata_t *otadata) {
    int active = otadata_active(otadata);
    if (active < 0) {
        return 0;
    }
    return (otadata->entries[active].sequence - 1) % otadata->slot_count;
}

uint32_t otadata_begin_boot(otadata_t *otadata) {
    for (int i = 0; i < 2; i++) {
        const ota_entry_t *entry = &otadata->entries[i];
        if (is_intact(entry) && entry->state == OTA_STATE_PENDING_VERIFY) {
            write_entry(otadata, i, entry->sequence, OTA_STATE_ABORTED);
        }
    }
    int active = otadata_active(otadata);
    if (active >= 0 && otadata->entries[active].state == OTA_STATE_NEW) {
        write_entry(otadata, active, otadata->entries[active].sequence, OTA_STATE_PENDING_VERIFY);
    }
    return otadata_selected_slot(otadata);
}

void otadata_confirm_first_boot(otadata_t *otadata, uint32_t slot) {
    if (!is_intact(&otadata->entries[0]) && !is_intact(&otadata->entries[1])) {
        write_entry(otadata, 0, slot + 1, OTA_STATE_VALID);
    }
}

esp_err_t otadata_set_boot(otadata_t *otadata, uint32_t slot) {
    if (slot >= otadata->slot_count) {
        return ESP_ERR_INVALID_ARG;
    }
    int active = otadata_active(otadata);
    if (active < 0) {
        write_entry(otadata, 0, slot + 1, OTA_STATE_NEW);
        return ESP_OK;
    }
    // The next sequence number, from the active one on, that selects this slot.
    uint32_t sequence = otadata->entries[active].sequence;
    while ((sequence - 1) % otadata->slot_count != slot) {
        sequence++;
    }
    write_entry(otadata, 1 - active, sequence, OTA_STATE_NEW);
    return ESP_OK;
}

esp_err_t otadata_mark_valid(otadata_t *otadata) {
    int active = otadata_active(otadata);
    if (active < 0) {
        return ESP_FAIL;
    }
    const ota_entry_t *entry = &otadata->entries[active];
    if (entry->state != OTA_STATE_VALID) {
        write_entry(otadata, active, entry->sequence, OTA_STATE_VALID);
    }
    return ESP_OK;
}
