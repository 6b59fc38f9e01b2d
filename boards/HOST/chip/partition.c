#include "partition.h"

static esp_err_t check_range(const partition_t *partition, uint32_t offset, uint32_t length) {
    if (offset > partition->size) {
        return ESP_ERR_INVALID_ARG;
    }
    return length > partition->size - offset ? ESP_ERR_INVALID_SIZE : ESP_OK;
}

esp_err_t partition_read(const flash_t *flash, const partition_t *partition, uint32_t offset,
                         void *data, uint32_t length) {
    esp_err_t error = check_range(partition, offset, length);
    return error != ESP_OK ? error : flash_read(flash, partition->address + offset, data, length);
}

esp_err_t partition_write(flash_t *flash, const partition_t *partition, uint32_t offset,
                          const void *data, uint32_t length) {
    esp_err_t error = check_range(partition, offset, length);
    return error != ESP_OK ? error
                           : flash_program(flash, partition->address + offset, data, length);
}

esp_err_t partition_erase(flash_t *flash, const partition_t *partition, uint32_t offset,
                          uint32_t length) {
    esp_err_t error = check_range(partition, offset, length);
    return error != ESP_OK ? error : flash_erase(flash, partition->address + offset, length);
}
