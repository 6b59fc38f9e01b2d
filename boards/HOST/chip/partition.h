// A part of the flash, and access to it that cannot leave it (ESP-IDF, API Reference, Partitions).

#ifndef HOST_CHIP_PARTITION_H
#define HOST_CHIP_PARTITION_H

#include <stdint.h>

#include "esp_err.h"
#include "flash.h"

typedef struct {
    uint8_t type;
    uint8_t subtype;
    uint32_t address;
    uint32_t size;
    char label[17];
    uint32_t flags; // bit 0: encrypted
} partition_t;

// All three return ESP_ERR_INVALID_ARG when the offset is outside, ESP_ERR_INVALID_SIZE when the
// range ends outside; erase also when offset or length is not a multiple of a sector.
esp_err_t partition_read(const flash_t *flash, const partition_t *partition, uint32_t offset,
                         void *data, uint32_t length);
esp_err_t partition_write(flash_t *flash, const partition_t *partition, uint32_t offset,
                          const void *data, uint32_t length);
esp_err_t partition_erase(flash_t *flash, const partition_t *partition, uint32_t offset,
                          uint32_t length);

#endif
