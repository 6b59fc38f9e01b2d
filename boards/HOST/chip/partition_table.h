// Espressif's partition table (ESP-IDF, API Guides, Partition Tables).

#ifndef HOST_CHIP_PARTITION_TABLE_H
#define HOST_CHIP_PARTITION_TABLE_H

#include <stdint.h>

#include "esp_err.h"
#include "flash.h"
#include "partition.h"

#define PARTITION_TABLE_ADDRESS (0x8000)
#define PARTITION_TABLE_SIZE (0xc00)
#define PARTITION_MAX (PARTITION_TABLE_SIZE / 32 - 1)

#define PARTITION_TYPE_APP (0x00)
#define PARTITION_TYPE_DATA (0x01)

#define PARTITION_SUBTYPE_FACTORY (0x00)
#define PARTITION_SUBTYPE_OTA_0 (0x10)
#define PARTITION_OTA_MAX (16)
#define PARTITION_SUBTYPE_OTADATA (0x00)
#define PARTITION_SUBTYPE_ANY (0xff)

typedef struct {
    uint32_t count;
    partition_t entries[PARTITION_MAX];
} partition_table_t;

// Reads the table at PARTITION_TABLE_ADDRESS. ESP_ERR_NOT_FOUND: there is none.
// ESP_ERR_INVALID_STATE: it is damaged. ESP_ERR_INVALID_SIZE: an entry leaves the chip.
esp_err_t partition_table_read(const flash_t *flash, partition_table_t *table);

// The first match behind `after` (NULL: the first of all), or NULL. PARTITION_SUBTYPE_ANY and
// a label of NULL match everything.
const partition_t *partition_find(const partition_table_t *table, uint8_t type, uint8_t subtype,
                                  const char *label, const partition_t *after);

// App slot N (ota_N), or NULL.
const partition_t *partition_ota_slot(const partition_table_t *table, uint32_t slot);

// The number of app slots: ota_0, ota_1, … without a gap.
uint32_t partition_ota_count(const partition_table_t *table);

#endif
