// Which app slot boots: Espressif's otadata partition, with rollback.
//
// Two sectors hold one entry each. The valid entry with the greater sequence number is the active
// one, and (sequence - 1) modulo the number of slots is the slot it selects. A change is written
// over the entry that is not active, so that losing power leaves the old choice. A new choice is
// NEW; the boot loader starts it once as PENDING_VERIFY; the app confirms itself (VALID), or the
// next boot takes it for failed (ABORTED) and goes back to the other entry.
//
// ESP-IDF, API Reference, Over The Air Updates; the boot loader with
// CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE.

#ifndef HOST_CHIP_OTADATA_H
#define HOST_CHIP_OTADATA_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"
#include "flash.h"
#include "partition_table.h"

enum ota_state {
    OTA_STATE_NEW = 0,
    OTA_STATE_PENDING_VERIFY = 1,
    OTA_STATE_VALID = 2,
    OTA_STATE_INVALID = 3,
    OTA_STATE_ABORTED = 4,
};

typedef struct {
    uint32_t sequence;
    uint32_t state; // enum ota_state
    uint32_t crc;   // of the sequence number alone
} ota_entry_t;

typedef struct {
    flash_t *flash;
    const partition_t *partition;
    uint32_t slot_count;
    ota_entry_t entries[2];
} otadata_t;

// The checksum that belongs to a sequence number.
uint32_t otadata_crc(uint32_t sequence);

// Reads both entries. ESP_ERR_NOT_FOUND: the table has no otadata partition, or no app slot.
esp_err_t otadata_read(otadata_t *otadata, flash_t *flash, const partition_table_t *table);

// The active entry, 0 or 1; -1 when there is none.
int otadata_active(const otadata_t *otadata);

// The slot that the active entry selects, 0 when there is none.
uint32_t otadata_selected_slot(const otadata_t *otadata);

// What the boot loader does with the states before it starts an app: a slot that is still
// PENDING_VERIFY is ABORTED, then the selected one, when NEW, becomes PENDING_VERIFY.
// Returns the slot to start.
uint32_t otadata_begin_boot(otadata_t *otadata);

// The boot loader starts this slot. On a chip that was never updated it writes the first entry.
void otadata_confirm_first_boot(otadata_t *otadata, uint32_t slot);

// Selects a slot for the next boot. ESP_ERR_INVALID_ARG: there is no such slot.
esp_err_t otadata_set_boot(otadata_t *otadata, uint32_t slot);

// The running app works: the active entry becomes VALID. ESP_FAIL: there is no active entry.
esp_err_t otadata_mark_valid(otadata_t *otadata);

#endif
