// The error codes of ESP-IDF that the emulated chip returns (esp_err.h, esp_ota_ops.h).

#ifndef HOST_CHIP_ESP_ERR_H
#define HOST_CHIP_ESP_ERR_H

typedef int esp_err_t;

#define ESP_OK (0)
#define ESP_FAIL (-1)
#define ESP_ERR_INVALID_ARG (0x102)
#define ESP_ERR_INVALID_STATE (0x103)
#define ESP_ERR_INVALID_SIZE (0x104)
#define ESP_ERR_NOT_FOUND (0x105)
#define ESP_ERR_OTA_VALIDATE_FAILED (0x1503)

// The constant's name, as esp_err_to_name() gives it.
const char *esp_err_to_name(esp_err_t error);

#endif
