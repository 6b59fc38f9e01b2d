#include "partition_table.h"

#include <stdbool.h>
#include <string.h>

#include "little_endian.h"
#include "md5.h"

#define ENTRY_SIZE (32)
#define ENTRY_MAGIC (0x50aa)
#define MD5_MAGIC (0xebeb)
#define END_MAGIC (0xffff)
// The MD5 sum stands in the second half of its entry.
#define MD5_OFFSET (16)

esp_err_t partition_table_read(const flash_t *flash, partition_table_t *table) {
    uint8_t raw[PARTITION_TABLE_SIZE];
    esp_err_t error = flash_read(flash, PARTITION_TABLE_ADDRESS, raw, sizeof(raw));
    if (error != ESP_OK) {
        return error;
    }
    table->count = 0;
    bool sealed = false;
    for (uint32_t offset = 0; offset < sizeof(raw); offset += ENTRY_SIZE) {
        const uint8_t *entry = &raw[offset];
        uint16_t magic = read_u16(entry);
        if (magic == END_MAGIC) {
            break;
        }
        if (magic == MD5_MAGIC) {
            uint8_t digest[MD5_SIZE];
            md5(raw, offset, digest);
            if (sealed || memcmp(digest, &entry[MD5_OFFSET], MD5_SIZE) != 0) {
                return ESP_ERR_INVALID_STATE;
            }
            sealed = true;
            continue;
        }
        if (magic != ENTRY_MAGIC || sealed || table->count == PARTITION_MAX) {
            return ESP_ERR_INVALID_STATE;
        }
        partition_t *partition = &table->entries[table->count++];
        partition->type = entry[2];
        partition->subtype = entry[3];
        partition->address = read_u32(&entry[4]);
        partition->size = read_u32(&entry[8]);
        memcpy(partition->label, &entry[12], 16);
        partition->label[16] = '\0';
        partition->flags = read_u32(&entry[28]);
        if (partition->address > flash->size ||
            partition->size > flash->size - partition->address) {
            return ESP_ERR_INVALID_SIZE;
        }
    }
    if (table->count == 0) {
        return ESP_ERR_NOT_FOUND;
    }
    return sealed ? ESP_OK : ESP_ERR_INVALID_STATE;
}

const partition_t *partition_find(const partition_table_t *table, uint8_t type, uint8_t subtype,
                                  const char *label, const partition_t *after) {
    const partition_t *end = &table->entries[table->count];
    for (const partition_t *entry = after == NULL ? table->entries : after + 1; entry < end;
         entry++) {
        if (entry->type == type &&
            (subtype == PARTITION_SUBTYPE_ANY || entry->subtype == subtype) &&
            (label == NULL || strcmp(entry->label, label) == 0)) {
            return entry;
        }
    }
    return NULL;
}

const partition_t *partition_ota_slot(const partition_table_t *table, uint32_t slot) {
    if (slot >= PARTITION_OTA_MAX) {
        return NULL;
    }
    uint8_t subtype = (uint8_t)(PARTITION_SUBTYPE_OTA_0 + slot);
    return partition_find(table, PARTITION_TYPE_APP, subtype, NULL, NULL);
}

uint32_t partition_ota_count(const partition_table_t *table) {
    uint32_t count = 0;
    while (partition_ota_slot(table, count) != NULL) {
        count++;
    }
    return count;
}
